// counts.mjs REPORT NOT_OK: prints how many tests passed and failed by vitest's JSON report, and adds each failure, with the
// first lines of its message, to the file NOT_OK. For .ci/run.
import { appendFileSync, readFileSync } from 'node:fs';

const [report, notOk] = process.argv.slice(2);
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
console.log(numPassedTests, numFailedTests);
for (const file of testResults) {
  const failures = file.assertionResults
    .filter((test) => test.status === 'failed')
    .map((test) => [test.fullName, ...test.failureMessages]);
  // A file that could not be loaded, or whose set-up failed, has no test of its own to blame.
  if (file.status === 'failed' && failures.length === 0) failures.push(['no test', file.message]);
  for (const [name, ...messages] of failures) {
    const lines = messages.join('\n').split('\n').slice(0, 12);
    appendFileSync(notOk, `NOT OK: ${file.name}: ${name}\n${lines.map((line) => `    ${line}\n`).join('')}`);
  }
}
