/** The entry of the `slate` command; the build bundles it into dist/slate.js. */
import { plainLines } from '../model/text.ts';
import { writeStderr } from '../process/stderr.ts';
import { EXIT, endingOf } from './exit.ts';
import { Output } from './output.ts';
import { runCommandLine } from './run.ts';
import type { World } from './session.ts';

let isMute = false;
let hasEnded = false;

function say(text: string): void {
  if (!isMute) writeStderr(text);
}

process.stderr.on('error', () => {
  // Nobody reads messages any more: there is nowhere left to say so, and the work goes on.
  isMute = true;
});

process.on('uncaughtException', (error) => {
  hasEnded = true;
  say(`slate: ${plainLines(endingOf(error).message)}\n`);
  // The state is unknown: end at once. Standard error is written synchronously.
  process.exit(EXIT.bug);
});

const world: World = {
  out: new Output(process.stdout),
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  isTTY: { stdin: process.stdin.isTTY, stdout: process.stdout.isTTY, stderr: process.stderr.isTTY },
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  say,
};

// Until it has ended well, it has not: a command that stops half-way must not look like success.
process.on('exit', (code) => {
  // A code other than 0 was given on purpose: the dashboard ends so after a second signal.
  if (hasEnded || code !== EXIT.ok) return;
  process.exitCode = EXIT.bug;
  say('slate: it stopped half-way, which is a fault of slate itself; please report it\n');
});
void runCommandLine(process.argv.slice(2), world).then((exit) => {
  hasEnded = true;
  process.exitCode = exit;
});
