/**
 * What operators do from the dashboard: the command line's verbs on a frozen set of entries. Each is looked at again
 * before it is touched: what has changed since it was shown, so that something else would happen, is refused.
 */
import type { Board } from '../../board/board.ts';
import { type Planned, planned } from '../../board/effect.ts';
import { faultText, isGone, isSystemError } from '../../board/errors.ts';
import { runSliced } from '../../board/live/slices.ts';
import { operate, planVerb, type Verb } from '../../board/operate.ts';
import { columnsAt, Row } from '../../board/rows.ts';
import type { Located } from '../../board/scan.ts';
import { giveOrder } from '../../board/status.ts';
import type { Order } from '../../model/name.ts';
import { count } from '../../model/text.ts';
import type { Message } from '../view.ts';

type Find = (key: string) => Located | undefined;

/** These open stages, for which the classes that a stage serves count. */
const OPENING: ReadonlySet<Verb['verb']> = new Set(['release', 'repipe', 'skip']);

/** Reads the stage files as they are now, where the verb depends on them. @throws DefinitionError */
async function useStages(board: Board, verb: Verb): Promise<void> {
  if (!OPENING.has(verb.verb)) return;
  // YAML, schemas and templates load only when they are needed: the first screen does without.
  const { loadStages } = await import('../../definitions/load.ts');
  board.useStages(loadStages(board.home, board.stages));
}

export type Plans = ReadonlyMap<string, Planned>;

/** What the verb would do to each of them now. */
export async function planAll(
  board: Board,
  find: Find,
  verb: Verb,
  keys: readonly string[],
): Promise<{ plans: Plans; gone: number }> {
  await useStages(board, verb);
  const plans = new Map<string, Planned>();
  await runSliced(
    (function* () {
      for (const key of keys) {
        const entry = find(key);
        if (entry !== undefined) plans.set(key, planned(board, entry, verb));
        yield;
      }
    })(),
  );
  return { plans, gone: keys.length - plans.size };
}

export interface Application {
  readonly verb: Verb;
  readonly keys: readonly string[];
  readonly reason: string | undefined;
  /** As they were shown. */
  readonly plans: Plans;
  readonly onProgress: (done: number) => void;
  readonly isStopped: () => boolean;
  /** Settles once `find` knows where everything stands now. */
  readonly refresh: () => Promise<void>;
}

type Applied = Extract<Message, { kind: 'applied' }>;
type Done = 'done' | 'absent' | 'moved' | { readonly why: string };

const CHANGED = 'it has changed since it was shown, and something else would happen to it';

/** Does it, one entry after the other, each from its newest name. Never throws for what the disk refuses. */
export async function applyAll(board: Board, find: Find, application: Application): Promise<Applied> {
  const { keys, plans, onProgress, isStopped, refresh } = application;
  const refused: { dataset: string; why: string }[] = [];
  const absent: string[] = [];
  let done = 0;
  let looked = 0;
  let fault: string | undefined;
  const pass = async (some: readonly string[], isLast: boolean): Promise<string[]> => {
    const moved: string[] = [];
    const work = function* (): Generator<void> {
      for (const key of some) {
        if (isStopped()) return;
        const result = applyOne(board, find(key), application, plans.get(key), isLast);
        const dataset = key.slice(0, key.indexOf(' '));
        if (result === 'moved') moved.push(key);
        else if (result === 'done') done++;
        else if (result === 'absent') absent.push(dataset);
        else refused.push({ dataset, why: result.why });
        if (result !== 'moved') looked++;
        yield;
      }
    };
    await runSliced(work(), () => {
      onProgress(looked);
      return false;
    });
    return moved;
  };
  try {
    await useStages(board, application.verb);
    const moved = await pass(keys, false);
    // Looked for together: to look for one alone takes a reading of the whole board.
    if (moved.length > 0 && !isStopped()) {
      await refresh();
      await pass(moved, true);
    }
  } catch (error) {
    if (!isSystemError(error) && !(error instanceof Error && error.name === 'DefinitionError')) throw error;
    fault = faultText(error);
  } finally {
    board.journal.flush();
  }
  return { kind: 'applied', done, refused, absent, left: keys.length - looked, fault };
}

/** What an operator has seen of an entry when he decided: where it is, and why. */
function seen(entry: Located): string {
  const row = new Row(entry);
  const causes = row.causes.map(({ column, cause }) => `${column}-${cause}`);
  return `${row.state} ${columnsAt(row).join()} ${causes.join()}`;
}

function stands(board: Board, { folder, file }: Located): boolean {
  try {
    board.fs.identify(board.path(`${folder}/${file}`));
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** @param isLast no: where it no longer stands where it was seen, it is `moved` */
function applyOne(
  board: Board,
  entry: Located | undefined,
  { verb, reason }: Application,
  shown: Planned | undefined,
  isLast: boolean,
): Done {
  if (shown === undefined) return 'absent';
  if (!shown.ok) return { why: shown.text };
  if (entry === undefined) return isLast ? 'absent' : 'moved';
  if (!isLast && !stands(board, entry)) return 'moved';
  const plan = planVerb(board, shown.entry, verb);
  // What is ending is finished first, by ourselves: that is no change.
  const isForward = !plan.ok && plan.finishFirst !== undefined;
  const isAsShown = (now: Located): boolean => {
    if (isForward || verb.verb === 'rank' || verb.verb === 'set') return true;
    const again = planned(board, now, verb);
    return again.ok === shown.ok && again.text === shown.text && seen(now) === seen(shown.entry);
  };
  if (!isAsShown(entry)) return { why: CHANGED };
  const result = operate(board, entry, verb, reason, isAsShown);
  if (result.ok) return 'done';
  return result.refusal === 'absent' ? 'absent' : { why: result.why };
}

/** Gives an order to stage processes. @returns what is to be told @throws the system's error */
export function orderAll(
  board: Board,
  ids: readonly string[],
  order: Order,
  reason: string | undefined,
): { text: string; isError: boolean } {
  const results = ids.map((id) => giveOrder(board, id, order, reason));
  board.journal.flush();
  const number = (wanted: string): number => results.filter((result) => result === wanted).length;
  const parts = [
    `${count(number('ordered') + number('unchanged'), 'stage process', 'stage processes')} told to ${order}`,
  ];
  if (number('lost') > 0) parts.push(`${number('lost')} found dead before`);
  if (number('absent') > 0) parts.push(`${number('absent')} gone`);
  return { text: parts.join(', '), isError: number('lost') + number('absent') > 0 };
}
