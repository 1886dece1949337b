/**
 * `npm run bench`: every suite, within 10 minutes; prints their rows and writes `docs/performance.md`.
 * `-- --quick`: the same rows at smaller sizes, within 90 s. `-- NAME…`: only those. Both only print, unless `--write`.
 * `--folder DIR`: the disk that is measured, instead of the temporary folder's. `--strict`: exit 1 on a missed target too;
 * without it only a suite that throws or has to be stopped counts as a failure.
 *
 * `-- engines`: only when it is named. Steps on a batch system, against that itself.
 *
 * Beside the suites: `-- torture --entries 20000 --kills 5 …`: the board under fire, for bigger numbers than the tests use.
 * `-- dashboard [--quick]`: the dashboard's budgets. `-- screens`: takes the screens in docs/screens/ anew (needs tmux).
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { type Arguments, ArgumentsError, parseArguments } from './arguments.ts';
import { benchDashboard } from './dashboard.ts';
import { describeMachine, inodeFault } from './machine.ts';
import { performancePage } from './page.ts';
import { simulateOrdered } from './pool/threads.ts';
import { ORDER, printAll, removeFolder, runOrdered, runSuites } from './runner.ts';
import { screens } from './screens.ts';
import { verdictOf } from './suite.ts';
import { findSuite, SUITE_NAMES, USUAL_NAMES } from './suites.ts';
import { torture } from './torture.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

async function runMode({ mode, quick, numbers, given, rest }: Arguments): Promise<boolean> {
  if (mode === 'screens') return screens(ROOT, rest[0]);
  if (mode === 'dashboard')
    return benchDashboard(ROOT, {
      entries: given.has('entries') ? numbers.entries : 200_000,
      keys: quick ? 40 : 200,
      seconds: quick ? 5 : 20,
      changesPerSecond: 20,
    });
  return torture(ROOT, { ...numbers, leaseMs: numbers['lease-ms'] });
}

async function runAll(args: Arguments): Promise<boolean> {
  const start = performance.now();
  const folder = fs.mkdtempSync(join(args.folder ?? tmpdir(), 'slate-bench-'));
  try {
    const fault = args.isAll ? inodeFault(fs.statfsSync(folder).ffree, args.quick) : undefined;
    if (fault !== undefined) throw new ArgumentsError(fault);
    const machine = describeMachine(folder);
    const results = await runSuites(args.suites.map(findSuite), {
      root: ROOT,
      program: fileURLToPath(import.meta.url),
      folder,
      quick: args.quick,
    });
    if (results.length > 1) printAll(results, (performance.now() - start) / 1000);
    if (args.write) {
      const day = new Date().toISOString().slice(0, 10);
      const page = performancePage({ day, machine, results, quick: args.quick, notes: readNotes() });
      fs.writeFileSync(join(ROOT, 'docs', 'performance.md'), page);
      process.stdout.write('docs/performance.md is written\n');
    }
    const isMissed = results.some(({ rows }) => rows.some((row) => !['ok', ''].includes(verdictOf(row))));
    return !results.some(({ isFailed }) => isFailed) && !(args.strict && isMissed);
  } finally {
    // Only now: a file system that has to delete is slow at everything else for minutes.
    process.stderr.write('removing the boards that were measured …\n');
    removeFolder(folder);
  }
}

function readNotes(): Record<string, string> {
  const folder = join(ROOT, 'bench', 'notes');
  const files = fs.readdirSync(folder).filter((file) => file.endsWith('.md'));
  return Object.fromEntries(
    files.map((file) => [file.slice(0, -3), fs.readFileSync(join(folder, file), 'utf8').trim()]),
  );
}

async function main(): Promise<number> {
  const order = process.env[ORDER];
  if (order !== undefined) {
    await runOrdered(order);
    return 0;
  }
  try {
    const args = parseArguments(process.argv.slice(2), SUITE_NAMES, USUAL_NAMES);
    return (await (args.mode === undefined ? runAll(args) : runMode(args))) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return 2;
  }
}

if (isMainThread) process.exitCode = await main();
else simulateOrdered();
