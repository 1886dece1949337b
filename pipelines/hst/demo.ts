/**
 * The main job, `npm start`: nine real Hubble exposures are dropped into the landing zone of a new board and go through
 * the pipeline `hst` on competing stage processes. One was corrupted on the way and fails at verify; in the second act
 * it is repaired as an operator would. Everything is done as a user does it: by files and by the command `slate`.
 */
import fs from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type Board, createBoard, listBoards, loadPipeline, openBoard, scanBoard } from '../../src/index.ts';
import { corrupt } from '../../stages/lib/corrupt.ts';
import { Progress } from './progress.ts';
import { canShowDashboard, openDashboard, say } from './screen.ts';

const HOME = dirname(dirname(fileURLToPath(import.meta.url)));
const SLATE = join(HOME, 'dist', 'slate.js');
const EXPOSURES = join(HOME, 'pipelines', 'hst', 'exposures');
const SUFFIX = '_flt.fits.gz';
/** The one that is damaged on its way. */
const DAMAGED = 'j8bt06nyq_t05';
const PROCESSES = 2;
const LOOK_MS = 200;
const BOUND_MS = 10 * 60_000;
/** With the dashboard open the failure stands a while before it is repaired: people are to see it. */
const SHOWN_MS = 6_000;

/** `hst`, or the first of `hst-2`, `hst-3` … that is not there yet. */
function freeName(): string {
  const taken = new Set(listBoards(HOME));
  if (!taken.has('hst')) return 'hst';
  for (let number = 2; ; number++) if (!taken.has(`hst-${number}`)) return `hst-${number}`;
}

/** Runs a command of an operator, and shows it. */
async function operator(board: Board, ...args: string[]): Promise<string> {
  say(`  $ slate ${args.map((word) => (/[^\w./:=-]/.test(word) ? `'${word}'` : word)).join(' ')}`);
  const { stdout } = await execa(process.execPath, [SLATE, '--home', HOME, '--board', board.name, ...args]);
  for (const line of stdout.split('\n')) say(`    ${line}`);
  return stdout;
}

/** Waits until every dataset stands in one of these states, showing what happens meanwhile. */
async function until(
  board: Board,
  progress: Progress,
  count: number,
  states: readonly string[],
  alive: () => void,
): Promise<void> {
  const deadline = performance.now() + BOUND_MS;
  for (;;) {
    alive();
    const { entries } = scanBoard(board);
    progress.show(entries);
    if (entries.length === count && entries.every(({ folder }) => states.includes(folder.split('/')[0] ?? ''))) return;
    if (performance.now() > deadline)
      throw new Error(`the board is not done after ${BOUND_MS / 60_000} minutes: 'slate ls' shows where it stands`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function dropExposures(zone: string): string[] {
  const files = fs
    .readdirSync(EXPOSURES)
    .filter((file) => file.endsWith(SUFFIX))
    .sort();
  fs.mkdirSync(zone, { recursive: true });
  for (const file of files) {
    const whole = fs.readFileSync(join(EXPOSURES, file));
    fs.writeFileSync(join(zone, file), file.startsWith(DAMAGED) ? corrupt(whole) : whole);
  }
  return files.map((file) => file.slice(0, -SUFFIX.length));
}

function startProcess(board: Board) {
  return execa(process.execPath, [SLATE, '--home', HOME, '--board', board.name, 'run'], {
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: { file: join(board.root, 'stage-processes.log'), append: true },
  });
}

/** Product files by stage, as `slate show` would list them. */
function products(board: Board): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name } of scanBoard(board, ['done']).entries) {
    const folder = join(board.root, 'products', name.dataset, name.posted);
    for (const published of fs
      .readdirSync(folder)
      .filter((file) => file.endsWith('.ok'))
      .sort()) {
      const tryFolder = join(folder, published.slice(0, -'.ok'.length));
      const stage = published.split('.')[0] ?? '';
      const files = fs.readdirSync(tryFolder).map((file) => relative(HOME, join(tryFolder, file)));
      found.set(stage, [...(found.get(stage) ?? []), ...files]);
    }
  }
  return found;
}

