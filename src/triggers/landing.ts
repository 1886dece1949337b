/** Landing zones of a pipeline: one watcher each. */
import type { Board } from '../board/board.ts';
import type { PipelineDefinition } from '../model/definition.ts';
import type { LandingLog } from './log.ts';
import { LandingWatcher, zoneFolder } from './watcher.ts';

export type { LandingCode, LandingLog } from './log.ts';
export { type LandingOptions, type LandingState, type LandingTuning, LandingWatcher, zoneFolder } from './watcher.ts';

/**
 * Starts a watcher for every landing zone of the pipeline; zones of one folder leave each other's files alone.
 * @returns the watchers, after the first round of each
 * @throws TemplateError if a folder's template can't be filled in
 */
export async function startLanding(
  board: Board,
  pipeline: PipelineDefinition,
  log: LandingLog,
): Promise<LandingWatcher[]> {
  const folders = pipeline.landing.map((zone) => zoneFolder(board, zone));
  const watchers = pipeline.landing.map((zone, index) => {
    const others = pipeline.landing.filter((_, other) => other !== index && folders[other] === folders[index]);
    return new LandingWatcher({ board, zone, index, log, others });
  });
  await Promise.all(watchers.map((watcher) => watcher.start()));
  return watchers;
}
