/**
 * Named limits over all hosts: each place that is taken is a file `limits/<limit>.<n>`, exclusive by its name, taken before
 * a claim and given back after the step. Its content says who has it, and is there from the first moment: a file in `tmp/`
 * is linked, whose links also tell whether a link was made whose answer a file server lost.
 */
import { randomBytes } from 'node:crypto';
import { FOLDERS, LAST_PLACE, LIMITS_FOLDER, parseToken, type TokenName, tokenPath } from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists, isGone } from './errors.ts';

export interface TokenOwner {
  readonly process: string;
  readonly host: string;
  readonly dataset: string;
  readonly posted: string;
  readonly stage: string;
  readonly epoch: number;
}

export interface Token extends TokenName {
  /** Undefined: made by hand, and kept until it is removed by hand. */
  readonly owner: TokenOwner | undefined;
  /** No two takings have the same. Inodes are used again at once. */
  readonly text: string;
}

/** Places that this process has taken for one step. */
export interface HeldTokens {
  readonly tokens: readonly TokenName[];
  /** Content of the one file behind all of them. */
  readonly text: string;
}

export type Taking =
  | { readonly kind: 'taken'; readonly held: HeldTokens }
  /** This limit has no room for all that is wanted of it. Nothing was taken. */
  | { readonly kind: 'full'; readonly limit: string };

/** Places that are taken, by limit. One readdir. */
export function takenPlaces(board: Board): Map<string, Set<number>> {
  const taken = new Map<string, Set<number>>();
  for (const { limit, place } of tokenNames(board)) {
    const places = taken.get(limit) ?? new Set();
    taken.set(limit, places.add(place));
  }
  return taken;
}

