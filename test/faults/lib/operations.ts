/**
 * The operations that faults are injected into: a board as it is before, the command, and what must stand afterwards. After
 * a fault people do what they would do: the same command once more, and a stage process until all is done.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { boardPath, entry, list, makeBoard, mv, type Seen, slate, slateOk, untilEntry } from '../../helpers/home.ts';
import { withCopy } from './copies.ts';
import { isDone, losses } from './losses.ts';
import { traced } from './strace.ts';

export interface Operation {
  readonly name: string;
  /** Makes a home whose board `b` is as the command finds it. */
  readonly prepare: () => Promise<string>;
  readonly args: readonly string[];
  /** It makes the same calls over and over: of each kind only the first, one in the middle and the last. */
  readonly isLong?: boolean;
  /** Datasets that stand on the board in the end. */
  readonly posted: readonly string[];
  readonly isFinal?: (seen: Seen) => boolean;
  /** What is not as the command was to make it. */
  readonly faults?: (home: string) => string[];
}

const RUN = ['run', '--board', 'b', '--until-idle'];
const TRUE = 'command: [/bin/true]\nretries: 9\nbackoff: {first: 0s}';
const MAKES = `shell: 'echo x > "$SLATE_PRODUCTS/x"; echo "{\\"params\\": {\\"made\\": 1}}" > "$SLATE_RESULT"'
products: true
retries: 9
backoff: {first: 0s}`;

async function posted(home: Promise<string>, ...datasets: string[]): Promise<string> {
  await slateOk(await home, ['post', ...datasets]);
  return home;
}

async function done(home: Promise<string>, ...datasets: string[]): Promise<string> {
  await posted(home, ...datasets);
  await slateOk(await home, RUN);
  return home;
}

/** Killed once its fence is taken and before it has ended: which call that is may differ from run to run by what is read beside. */
async function killedAtFence(): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const home = await posted(makeBoard({ a: MAKES }), 'x');
    const reference = await withCopy(home, 'reference', (copy) => traced(copy, RUN));
    const mark = reference.calls.find(({ syscall, text }) => syscall === 'openat' && /\.ok", /.test(text));
    const { code } = await traced(home, RUN, mark);
    const file = entry(home, 'x')?.file;
    if (code !== 0 && entry(home, 'x')?.name.letters === 'e') return home;
    if (attempt === 5) throw new Error(`it was not killed at the fence: exit ${code}, ${file}`);
  }
}

/** A board with an `e` and a `p` of a dead process, a post on its way, and an entry in the wrong folder. */
async function wrecked(): Promise<string> {
  const home = await killedAtFence();
  const [process = ''] = list(home, 'processes').map((file) => file.slice(0, 4));
  await slateOk(home, ['post', 'z', 'strayed']);
  // As one who died right after the rename of its claim leaves it.
  const claim = { kind: 'claim' as const, column: 0, process, epoch: 1, try: 1 };
  mv(home, await untilEntry(home, 'z', 'queue'), { letters: 'p', epoch: 1, tags: [claim] }, 'active');
  mv(home, await untilEntry(home, 'strayed', 'queue'), {}, 'failed');
  const rename = { syscall: 'rename', nth: 1, kind: '', text: '' };
  await traced(home, ['post', 'half', '--board', 'b'], rename);
  if (!list(home, 'tmp').some((file) => file.endsWith('.half'))) throw new Error('the post was not killed on its way');
  return home;
}

const OLD = '20200101T000000';

/** A board with a run whose retention is over long since: posted by hand, so that no journal knows of it. */
async function outdated(): Promise<string> {
  const home = await makeBoard({ a: MAKES }, undefined, 'retention: {products: 1d}\n');
  fs.writeFileSync(boardPath(home, `queue/50.${OLD}.w.000.-.old`), '');
  await slateOk(home, RUN);
  const [day = ''] = list(home, 'done');
  fs.renameSync(boardPath(home, `done/${day}`), boardPath(home, 'done/2020-01-01'));
  fs.renameSync(boardPath(home, `journal/${day}`), boardPath(home, 'journal/2020-01-01'));
  fs.writeFileSync(boardPath(home, 'tmp/50.20200101T000000.w.000.-.never'), '{}');
  const old = ['logs/old', 'products/old', `products/old/${OLD}`, 'tmp/50.20200101T000000.w.000.-.never'];
  execFileSync('touch', ['-d', '2020-01-01T12:00:00Z', 'columns', ...old], { cwd: boardPath(home) });
  return home;
}

const SPLIT = {
  split: `shell: 'for n in 1 2 3; do echo "{\\"dataset\\": \\"$SLATE_DATASET-$n\\", \\"class\\": \\"part\\"}"; done > "$SLATE_POST"'
classes: [whole]
retries: 9
backoff: {first: 0s}`,
  count: `${TRUE}\nclasses: [part]`,
  total: `${TRUE}\nclasses: [whole]\ngather: children`,
};

