/**
 * Posts: datasets that may be live already, some held, some for later; and runs with a fixed time, which every poster posts
 * at about the same moment, as several landing zones and timers would.
 */
import { EPOCH_MS } from '../../../bench/pool/clock.ts';
import { BoardError, isBlocking } from '../../../src/board/errors.ts';
import { type PostRequest, post } from '../../../src/board/post.ts';
import { formatPosted } from '../../../src/model/name.ts';
import { DATASETS } from './board.ts';
import type { World } from './world.ts';

const FIXED_SHARE = 0.4;
const FIXED_EVERY_MS = 2_000;

/** The run of a fixed time that is due now: whoever asks gets the same. */
function dueRun(): { readonly dataset: string; readonly posted: string } {
  const nth = Math.floor(performance.now() / FIXED_EVERY_MS);
  return { dataset: `t${nth % 2}`, posted: formatPosted(EPOCH_MS + nth * FIXED_EVERY_MS) };
}

function requestOf(world: World): PostRequest {
  if (world.chance(FIXED_SHARE)) {
    const run = dueRun();
    return { ...run, params: { mark: `${run.dataset} ${run.posted}` } };
  }
  const dataset = world.pick(DATASETS) ?? 'x';
  const later = world.chance(0.1) ? { afterMs: Date.now() + 2_000 } : {};
  return { dataset, hold: world.chance(0.05), rank: world.below(100), params: { mark: dataset }, ...later };
}

export function poster(world: World): void {
  const board = world.open('poster');
  for (;;) {
    const request = requestOf(world);
    try {
      const result = post(board, request);
      if (result.ok) world.told({ kind: 'posted', dataset: result.dataset, posted: result.entry.name.posted });
      else if (result.refusal !== 'live' && result.refusal !== 'known') throw new Error(`refused: ${result.why}`);
    } catch (error) {
      // The command says what is wrong and ends; who called it calls it again.
      if (!isBlocking(error) && !(error instanceof BoardError)) throw error;
    }
    board.journal.flush();
    world.sleep(50 + world.below(400));
  }
}
