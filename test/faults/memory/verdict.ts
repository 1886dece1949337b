/**
 * After a run: no more faults, the programs are gone. The house is kept and what can run is run, until nothing changes any
 * more; then the board is proved by the history checker, and held against what the programs were told.
 */
import { EPOCH_MS } from '../../../bench/pool/clock.ts';
import { Board } from '../../../src/board/board.ts';
import { claim } from '../../../src/board/claim.ts';
import { parseContent } from '../../../src/board/content.ts';
import { finish } from '../../../src/board/finish.ts';
import { acquireId } from '../../../src/board/ids.ts';
import { officialTries, readSidecar, tryName } from '../../../src/board/official.ts';
import { ALL_STATES, folderNames, type Located, scanBoard, stateOf } from '../../../src/board/scan.ts';
import { sweepBoard } from '../../../src/board/sweep.ts';
import { closeOwnLog } from '../../../src/board/tries.ts';
import { proveHistory } from '../../../src/history/proof.ts';
import { parseChildren } from '../../../src/model/child.ts';
import { home, runnableColumns } from '../../../src/model/home.ts';
import { causeOf, FOLDERS, LIVE_FOLDERS, UNFIT } from '../../../src/model/name.ts';
import { definitionsOf, HOME, PRODUCTS } from './board.ts';
import type { Plan } from './plan.ts';
import type { Run } from './stage.ts';

const ROUNDS = 60;
const ROUND_MS = 5_000;
const OWN_ID = 'zzzz';

/** What was lost, or is not as it must be; nothing if all is well. */
export async function judge(plan: Plan, run: Run): Promise<string[]> {
  const clock = { nowMs: run.nowMs };
  const { now } = Date;
  const monotonic = performance.now;
  Date.now = () => EPOCH_MS + Math.floor(clock.nowMs);
  performance.now = () => clock.nowMs;
  try {
    return await new Verdict(plan, run, clock).find();
  } finally {
    Date.now = now;
    performance.now = monotonic;
  }
}

class Verdict {
  readonly #plan: Plan;
  readonly #run: Run;
  readonly #clock: { nowMs: number };
  readonly #board: Board;

