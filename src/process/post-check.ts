/**
 * What a step has written to `$SLATE_POST`, checked before the fence: everything that could refuse one of the entries later
 * is asked for now, and each gets the posted time that it will have, whoever posts it.
 */
import type { Board } from '../board/board.ts';
import { holderOf } from '../board/child-posting.ts';
import type { Held } from '../board/claim.ts';
import { BoardError } from '../board/errors.ts';
import { judgeHolder, OverIndex } from '../board/ids.ts';
import { listTryFiles, readSidecar, tryName } from '../board/official.ts';
import { planPost } from '../board/post.ts';
import { leftTraces } from '../board/tries.ts';
import { DefinitionError, loadStages } from '../definitions/definitions.ts';
import { type Child, isOlder, type Parent, parseChildren } from '../model/child.ts';
import { type EntryName, FOLDERS, formatPosted, parsePosted } from '../model/name.ts';
import { needsJson } from '../model/needs.ts';
import { type PostKey, type PostLine, parsePostLine } from '../model/post-line.ts';

export const MOST_POSTS = 100_000;
export const MOST_POST_BYTES = 64 * 1024 * 1024;

const KEYS: readonly PostKey[] = ['dataset', 'class', 'rank', 'params', 'after', 'hold', 'needs', 'board'];
/** No file has this inode: asks who holds a dataset without being a candidate. */
const NO_INODE = -1n;

/** Something that is wrong with a line: said to whoever wrote the step. */
class LineFault extends Error {}

/** @returns the entries, or what is wrong with which line @throws the system's error when the disk refuses */
export function checkPosts(board: Board, held: Held, text: string): Child[] | string {
  const check = new PostCheck(board, held);
  let line = 0;
  try {
    for (const its of text.split('\n')) {
      line++;
      check.plan(its, line);
    }
    return check.planned.map((planned) => {
      line = planned.line;
      return check.place(planned);
    });
  } catch (error) {
    if (error instanceof LineFault) return `line ${line}: ${error.message}`;
    throw error;
  }
}

interface Target {
  readonly board: Board;
  readonly over: OverIndex;
  readonly datasets: Set<string>;
  /** Those that have a link in `ids/`; known once all lines have been read. */
  linked: ReadonlySet<string> | undefined;
}

interface Planned {
  readonly line: number;
  readonly target: Target;
  readonly said: PostLine;
  readonly name: EntryName;
}

class PostCheck {
  readonly planned: Planned[] = [];
  readonly #board: Board;
  readonly #held: Held;
  readonly #parent: Parent;
  readonly #nowMs: number;
  readonly #targets = new Map<string, Target>();
  #firstMs: number | undefined;

  constructor(board: Board, held: Held) {
    this.#board = board;
    this.#held = held;
    this.#parent = { board: board.name, ...held.try };
    this.#nowMs = board.now();
  }

  /** What can be said of a line by itself. @throws LineFault */
  plan(text: string, line: number): void {
    const said = parsePostLine(text, KEYS, this.#nowMs);
    if (said === undefined) return;
    if (typeof said === 'string') throw new LineFault(said);
    if (this.planned.length === MOST_POSTS) throw new LineFault(`more than ${MOST_POSTS} entries`);
    const { dataset, class: cls, rank, params, hold, needs } = said;
    const target = this.#target(said.board ?? this.#board.name);
    if (target.datasets.has(dataset)) throw new LineFault(`dataset ${dataset}: it stands there twice`);
    target.datasets.add(dataset);
    // Rank and class are the parent's unless told.
    const { name: parent } = this.#held.at;
    const request = { dataset, class: cls ?? parent.class, rank: rank ?? parent.rank, params, hold, needs };
    const planned = planPost(target.board, request);
    if (!planned.ok) throw new LineFault(`dataset ${dataset}: ${planned.why}`);
    this.planned.push({ line, target, said, name: planned.name });
  }

  /** What the boards say of it. @throws LineFault */
  place({ target, said, name }: Planned): Child {
    const { board, over } = target;
    const { dataset } = name;
    target.linked ??= linkedAmong(board, target.datasets);
    const isLive = target.linked.has(dataset) && judgeHolder(board, dataset, NO_INODE, over) === 'live';
    const holder = isLive ? holderOf(board, dataset) : undefined;
    if (holder !== undefined && (holder.parent === undefined || !isOlder(holder.parent, this.#parent))) {
      const where = `it is on board ${board.name} already`;
      throw new LineFault(`dataset ${dataset}: ${where}, and was not posted by an earlier try of this stage`);
    }
    const posted = this.#timeOf(board, dataset, holder?.posted);
    const { params, afterMs, needs } = said;
    return {
      ...(board === this.#board ? {} : { board: board.name }),
      dataset,
      posted,
      class: name.class,
      rank: name.rank,
      letters: name.letters,
      ...(params === undefined || Object.keys(params).length === 0 ? {} : { params }),
      ...(afterMs === undefined ? {} : { afterMs }),
      ...(needs === undefined ? {} : { needs: needsJson(needs) }),
    };
  }

  /** A second that no other run of the dataset has. */
  #timeOf(board: Board, dataset: string, held: string | undefined): string {
    let ms = this.#first();
    const after = held === undefined ? undefined : parsePosted(held);
    if (after !== undefined && after >= ms) ms = after + 1000;
    while (leftTraces(board, dataset, formatPosted(ms))) ms += 1000;
    return formatPosted(ms);
  }

  /** Later than all that earlier tries of the stage have posted, which may have left no other trace, and than the parent. */
  #first(): number {
    if (this.#firstMs !== undefined) return this.#firstMs;
    const { dataset, posted, stage, epoch } = this.#held.try;
    let first = Math.max(Math.floor(this.#nowMs / 1000) * 1000, parsePosted(posted) ?? 0);
    const earlier = this.#held.traces.left ? listTryFiles(this.#board, dataset, posted) : [];
    for (const one of earlier) {
      if (!one.post || one.stage !== stage || one.epoch >= epoch) continue;
      const children = parseChildren(readSidecar(this.#board, tryName(this.#held.try, one), 'post') ?? '');
      for (const child of children) first = Math.max(first, (parsePosted(child.posted) ?? 0) + 1000);
    }
    this.#firstMs = first;
    return first;
  }

  #target(name: string): Target {
    const known = this.#targets.get(name);
    if (known !== undefined) return known;
    try {
      const board = this.#board.sibling(name);
      if (board !== this.#board) board.useStages(loadStages(board.home, board.stages));
      const made: Target = { board, over: new OverIndex(board), datasets: new Set(), linked: undefined };
      this.#targets.set(name, made);
      return made;
    } catch (error) {
      if (!(error instanceof BoardError || error instanceof DefinitionError)) throw error;
      throw new LineFault(`board '${name}': ${error.message}`);
    }
  }
}

/** To ask for each of many costs more than to read the names of all. */
const MANY = 200;

function linkedAmong(board: Board, datasets: ReadonlySet<string>): ReadonlySet<string> {
  if (datasets.size < MANY) return datasets;
  const linked = new Set<string>();
  board.fs.eachName(board.path(FOLDERS.ids), (dataset) => {
    if (datasets.has(dataset)) linked.add(dataset);
    return undefined;
  });
  return linked;
}
