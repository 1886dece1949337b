/** One firing of a timer as an entry: its posted time is the firing's time, so that it is posted once, whoever fires it. */
import type { Board } from '../board/board.ts';
import { type PostResult, post } from '../board/post.ts';
import { timerContext, timerTemplates } from '../definitions/definitions.ts';
import { TemplateError } from '../definitions/template.ts';
import type { Timer } from '../model/definition.ts';
import { DEFAULT_RANK, formatPosted, NO_CLASS } from '../model/name.ts';

export interface Firing {
  readonly dataset: string;
  readonly result: PostResult;
}

/** The dataset that a firing becomes; undefined if the template can't make one of this time. */
export function datasetOf(board: Board, timer: Timer, timeMs: number): string | undefined {
  try {
    return timerTemplates(timer).dataset(timerContext(timer, timeMs, board.name, board.config.pipeline));
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/**
 * Posts the firing of a time. Posted before, by whomever, it is refused as `known`.
 * @throws BoardError if the disk refuses
 */
export function fire(board: Board, timer: Timer, timeMs: number, reason?: string): Firing {
  const context = timerContext(timer, timeMs, board.name, board.config.pipeline);
  const templates = timerTemplates(timer);
  let dataset = '';
  const refuse = (why: string): Firing => ({ dataset, result: { ok: false, dataset, refusal: 'name', why } });
  try {
    dataset = templates.dataset(context);
    if (timer.stage !== undefined && board.column(timer.stage) < 0)
      return refuse(`the board has no stage '${timer.stage}': it has ${board.stages.join(', ')}`);
    const cls = templates.class(context);
    const rank = templates.rank(context);
    const time = formatPosted(timeMs);
    const result = post(board, {
      dataset,
      class: cls === '' ? NO_CLASS : cls,
      // What is no rank is refused by name.
      rank: rank === '' ? DEFAULT_RANK : /^\d{1,2}$/.test(rank) ? Number(rank) : Number.NaN,
      params: { ...templates.params(context), timer: timer.name, time },
      posted: time,
      only: timer.stage === undefined ? undefined : [timer.stage],
      ...(reason === undefined ? {} : { reason }),
    });
    return { dataset, result };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return refuse(error.message);
  }
}
