/**
 * Posting what a try posts, between the fence and its `.ok`: first the children of earlier tries of the stage are taken
 * off the board, then those of this one are posted, each under the posted time that its line says, then they are synced.
 * In slices, for there may be a hundred thousand. Whoever does it, and however often, the result is the same.
 */
import { type Child, isOlder, type Parent, parseChildren } from '../model/child.ts';
import { type EntryName, FOLDERS, idPath, LIVE_FOLDERS, type TryName } from '../model/name.ts';
import { isObject } from '../model/result.ts';
import type { Board } from './board.ts';
import { parseContent } from './content.ts';
import { BoardError, isBlocking, isGone } from './errors.ts';
import { OverIndex } from './ids.ts';
import { listTryFiles, readSidecar } from './official.ts';
import { postNamed } from './post.ts';
import { finishedAmong } from './post-fixed.ts';
import { findDatasets, type Located } from './scan.ts';
import { type Forward, takeOff } from './take-off.ts';

export interface PostingOptions {
  /** This process has just passed the fence: nobody else can have posted any of them before. */
  readonly fresh: boolean;
  readonly forward: Forward;
}

/** A board that children are posted to, with what is known of it for all of them. */
interface Target {
  readonly board: Board;
  readonly over: OverIndex;
  readonly finished: (name: EntryName) => boolean;
}

type Step = () => void;

/** For so long after its fence nobody else is taken to have finished a try forward, and finished its children too. */
const FRESH_MS = 1_000;

export class ChildPosting {
  readonly #board: Board;
  readonly #name: TryName;
  readonly #options: PostingOptions;
  readonly #targets = new Map<string, Target | undefined>();
  #children: readonly Child[] = [];
  #steps: Iterator<Step> | undefined;
  #freshUntilMs: number;
  #isPosted = false;
  #isSettled = false;
  #synced = 0;
  /** They are to be synced one by one: few, or the system can't do it at once. */
  syncsEach = false;

  constructor(board: Board, name: TryName, options: PostingOptions) {
    this.#board = board;
    this.#name = name;
    this.#options = options;
    this.#freshUntilMs = options.fresh ? performance.now() + FRESH_MS : 0;
  }

  /** All stand on the board; whether they would survive a power cut is another matter. */
  get isPosted(): boolean {
    return this.#isPosted;
  }

  get isDone(): boolean {
    return this.#isPosted && this.#isSettled;
  }

  get size(): number {
    return this.#children.length;
  }

  /** The disk has been synced since they were posted. */
  settled(): void {
    this.#isSettled = true;
  }

