/**
 * What operators do: hold, release, repipe, skip, rank, set, remove. The same renames that `mv` would do, checked,
 * with who and why in the journal. One entry at a time; every one is worked out anew from the name that it has now.
 */
import { causeOf, claimsOf, DEADLINE, type EntryName, fittingTags, type HomeFolder } from '../model/name.ts';
import type { Rules, Transition } from '../model/transition.ts';
import { applyVerb, type LetterVerb } from '../model/verbs.ts';
import type { Board } from './board.ts';
import { formatContent, NO_CONTENT, type Params, parseContent, RESERVED_KEY } from './content.ts';
import { faultKind, isGone } from './errors.ts';
import { finishForward } from './finish.ts';
import { dropGroup, hasGroup, rulesOfWaiting } from './groups.ts';
import { acquireId, releaseIdOf } from './ids.ts';
import { isEntry } from './locate.ts';
import { moveEntry } from './move.ts';
import { findDatasets, type Located, stateOf } from './scan.ts';
import { commitAfter, giveUpAfter } from './transaction.ts';
import { leaveTrace } from './tries.ts';

export type Verb =
  | { readonly verb: LetterVerb; readonly stage?: string | undefined }
  | { readonly verb: 'rank'; readonly rank: number }
  /** Parameters to set; null takes one away. */
  | { readonly verb: 'set'; readonly params: Params }
  | { readonly verb: 'remove' };

export type VerbResult =
  | { readonly ok: true; readonly entry: Located; readonly from: Located }
  /** `refused`: the entry's state forbids it; `absent`: it is no longer on the board. */
  | { readonly ok: false; readonly entry: Located; readonly refusal: 'refused' | 'absent'; readonly why: string };

interface Plan {
  readonly ok: true;
  readonly name: EntryName;
  readonly home: HomeFolder | 'removed';
}

/** What the verb would make of the entry as its name is now; nothing is changed. Dry runs show this. */
export function planVerb(
  board: Board,
  entry: Located,
  verb: Verb,
  rules = board.rules,
): Plan | (Transition & { ok: false }) {
  const { name } = entry;
  if (stateOf(entry.folder) === 'removed') return { ok: false, why: 'it was removed from the board; post it again' };
  switch (verb.verb) {
    case 'rank':
      return { ok: true, name: { ...name, rank: verb.rank, tags: fittingTags(name) }, home: homeOf(entry) };
    case 'set':
      return { ok: true, name, home: homeOf(entry) };
    case 'remove': {
      // An `e` without a claim is nobody's to finish.
      const ending = claimsOf(name).find(({ column }) => name.letters[column] === 'e')?.column ?? -1;
      if (ending >= 0)
        return { ok: false, why: 'a stage of it is ending and is finished forward first', finishFirst: ending };
      const tags = fittingTags(name).filter((tag) => tag.kind === 'cause');
      return { ok: true, name: { ...name, tags }, home: 'removed' };
    }
    default: {
      const stage = verb.stage === undefined ? undefined : board.column(verb.stage);
      if (stage === -1)
        return { ok: false, why: `the board has no stage '${verb.stage}'; it has ${board.stages.join(', ')}` };
      const moved = applyVerb(name, verb.verb, stage, releasing(name, verb.verb, rules));
      return moved.ok ? { ok: true, name: moved.name, home: moved.folder } : moved;
    }
  }
}

/** Released after its deadline, a group goes on with what there is. */
function releasing(name: EntryName, verb: LetterVerb, rules: Rules): Rules {
  if (verb !== 'release') return rules;
  return { ...rules, gathers: (column) => causeOf(name, column) !== DEADLINE && rules.gathers(column) };
}

/**
 * Where no stage gathers, an entry that was posted with needs waits before its first stages: also when these open again.
 * Only then its group is looked for.
 */
function planFor(board: Board, from: Located, verb: Verb): ReturnType<typeof planVerb> {
  const plan = planVerb(board, from, verb);
  if (!plan.ok || (verb.verb !== 'release' && verb.verb !== 'repipe')) return plan;
  const waiting = planVerb(board, from, verb, rulesOfWaiting(board, from.name.class));
  if (!waiting.ok || waiting.name.letters === plan.name.letters) return plan;
  return hasGroup(board, from.name) ? waiting : plan;
}

function homeOf(entry: Located): HomeFolder {
  return stateOf(entry.folder) as HomeFolder;
}

/**
 * Applies a verb to an entry. A name that changes meanwhile is looked up and worked out anew.
 * @param wanted asked again after such a change: a filter that chose the entry may no longer hold
 * @throws the system's error when the disk refuses.
 */
export function operate(
  board: Board,
  entry: Located,
  verb: Verb,
  reason?: string,
  wanted: (entry: Located) => boolean = () => true,
): VerbResult {
  let from = entry;
  for (let round = 0; round < 20; round++) {
    if (round > 0 && !wanted(from)) {
      return {
        ok: false,
        entry: from,
        refusal: 'refused',
        why: 'it has changed meanwhile, and is no longer what was asked for',
      };
    }
    const plan = planFor(board, from, verb);
    if (!plan.ok && plan.finishFirst !== undefined) {
      const forward = finishForward(board, from, plan.finishFirst);
      const next = forward === 'gone' ? find(board, from) : forward;
      if (next === undefined) return absent(from);
      from = next;
      continue;
    }
    if (!plan.ok) return { ok: false, entry: from, refusal: 'refused', why: plan.why };
    const moved = carryOut(board, from, plan, verb);
    if (moved === 'taken' || moved === 'occupied' || moved === 'waits')
      return { ok: false, entry: from, refusal: 'refused', why: whyNot(moved, from, plan) };
    if (moved !== 'gone') {
      journalVerb(board, from, moved, verb, reason);
      return { ok: true, entry: moved, from };
    }
    const next = find(board, from);
    if (next === undefined) return absent(from);
    from = next;
  }
  return { ok: false, entry: from, refusal: 'refused', why: 'its name changes all the time: try again' };
}