  constructor(plan: Plan, run: Run, clock: { nowMs: number }) {
    this.#plan = plan;
    this.#run = run;
    this.#clock = clock;
    this.#board = Board.open(HOME, 'b', {
      fs: run.server.door,
      writer: 'last',
      host: 'host',
      isNetwork: plan.isNetwork,
    });
    this.#board.useStages(definitionsOf(this.#board.stages));
  }

  async find(): Promise<string[]> {
    const { faults, witness } = this.#run;
    if (faults.length > 0) return [...faults];
    const rests = await this.#settle();
    this.#board.journal.flush();
    const { violations } = proveHistory(this.#board, undefined, (path) => this.#linesOf(path));
    return [
      ...(rests ? [] : ['housekeeping comes to no end']),
      ...witness.violations,
      ...violations.map(({ invariant, where, message }) => `${invariant} ${where}: ${message}`),
      ...this.#names(),
      ...this.#lost(),
    ];
  }

  *#linesOf(path: string): Generator<string> {
    for (const line of this.#run.server.door.read(path).content.split('\n')) if (line !== '') yield line;
  }

  /** @returns false if it never ends */
  async #settle(): Promise<boolean> {
    const board = this.#board;
    const pause = (ms: number): Promise<boolean> => {
      this.#clock.nowMs += ms;
      return Promise.resolve(true);
    };
    let before = '';
    for (let round = 0; round < ROUNDS; round++) {
      await sweepBoard(board, { wait: true, pause });
      this.#workOff();
      // What a claim does first, of entries that wait for a person.
      for (const at of scanBoard(board, LIVE_FOLDERS).entries) this.#relink(at);
      this.#clock.nowMs += ROUND_MS;
      const now = this.#picture();
      if (now === before) return true;
      before = now;
    }
    return false;
  }

  #relink(at: Located): void {
    if (isCopy(at)) return;
    const path = `${at.folder}/${at.file}`;
    acquireId(this.#board, path, at.name.dataset, this.#board.fs.identify(this.#board.path(path)).ino);
  }

  /** Every stage of every entry that waits for nobody. */
  #workOff(): void {
    const board = this.#board;
    for (let round = 0; round < 200; round++) {
      const choice = scanBoard(board, ['queue', 'active'])
        .entries.flatMap((entry) =>
          runnableColumns(entry.name.letters, board.graph).map((column) => ({ entry, column })),
        )
        .at(0);
      if (choice === undefined) return;
      const result = claim(board, { ...choice, process: OWN_ID, products: PRODUCTS.has(choice.column) });
      if (result.kind !== 'won') continue;
      finish(board, result.held, { kind: 'complete' });
      closeOwnLog(board, result.held.try, 'ok');
    }
  }

  #picture(): string {
    const entries = scanBoard(this.#board, ALL_STATES).entries.map(({ folder, file }) => `${folder}/${file}`);
    return [...entries.sort(), ...folderNames(this.#board, FOLDERS.ids)].join('\n');
  }

  /** The names by themselves: each in its place, no claims, one file a dataset, links that fit. */
  #names(): string[] {
    const board = this.#board;
    const found: string[] = [];
    const inodes = new Map<bigint, string>();
    const live = new Map<string, bigint>();
    const copies = new Set<bigint>();
    for (const at of scanBoard(board, ALL_STATES).entries) {
      const where = `${at.folder}/${at.file}`;
      const { name } = at;
      const { ino, links } = board.fs.identify(board.path(where));
      const twin = inodes.get(ino);
      if (twin !== undefined) found.push(`${where} and ${twin} are one file`);
      inodes.set(ino, where);
      const state = stateOf(at.folder);
      if (state !== 'removed' && /[pe]/.test(name.letters)) found.push(`${where} is still claimed`);
      if (state !== 'removed' && home(name.letters, board.graph) !== state) found.push(`${where} is misplaced`);
      if (state === 'queue' || state === 'active') found.push(`${where} is in no final state`);
      if (!(LIVE_FOLDERS as readonly string[]).includes(state)) {
        if (links > 1 && this.#asideLinks(ino) < links - 1) found.push(`${where} is over and has a link`);
        continue;
      }
      if (isCopy(at)) {
        copies.add(ino);
        continue;
      }
      if (live.has(name.dataset)) found.push(`${name.dataset} is live twice`);
      live.set(name.dataset, ino);
    }
    for (const [dataset, ino] of live) {
      const holder = folderNames(board, FOLDERS.ids).includes(dataset)
        ? board.fs.identify(board.path(`${FOLDERS.ids}/${dataset}`)).ino
        : undefined;
      if (holder !== ino) found.push(`ids/${dataset} is ${holder === undefined ? 'missing' : 'another file'}`);
    }
    for (const dataset of folderNames(board, FOLDERS.ids)) {
      const { ino } = board.fs.identify(board.path(`${FOLDERS.ids}/${dataset}`));
      if (!live.has(dataset) && !copies.has(ino)) found.push(`ids/${dataset} holds nothing that is on the board`);
    }
    for (const file of folderNames(board, FOLDERS.tmp)) {
      const { ino, links } = board.fs.identify(board.path(`${FOLDERS.tmp}/${file}`));
      const isHeld = links > 1 && this.#asideLinks(ino) < links;
      if (isHeld && !file.startsWith('.')) found.push(`tmp/${file} is complete, and was not carried on`);
    }
    return found;
  }

  /** Links of a file that wait in `tmp/` to go after a day. */
  #asideLinks(ino: bigint): number {
    const board = this.#board;
    const paths = folderNames(board, FOLDERS.tmp).map((file) => board.path(`${FOLDERS.tmp}/${file}`));
    return paths.filter((path) => board.fs.identify(path).ino === ino).length;
  }

  /** What programs were told, and may rely on; what parents have posted; and what entries were posted with. */
  #lost(): string[] {
    const board = this.#board;
    const entries = scanBoard(board, ALL_STATES).entries;
    // Of two with one time, one removed before it ran, the other counts.
    const byEpoch = [...entries].sort((a, b) => a.name.epoch - b.name.epoch);
    const runs = new Map(byEpoch.map((at) => [`${at.name.dataset} ${at.name.posted}`, at]));
    const found: string[] = [];
    for (const fact of this.#run.facts) {
      const { dataset, posted } = fact;
      const at = runs.get(`${dataset} ${posted}`);
      if (at === undefined && this.#isSure(fact.kind))
        found.push(`${dataset} ${posted} was ${fact.kind}, and is nowhere`);
      else if (fact.kind === 'finished' && at !== undefined && at.name.epoch < fact.epoch && this.#isSure(fact.kind))
        found.push(`${dataset} ${posted}: epoch ${fact.epoch} was finished, and the name has gone back`);
    }
    for (const at of entries) {
      const content = parseContent(board.fs.read(board.path(`${at.folder}/${at.file}`)).content);
      const mark = typeof content === 'string' ? content : content.params.mark;
      const wasCut = this.#run.tally.of('power cut') > 0 && this.#plan.durability === 'none';
      if (!wasCut && (typeof mark !== 'string' || !at.name.dataset.startsWith(mark.split(/[ -]/)[0] ?? '?')))
        found.push(`${at.folder}/${at.file} has lost what it was posted with: ${JSON.stringify(mark)}`);
      for (const one of officialTries(board, at.name)) {
        if (!one.post) continue;
        for (const child of parseChildren(readSidecar(board, tryName(at.name, one), 'post') ?? ''))
          if (!runs.has(`${child.dataset} ${child.posted}`) && !this.#wasLeftOut(child.dataset) && !wasCut)
            found.push(`${child.dataset} ${child.posted} was posted by ${at.file}, and is nowhere`);
      }
      if ([...at.name.letters].some((_, column) => causeOf(at.name, column) === UNFIT) && this.#isCalm())
        found.push(`${at.folder}/${at.file} was found unfit`);
    }
    return found;
  }

  /** Whether what was acknowledged is to survive all that happened. */
  #isSure(kind: 'posted' | 'finished'): boolean {
    if (this.#run.tally.of('power cut') === 0) return true;
    const { durability } = this.#plan;
    return durability === 'strict' || (durability === 'posts' && kind === 'posted');
  }

  /** A disk that refuses one call of a claim, and takes the next, makes an entry look unfit: a person is asked. */
  #isCalm(): boolean {
    const { kinds } = this.#plan;
    return !kinds.some((kind) => /\(E|lost reply|power/.test(kind));
  }

  #wasLeftOut(dataset: string): boolean {
    const { door } = this.#run.server;
    for (const { path } of this.#run.server.disk.files())
      if (path.includes('/journal/') && door.read(path).content.includes(`"child":"${dataset}"`)) return true;
    return false;
  }
}

/** One that was held because another entry has its dataset. */
function isCopy({ name }: Located): boolean {
  return [...name.letters].some((_, column) => causeOf(name, column) === 'd');
}
