/** What becomes of tries, said in the log and counted. */
import type { Held } from '../board/claim.ts';
import { causeText } from '../model/name.ts';
import type { Result, Settled } from './finisher.ts';
import type { Log } from './log-lines.ts';

const ENDED = {
  complete: 'step-complete',
  fail: 'step-failed',
  hold: 'step-held',
  retry: 'step-retry',
  back: 'step-sent-back',
} as const;

/** Another has taken this process for dead. */
export const ADOPTED = 'another process has taken over its job';

export class Telling {
  readonly #log: Log;
  done = 0;
  failed = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  say(code: Parameters<Log>[0], held: Held, text: string): void {
    this.#log(code, `${held.try.dataset} ${held.stage}.${held.try.epoch}: ${text}`);
  }

  /** A try has ended, or was taken away. */
  ended({ held, ending, notes }: Result, settled: Settled): void {
    if (settled.kind === 'taken') this.say('step-taken', held, 'its claim was taken away; its result is discarded');
    if (settled.kind === 'left') this.say('step-taken', held, ADOPTED);
    if (settled.kind !== 'finished' || ending.kind === 'giveBack') return;
    const failed = settled.at.name.letters[held.claim.column] === 'f';
    if (ending.kind === 'complete') this.done++;
    if (failed) this.failed++;
    const code = failed ? 'step-failed' : ENDED[ending.kind];
    const cause = 'cause' in ending && ending.kind !== 'complete' ? causeText(ending.cause) : undefined;
    const parts = [ending.kind === 'back' ? `to ${String(notes.back)}` : undefined, notes.reason ?? cause];
    const why = parts.map((part) => (part === undefined ? '' : `${String(part)}, `)).join('');
    this.say(code, held, `${why}after ${Number(notes.seconds ?? 0).toFixed(1)} s`);
  }
}