function absent(entry: Located): VerbResult {
  return { ok: false, entry, refusal: 'absent', why: 'it is no longer on the board' };
}

/** The same entry under the name it has now. Two looks: one may miss an entry under rename. */
function find(board: Board, entry: Located): Located | undefined {
  for (let look = 0; look < 2; look++) {
    const found = findDatasets(board, new Set([entry.name.dataset])).filter((seen) => isEntry(seen.name, entry.name));
    const latest = found.sort((a, b) => b.name.epoch - a.name.epoch)[0];
    if (latest !== undefined) return latest;
  }
  return undefined;
}

type Carried = Located | 'gone' | 'occupied' | 'taken' | 'waits';

function whyNot(moved: 'taken' | 'occupied' | 'waits', { name }: Located, { home }: Plan): string {
  switch (moved) {
    case 'taken':
      return `dataset ${name.dataset} has been posted again: remove that entry first`;
    case 'occupied':
      return `a file with the name that it would get stands in ${home}/: look at both`;
    case 'waits':
      return 'it is to wait until a time that only the account which posted it can keep: set it under that account, or afterwards';
  }
}

function carryOut(board: Board, from: Located, plan: Plan, verb: Verb): Carried {
  if (verb.verb === 'set') return setParams(board, from, verb.params);
  const leaves = stateOf(from.folder) === 'done' && plan.home !== 'done' && plan.home !== 'removed';
  // An entry that comes back onto the board takes its link first.
  if (leaves) {
    const linked = relink(board, from);
    if (linked !== 'ok') return linked;
  }
  // One that stays in `done/` keeps its day.
  const folder = plan.home === 'done' && stateOf(from.folder) === 'done' ? from.folder : undefined;
  if (verb.verb === 'repipe' && !endWait(board, from)) return 'gone';
  const moved = moveEntry(board, from, plan.name, plan.home, { careful: true, folder });
  // It stays where it is, and so off the board.
  if (moved === 'occupied' && leaves) releaseIdOf(board, from);
  if (typeof moved === 'string') return moved;
  if (plan.home === 'removed') dropGroup(board, moved.name);
  // Before its dataset can be posted again.
  if (plan.home === 'removed') giveUpAfter(board, moved.name);
  if (plan.home === 'removed') leaveTrace(board, moved.name);
  if (plan.home === 'done') commitAfter(board, moved.name, moved.folder);
  if (plan.home === 'removed' || plan.home === 'done') releaseIdOf(board, moved);
  return moved;
}

/** Sent back, it runs as soon as it can: what it had to wait for was another try's. False if it has gone. */
function endWait(board: Board, at: Located): boolean {
  const path = board.path(`${at.folder}/${at.file}`);
  try {
    if (board.fs.identify(path).mtimeMs > board.now()) board.fs.setMtime(path, board.now());
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    // Only its owner may set a file's times: then it waits.
    if (faultKind(error) === 'denied') return true;
    throw error;
  }
}

function relink(board: Board, from: Located): 'ok' | 'gone' | 'taken' {
  try {
    const { ino } = board.fs.identify(board.path(`${from.folder}/${from.file}`));
    const acquired = acquireId(board, `${from.folder}/${from.file}`, from.name.dataset, ino);
    return acquired === 'taken' ? 'taken' : 'ok';
  } catch (error) {
    if (isGone(error)) return 'gone';
    throw error;
  }
}

/** Writes parameters in place: same inode, so that running steps, links and the entry itself stay one file. */
function setParams(board: Board, at: Located, changes: Params): Located | 'gone' | 'waits' {
  const path = board.path(`${at.folder}/${at.file}`);
  try {
    const parsed = parseContent(board.fs.read(path).content);
    const { params: now, needs } = typeof parsed === 'string' ? NO_CONTENT : parsed;
    const next = Object.fromEntries(
      Object.entries({ ...now, ...changes }).filter(([key, value]) => value !== null && key !== RESERVED_KEY),
    );
    const { mtimeMs } = board.fs.identify(path);
    const waits = mtimeMs > board.now();
    // Asked before anything is written: what can't be kept must not be lost.
    if (waits && !mayKeepTime(board, path, mtimeMs)) return 'waits';
    const beside = typeof parsed === 'string' ? {} : { ...parsed.repeated, needs };
    board.fs.overwrite(path, formatContent(at.name, next, beside), board.config.durability !== 'none');
    // A time to wait for stands in the mtime, and writing has moved that.
    if (waits) board.fs.setMtime(path, mtimeMs);
    return at;
  } catch (error) {
    if (isGone(error)) return 'gone';
    throw error;
  }
}

/** Sets a time that stands there already. */
function mayKeepTime(board: Board, path: string, mtimeMs: number): boolean {
  try {
    board.fs.setMtime(path, mtimeMs);
    return true;
  } catch (error) {
    if (faultKind(error) === 'denied') return false;
    throw error;
  }
}

function journalVerb(board: Board, from: Located, to: Located, verb: Verb, reason: string | undefined): void {
  const { dataset, posted, class: cls } = from.name;
  board.journal.write(verb.verb, {
    dataset,
    posted,
    class: cls,
    ...('stage' in verb && verb.stage !== undefined ? { stage: verb.stage } : {}),
    ...(verb.verb === 'rank' ? { rank: verb.rank, was: from.name.rank } : {}),
    ...(verb.verb === 'set' ? { params: verb.params } : {}),
    from: from.name.letters,
    to: to.name.letters,
    folder: to.folder,
    ...(reason === undefined ? {} : { reason }),
  });
}
