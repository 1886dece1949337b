/** What becomes of tries, said in the log and counted. */
import type { Held } from '../board/claim.ts';
import { causeText } from '../model/name.ts';
import type { Result, Settled } from './finisher.ts';
import type { Log } from './log-lines.ts';

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
    if (settled.kind !== 'finished' || ending.kind === 'giveBack') return;
    const failed = settled.at.name.letters[held.claim.column] === 'f';
    if (ending.kind === 'complete') this.done++;
    if (failed) this.failed++;
    const code =
      ending.kind === 'complete'
        ? 'step-complete'
        : failed
          ? 'step-failed'
          : ending.kind === 'retry'
            ? 'step-retry'
            : 'step-held';
    const why = ending.kind === 'complete' ? '' : `${String(notes.reason ?? causeText(ending.cause))}, `;
    this.say(code, held, `${why}after ${Number(notes.seconds ?? 0).toFixed(1)} s`);
  }
}