async function main(): Promise<void> {
  const start = performance.now();
  const { pipeline } = loadPipeline(HOME, 'hst');
  const name = freeName();
  createBoard(HOME, name, pipeline);
  const board = openBoard(HOME, name);
  const zone = join(HOME, 'incoming', name);
  say(
    `Board ${name}: ${pipeline.stages.map(({ stage }) => stage).join(' → ')}, on ${PROCESSES} competing stage processes.`,
  );

  const processes = Array.from({ length: PROCESSES }, () => startProcess(board));
  let ended: string | undefined;
  let leaving = false;
  for (const run of processes) {
    run.then(({ exitCode, signal }) => {
      if (!leaving)
        ended = `a stage process ended early (${signal ?? exitCode}): see ${relative(HOME, join(board.root, 'stage-processes.log'))}`;
    });
  }
  const alive = (): void => {
    if (ended !== undefined) throw new Error(ended);
  };
  const screen = canShowDashboard(process.argv.slice(2))
    ? openDashboard([SLATE, '--home', HOME, '--board', board.name, 'board'])
    : undefined;
  const leave = async (): Promise<void> => {
    // Whoever looks at it may go on looking.
    if (ended === undefined) await screen?.left;
    else screen?.close();
    await screen?.left;
    leaving = true;
    for (const run of processes) run.kill('SIGTERM');
    await Promise.all(processes);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      ended = `stopped by ${signal}`;
      screen?.close();
    });
  }
  try {
    say(`\nAct 1: nine exposures arrive in ${relative(HOME, zone)}/; ${DAMAGED} was damaged on the way.`);
    const datasets = dropExposures(zone);
    const progress = new Progress(
      pipeline.stages.map(({ stage }) => stage),
      say,
    );
    await until(board, progress, datasets.length, ['done', 'failed'], alive);
    const failed = scanBoard(board, ['failed']).entries.map((entry) => entry.name.dataset);
    if (failed.join() !== DAMAGED)
      throw new Error(
        `expected ${DAMAGED} to fail at verify and nothing else, but failed: ${failed.join(', ') || 'nothing'}`,
      );

    if (screen !== undefined)
      await Promise.race([screen.left, new Promise((resolve) => setTimeout(resolve, SHOWN_MS))]);
    say('\nAct 2: the operator finds the failure, fetches the exposure again, and sends the entry back.');
    await operator(board, 'ls', '--state', 'failed');
    await operator(board, 'log', DAMAGED, 'verify');
    const file = `${DAMAGED}${SUFFIX}`;
    say(`  $ cp pipelines/hst/exposures/${file} ${relative(HOME, join(zone, 'taken', file))}`);
    fs.copyFileSync(join(EXPOSURES, file), join(zone, 'taken', file));
    await operator(
      board,
      'repipe',
      DAMAGED,
      '--stage',
      'verify',
      '--reason',
      'fetched again: the first copy was damaged',
    );
    await until(board, progress, datasets.length, ['done'], alive);
    await operator(board, 'counts');
    summary(board, datasets.length, start);
  } finally {
    await leave();
  }
}

function summary(board: Board, entries: number, start: number): void {
  const byStage = products(board);
  const files = [...byStage.values()].flat();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  say(`\n${entries} entries done in ${seconds} s, ${files.length} products:`);
  for (const [stage, list] of byStage)
    say(
      `  ${stage.padEnd(10)} ${String(list.length).padStart(3)}  ${list.find((path) => basename(path).includes(DAMAGED)) ?? list[0] ?? ''}`,
    );
  say(`One failure, ${DAMAGED} at verify (exit code 2: wrong DATASUM), repaired by fetching it again and repiping it.`);
  const command = `node dist/slate.js --board ${board.name}`;
  say(
    `\nLook around: ${command} (the dashboard) · ${command} ls · ${command} show ${DAMAGED} · ls blackboard/${board.name}/done/*`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