  /** Does so many calls' worth of what is left to post. @throws the system's error, or BoardError, when the disk refuses */
  advance(most: number): void {
    try {
      this.#steps ??= this.#begin();
      for (let done = 0; done < most && !this.#isPosted; done++) {
        const { value, done: isOver } = this.#steps.next();
        if (isOver === true) this.#isPosted = true;
        else value();
      }
    } catch (error) {
      // From the beginning again: what has been done is known.
      this.#steps = undefined;
      this.#freshUntilMs = 0;
      throw error;
    }
    const needsSync = this.#children.length > 0 && this.#board.config.durability !== 'none';
    if (this.#isPosted && !needsSync) this.#isSettled = true;
  }

  /** Syncs so many of them one by one, and after the last of them the folders that they stand in. */
  settleEach(most = Number.POSITIVE_INFINITY): void {
    for (let left = most; left > 0 && this.#synced < this.#children.length; left--) {
      const { board, dataset } = this.#children[this.#synced] as Child;
      const target = this.#target(board)?.board;
      try {
        target?.fs.sync(target.path(idPath(dataset)));
      } catch (error) {
        // Done and gone already, or never posted: then its content does not matter.
        if (!isGone(error)) throw error;
      }
      this.#synced++;
    }
    if (this.#synced < this.#children.length) return;
    for (const target of this.#targets.values()) target?.board.settleDisk('posts', [FOLDERS.ids, ...LIVE_FOLDERS]);
    this.#isSettled = true;
  }

  *#begin(): Generator<Step> {
    const { dataset, posted, stage, epoch } = this.#name;
    const tries = listTryFiles(this.#board, dataset, posted).filter((one) => one.stage === stage);
    // Somebody has done it all; the parent may have gone on since.
    if (tries.some((one) => one.epoch === epoch && one.ok)) return;
    this.#children = this.#read(epoch);
    // Another board may lie on another disk.
    this.syncsEach = this.#children.some(({ board }) => board !== undefined);
    for (const one of tries) {
      if (!one.post || one.epoch >= epoch) continue;
      for (const entry of this.#live(this.#read(one.epoch))) yield () => this.#supersede(entry.board, entry.at);
    }
    for (const child of this.#children) yield () => this.#post(child);
  }

  #read(epoch: number): readonly Child[] {
    return parseChildren(readSidecar(this.#board, { ...this.#name, epoch }, 'post') ?? '');
  }

  /** Those of an earlier try that are still on a board. */
  *#live(children: readonly Child[]): Generator<{ board: Board; at: Located }> {
    const byBoard = new Map<string | undefined, Child[]>();
    for (const child of children) byBoard.set(child.board, [...(byBoard.get(child.board) ?? []), child]);
    for (const [name, its] of byBoard) {
      const target = this.#target(name);
      const standing = its.filter(
        (child) => target !== undefined && holderOf(target.board, child.dataset)?.posted === child.posted,
      );
      if (target === undefined || standing.length === 0) continue;
      const posted = new Map(standing.map((child) => [child.dataset, child.posted]));
      for (const at of findDatasets(target.board, new Set(posted.keys()), LIVE_FOLDERS)) {
        if (posted.get(at.name.dataset) === at.name.posted) yield { board: target.board, at };
      }
    }
  }

  #supersede(board: Board, at: Located): boolean {
    const { dataset, stage, epoch } = this.#name;
    return takeOff(board, at, `superseded: ${dataset} has run ${stage} again (claim ${epoch})`, this.#options.forward);
  }

  #post(child: Child): void {
    const target = this.#target(child.board);
    if (target === undefined) {
      this.#leaveOut(child, `there is no board '${child.board}'`);
      return;
    }
    const { dataset, posted, letters, rank, class: cls, params, afterMs, needs } = child;
    const name: EntryName = { rank, posted, letters, epoch: 0, class: cls, dataset, tags: [] };
    const fresh = performance.now() < this.#freshUntilMs;
    const written = { params: params ?? {}, needs: isObject(needs) ? needs : undefined, parent: this.#parent };
    for (let round = 0; ; round++) {
      const result = postNamed(target.board, name, written, { afterMs, posted, fresh }, { ...target, sync: false });
      if (result.ok || result.refusal === 'known') return;
      if (result.refusal !== 'live' || round > 1 || !this.#superseded(target.board, dataset)) {
        this.#leaveOut(child, result.why);
        return;
      }
    }
  }

  /** A child of an earlier run of the parent holds the dataset: it makes way. */
  #superseded(board: Board, dataset: string): boolean {
    const holder = holderOf(board, dataset);
    // It has left the board in this moment.
    if (holder === undefined) return true;
    if (holder.parent === undefined || !isOlder(holder.parent, this.#parent)) return false;
    const found = findDatasets(board, new Set([dataset]), LIVE_FOLDERS).filter(
      ({ name }) => name.posted === holder.posted,
    );
    return found.every((at) => this.#supersede(board, at));
  }

  get #parent(): Parent {
    return { board: this.#board.name, ...this.#name };
  }

  /** After the fence there is no way back: the parent goes on, and says what is missing. */
  #leaveOut(child: Child, reason: string): void {
    const { dataset, posted, stage, epoch } = this.#name;
    const { board, dataset: its } = child;
    this.#board.journal.write('unposted', {
      dataset,
      posted,
      stage,
      epoch,
      child: its,
      ...(board && { board }),
      reason,
    });
  }

  /** Undefined: there is no such board any more. */
  #target(name: string | undefined): Target | undefined {
    const key = name ?? this.#board.name;
    if (!this.#targets.has(key)) this.#targets.set(key, this.#open(key));
    return this.#targets.get(key);
  }

  #open(name: string): Target | undefined {
    try {
      const board = this.#board.sibling(name);
      const its = this.#children.filter((child) => (child.board ?? this.#board.name) === name);
      let finished: Target['finished'] | undefined;
      return {
        board,
        over: new OverIndex(board),
        finished: (run) => {
          finished ??= finishedAmong(board, its);
          return finished(run);
        },
      };
    } catch (error) {
      if (!(error instanceof BoardError) || (isBlocking(error) && !isGone(error.cause))) throw error;
      return undefined;
    }
  }
}

/** Who holds a dataset on a board, as its content says; undefined: nobody, or an entry that is lost. */
export function holderOf(board: Board, dataset: string): { posted: string; parent: Parent | undefined } | undefined {
  try {
    const { content, identity } = board.fs.read(board.path(idPath(dataset)));
    if (identity.links < 2) return undefined;
    const parsed = parseContent(content);
    const repeated = typeof parsed === 'string' ? undefined : parsed.repeated;
    return { posted: repeated?.posted ?? '', parent: repeated?.parent };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
