/**
 * What operators do to hosts from the dashboard: the same calls as `slate scale`, `slate up --host` and `slate down`. Each host
 * is looked at first without waiting for the disk; what is no longer as it was shown is left alone.
 */
import type { Board } from '../../board/board.ts';
import { orderDown } from '../../board/down.ts';
import { faultText, isSystemError } from '../../board/errors.ts';
import { loadWishes } from '../../board/load-hosts.ts';
import { loadProcessRows } from '../../board/processes.ts';
import { isRead, markDown, setWish, unmarkDown, type WishesRead } from '../../board/wishes.ts';
import { count, plain } from '../../model/text.ts';
import type { AppEffect } from '../root.ts';
import type { HostAct, ScaleTarget } from '../view.ts';

export interface Told {
  readonly text: string;
  readonly isError: boolean;
}

type Of<K extends AppEffect['kind']> = Extract<AppEffect, { kind: K }>;

/** A disk that takes longer is not waited for, and what was asked for is not done later. */
const PATIENCE_MS = 5_000;
const SILENT = 'the disk does not answer: nothing was changed there';
const HALF = 'it is marked, but the disk does not answer: processes that were started by hand go on';

async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What was done, and on which hosts it was not, and why. */
class Outcome {
  readonly #done: string[] = [];
  readonly #left: { readonly host: string; readonly why: string }[] = [];

  /** @param work why nothing was done on the host, or undefined */
  async on(host: string, work: () => Promise<string | undefined>): Promise<void> {
    // A disk that does not answer for one host does not for the next one: all of them together are not waited for.
    const [silent] = this.#left.filter(({ why }) => why === SILENT || why === HALF);
    if (silent !== undefined) {
      this.#left.push({ host, why: SILENT });
      return;
    }
    try {
      const why = await work();
      if (why === undefined) this.#done.push(host);
      else this.#left.push({ host, why });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#left.push({ host, why: faultText(error) });
    }
  }

  /** @param what of the hosts that it was done on */
  told(what: string): Told {
    const [only] = this.#done;
    const where = this.#done.length === 1 ? only : count(this.#done.length, 'host');
    const [first] = this.#left;
    const more = this.#left.length > 1 ? `, and ${this.#left.length - 1} more` : '';
    const parts = [
      ...(this.#done.length === 0 ? [] : [`${where}: ${what}`]),
      ...(first === undefined ? [] : [`not on ${first.host}: ${first.why}${more}`]),
    ];
    return { text: plain(parts.join('; ')), isError: first !== undefined };
  }
}

function standing(read: WishesRead, key: string): ScaleTarget['was'] | undefined {
  if (!isRead(read)) return read.isMissing ? 'none' : undefined;
  return read.torn.has(key) ? 'unclear' : (read.wishes.get(key)?.slots ?? 'none');
}

/** Changes the wish for a stage on each of these hosts. */
export async function scaleHosts(board: Board, { key, changes, reason }: Of<'scale'>): Promise<Told> {
  const outcome = new Outcome();
  for (const { host, was, to } of changes) {
    await outcome.on(host, async () => {
      const read = await inTime(loadWishes(board, host));
      if (read === undefined) return SILENT;
      const now = standing(read, key);
      if (now === undefined) return 'what is wanted there can not be read';
      if (now !== was) return `the wish has changed since it was shown: it is ${now} now`;
      const stages = (isRead(read) ? read.wishes.get(key)?.stages : undefined) ?? key.split('+');
      setWish(board, host, { stages, slots: to }, reason);
      return undefined;
    });
  }
  board.journal.flush();
  const numbers = [...new Set(changes.map(({ to }) => to))];
  return outcome.told(numbers.length === 1 ? `${key}=${numbers[0]} is wanted` : `${key} is changed`);
}

const DONE: Readonly<Record<HostAct, string>> = {
  start: 'what is wanted runs again',
  drain: 'is drained: nothing is to run there',
  stop: 'is stopped: steps end, nothing is to run there',
};

/** Starts, drains or stops each of these hosts. */
export async function orderHosts(board: Board, { act, hosts, reason }: Of<'host'>): Promise<Told> {
  const outcome = new Outcome();
  for (const host of hosts) {
    await outcome.on(host, async () => {
      const read = await inTime(loadWishes(board, host));
      if (read === undefined) return SILENT;
      if (act === 'start') return unmarkDown(board, host, reason) ? undefined : 'it was not down';
      markDown(board, host, reason);
      // After the mark: who has begun meanwhile is among them.
      const rows = await inTime(loadProcessRows(board, Date.now()));
      if (rows === undefined) return HALF;
      const live = rows.filter(({ status, isDead }) => !isDead && status.name.host === host);
      orderDown(board, live, { now: act === 'stop', reason });
      return undefined;
    });
  }
  board.journal.flush();
  return outcome.told(DONE[act]);
}