/** No folder: none was ever taken. */
function limitFiles(board: Board): string[] {
  try {
    return board.fs.names(board.path(LIMITS_FOLDER));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function tokenNames(board: Board): TokenName[] {
  return limitFiles(board).flatMap((file) => parseToken(file) ?? []);
}

/** Names in `limits/` that are no token. */
export function strangeTokens(board: Board): string[] {
  return limitFiles(board).filter((file) => !file.startsWith('.') && parseToken(file) === undefined);
}

/** All that are taken, opened, by limit and place. */
export function readTokens(board: Board): Token[] {
  const tokens = tokenNames(board).flatMap((name) => readToken(board, name) ?? []);
  return tokens.sort((a, b) => (a.limit === b.limit ? a.place - b.place : a.limit < b.limit ? -1 : 1));
}

function readToken(board: Board, name: TokenName): Token | undefined {
  try {
    const text = board.fs.read(board.path(tokenPath(name))).content;
    return { ...name, owner: ownerOf(text), text };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function ownerOf(text: string): TokenOwner | undefined {
  try {
    const value = JSON.parse(text) as Partial<TokenOwner> | null;
    return typeof value?.process === 'string' && typeof value.dataset === 'string' ? (value as TokenOwner) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Takes all that is wanted, in the order of the limits' names, or nothing.
 * @param wanted places by limit
 * @param most how many places each limit has
 * @throws the system's error
 */
export function takeTokens(
  board: Board,
  wanted: Readonly<Record<string, number>>,
  most: Readonly<Record<string, number>>,
  owner: TokenOwner,
): Taking {
  const taken = takenPlaces(board);
  const limits = Object.keys(wanted).sort();
  const full = limits.find((limit) => (taken.get(limit)?.size ?? 0) + (wanted[limit] ?? 0) > (most[limit] ?? 0));
  if (full !== undefined) return { kind: 'full', limit: full };
  // The random part tells two takings of one process apart, whatever else is the same.
  const key = randomBytes(6).toString('hex');
  const draft = board.path(`${FOLDERS.tmp}/.token-${owner.process}-${key}`);
  const text = `${JSON.stringify({ ...owner, key })}\n`;
  board.fs.create(draft, text, false);
  const held: HeldTokens & { tokens: TokenName[] } = { tokens: [], text };
  let missing: string | undefined;
  try {
    missing = limits.find(
      (limit) => !takePlaces(board, draft, held, limit, wanted[limit] ?? 0, most[limit] ?? 0, taken),
    );
    // Places beyond a limit that was lowered: names alone no longer keep others from being as quick as this one.
    missing ??= limits.some((limit) => Math.max(0, ...(taken.get(limit) ?? [])) > (most[limit] ?? 0))
      ? exceeded(board, limits, most)
      : undefined;
  } catch (error) {
    releaseTokens(board, held);
    throw error;
  } finally {
    board.fs.unlink(draft);
  }
  if (missing === undefined) return { kind: 'taken', held };
  releaseTokens(board, held);
  return { kind: 'full', limit: missing };
}

/** For a step that runs already: beyond the limit, where it is full. @throws the system's error */
export function takeAnyway(board: Board, wanted: Readonly<Record<string, number>>, owner: TokenOwner): HeldTokens {
  const most = Object.fromEntries(Object.keys(wanted).map((limit) => [limit, LAST_PLACE]));
  const taking = takeTokens(board, wanted, most, owner);
  if (taking.kind === 'taken') return taking.held;
  throw new Error(`limit ${taking.limit}: not even a place beyond it is free`);
}

function takePlaces(
  board: Board,
  draft: string,
  held: { readonly tokens: TokenName[] },
  limit: string,
  wanted: number,
  most: number,
  taken: ReadonlyMap<string, ReadonlySet<number>>,
): boolean {
  let left = wanted;
  for (let place = 1; place <= most && left > 0; place++) {
    if (taken.get(limit)?.has(place) === true) continue;
    if (!linkToken(board, draft, { limit, place }, held.tokens.length + 1)) continue;
    held.tokens.push({ limit, place });
    left--;
  }
  return left === 0;
}

/** @param links that the draft has before. @returns false if the place is another's */
function linkToken(board: Board, draft: string, name: TokenName, links: number): boolean {
  for (let round = 0; ; round++) {
    try {
      board.fs.link(draft, board.path(tokenPath(name)));
      return true;
    } catch (error) {
      // The server's answer to a link that was made may have been lost.
      if (isExists(error)) return board.fs.identify(draft).links > links;
      if (!isGone(error) || round > 0) throw error;
      makeFolder(board);
    }
  }
}

function makeFolder(board: Board): void {
  try {
    board.fs.mkdir(board.path(LIMITS_FOLDER));
  } catch (error) {
    if (!isExists(error)) throw error;
  }
}

function exceeded(board: Board, limits: readonly string[], most: Readonly<Record<string, number>>): string | undefined {
  const now = takenPlaces(board);
  return limits.find((limit) => (now.get(limit)?.size ?? 0) > (most[limit] ?? 0));
}

/** Gives places back, if they are this taking's still. To be called again after an error. */
export function releaseTokens(board: Board, { tokens, text }: HeldTokens): void {
  for (const name of tokens) {
    try {
      if (readToken(board, name)?.text === text) board.fs.unlink(board.path(tokenPath(name)));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

export interface TokenJudge {
  isDead(process: string): boolean;
  /** This process's own id, and whether it has a step that holds the places with this content. */
  readonly ownId: string;
  isHeld(text: string): boolean;
  /** Its step is a job that waits for another process: it keeps its place. */
  goesOn(owner: TokenOwner, text: string): boolean;
}

/** Frees places of dead processes, and of this one where it knows of no step. @returns what is left, and what was freed */
export function sweepTokens(board: Board, judge: TokenJudge): { left: Token[]; freed: Token[] } {
  const left: Token[] = [];
  const freed: Token[] = [];
  for (const token of readTokens(board)) {
    const { owner } = token;
    const isOver =
      owner !== undefined &&
      (owner.process === judge.ownId ? !judge.isHeld(token.text) : judge.isDead(owner.process)) &&
      !judge.goesOn(owner, token.text);
    (isOver && freeToken(board, token) ? freed : left).push(token);
  }
  return { left, freed };
}

/** Takes a place from the one it was judged by; if another has it by now, that one gets it back, and the answer is false. */
export function freeToken(board: Board, judged: Token): boolean {
  // To judge may have taken long: it may have been freed, and taken anew, meanwhile.
  if (readToken(board, judged)?.text !== judged.text) return false;
  const aside = board.path(`${FOLDERS.tmp}/.stale-${randomBytes(6).toString('hex')}`);
  try {
    board.fs.rename(board.path(tokenPath(judged)), aside);
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
  const isJudged = board.fs.read(aside).content === judged.text;
  if (!isJudged) {
    try {
      board.fs.link(aside, board.path(tokenPath(judged)));
    } catch (error) {
      if (!isExists(error)) throw error;
    }
  }
  board.fs.unlink(aside);
  return isJudged;
}
