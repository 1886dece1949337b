/** The shell scripts of a submission: what the engine starts, what runs one job, and each job's own step. Pure. */
import { shellQuote } from '../../definitions/shell-scan.ts';
import { endFile, startMark, stepFile } from '../../model/name.ts';
import type { Launch } from '../launcher.ts';

/** What the engine starts for each job. @param setup lines of the site's own */
export function jobScript(setup: string, runner: string, indexVariable: string): string {
  const own = setup === '' ? '' : `${setup.trimEnd()}\n`;
  return `#!/bin/sh\n${own}exec /bin/sh ${shellQuote(runner)} "$${indexVariable}"\n`;
}

/**
 * Runs the step of one job, once: who makes the mark decides, and a job that is started again by whomever ends at once. Its
 * end is told in a file that appears whole.
 * @param folder absolute, of the submission
 */
export function runnerScript(folder: string): string {
  const at = (file: string): string => `"$dir/${file}"`;
  return `#!/bin/sh
dir=${shellQuote(folder)}
n=$1
mkdir ${at(startMark(0).replace('0', '$n'))} 2>/dev/null || exit 0
node=$(uname -n)
printf '%s\\n' "$node" >${at('$n.node')}
start=$(date +%s)
if [ -x /usr/bin/time ] && /usr/bin/time -f %M -o /dev/null true 2>/dev/null; then
  /usr/bin/time -q -f %M -o ${at('$n.peak')} /bin/sh ${at(stepFile(0).replace('0', '$n'))}
else
  /bin/sh ${at(stepFile(0).replace('0', '$n'))}
fi
code=$?
peak=
if [ -f ${at('$n.peak')} ]; then peak=$(tail -n 1 ${at('$n.peak')}); fi
case $peak in *[!0-9]*) peak= ;; esac
printf 'code %s seconds %s node %s peak %s\\n' "$code" "$(($(date +%s) - start))" "$node" "$peak" >${at('$n.new')} &&
  mv ${at('$n.new')} ${at(endFile(0).replace('0', '$n'))}
exit "$code"
`;
}

/** The step itself: folder, variables, log, program. */
export function stepScript({ file, args, cwd, env, log }: Launch): string {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  return [
    `exec </dev/null >>${shellQuote(log)} 2>&1`,
    `cd ${shellQuote(cwd)} || exit 126`,
    ...lines,
    `exec ${[file, ...args].map(shellQuote).join(' ')}`,
    '',
  ].join('\n');
}