const RETRY = `shell: 'test $SLATE_TRY -gt 1 || exit 75'\nexits: {75: retry}\nretries: 9\nbackoff: {first: 0s}`;
const PARTS = ['x', 'x-1', 'x-2', 'x-3'];
const MANY = Array.from({ length: 20 }, (_, index) => `m${index}`);

export const OPERATIONS: readonly Operation[] = [
  { name: 'post', prepare: () => makeBoard({ a: TRUE }), args: ['post', 'x', '--board', 'b'], posted: ['x'] },
  {
    name: 'post of many',
    prepare: () => makeBoard({ a: TRUE }),
    args: ['post', '--board', 'b', ...MANY],
    posted: MANY,
    isLong: true,
  },
  {
    name: 'claim and finish',
    prepare: () => posted(makeBoard({ a: TRUE, b: TRUE }), 'x'),
    args: RUN,
    posted: ['x'],
  },
  {
    name: 'publish',
    prepare: () => posted(makeBoard({ a: MAKES, b: MAKES }), 'x'),
    args: RUN,
    posted: ['x'],
  },
  { name: 'retry', prepare: () => posted(makeBoard({ a: RETRY }), 'x'), args: RUN, posted: ['x'] },
  {
    name: 'split and gather',
    prepare: () => posted(makeBoard(SPLIT), 'x', '--class', 'whole'),
    args: RUN,
    posted: PARTS,
  },
  {
    name: 'batch',
    prepare: () => posted(makeBoard({ a: `${TRUE}\nbatch: {most: 3, within: 1s}` }), 'x', 'y', 'z'),
    args: RUN,
    posted: ['x', 'y', 'z'],
  },
  {
    name: 'commit of a transaction',
    prepare: () => posted(makeBoard({ a: MAKES }, undefined, 'transaction: true\n'), 'x'),
    args: RUN,
    posted: ['x'],
    faults: (home) => (fs.existsSync(boardPath(home, 'published/x/a/x')) ? [] : ['its products are not visible']),
  },
  { name: 'sweep', prepare: wrecked, args: ['sweep', '--board', 'b'], posted: ['x', 'z', 'strayed', 'half'] },
  {
    name: 'repipe from done',
    prepare: () => done(makeBoard({ a: MAKES, b: TRUE }), 'x'),
    args: ['repipe', 'x', '--stage', 'a', '--board', 'b'],
    posted: ['x'],
    faults: (home) => ((entry(home, 'x')?.name.epoch ?? 0) > 2 ? [] : ['it did not run again']),
  },
  {
    name: 'remove',
    prepare: () => done(makeBoard({ a: MAKES }), 'x'),
    args: ['remove', 'x', '--board', 'b'],
    posted: ['x'],
    isFinal: (seen) => isDone(seen) || seen.folder.startsWith('removed/'),
    faults: (home) => (isDone(entry(home, 'x') as Seen) ? ['x was not removed'] : []),
  },
  {
    name: 'retention',
    prepare: outdated,
    args: ['sweep', '--board', 'b'],
    posted: [],
    // A folder that is half removed has a new time, and goes when that is old.
    faults: (home) =>
      ['done/2020-01-01', 'journal/2020-01-01', 'tmp/50.20200101T000000.w.000.-.never']
        .filter((path) => fs.existsSync(boardPath(home, path)))
        .map((path) => `${path} is kept`),
  },
];

/** Of calls of one kind those that are worth a fault, where there are many. */
export function pointsOf<T extends { readonly kind: string }>(calls: readonly T[], { isLong }: Operation): T[] {
  if (isLong !== true) return [...calls];
  const kinds = new Map<string, T[]>();
  for (const call of calls) kinds.set(call.kind, [...(kinds.get(call.kind) ?? []), call]);
  return [...kinds.values()].flatMap((same) => {
    const picked = [same[0], same[Math.floor(same.length / 2)], same.at(-1)];
    return [...new Set(picked)].flatMap((call) => call ?? []);
  });
}

/** Mends the board as people would, and says what is lost all the same. */
export async function recover(home: string, operation: Operation): Promise<string[]> {
  const problems: string[] = [];
  const say = async (args: readonly string[]): Promise<void> => {
    const ran = await slate(home, args);
    // 1, 3 and 5 say that it is done, or that there is nothing left to do.
    if (![0, 1, 3, 5].includes(ran.code)) problems.push(`slate ${args.join(' ')} → ${ran.code}: ${ran.stderr}`);
  };
  // A stage process finds all the rest by itself.
  if (operation.args[0] === 'post') await say(['sweep', '--board', 'b']);
  if (operation.args !== RUN) await say(operation.args);
  await say(RUN);
  return [...problems, ...(await losses(home, operation)), ...(operation.faults?.(home) ?? [])];
}
