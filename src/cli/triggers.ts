/** What brings entries while a stage process runs: the landing zones and timers of its board's pipeline. */
import type { Board } from '../board/board.ts';
import type { PipelineDefinition } from '../model/definition.ts';
import { plain } from '../model/text.ts';
import type { Session } from './session.ts';

export interface TriggersWanted {
  readonly landing: boolean;
  readonly timers: boolean;
  readonly untilIdle?: boolean;
}

export interface Triggers {
  /** How many entries are on their way. */
  pending(): number;
  /** What this process does for the whole board. */
  roles(): readonly string[];
  stop(): Promise<void>;
}

export const NO_TRIGGERS: Triggers = { pending: () => 0, roles: () => [], stop: () => Promise.resolve() };

/** Those of the pipeline's file as it is now. Faults there don't keep the stages from running. */
export async function startTriggers(session: Session, board: Board, wanted: TriggersWanted): Promise<Triggers> {
  if (!wanted.landing && !wanted.timers) return NO_TRIGGERS;
  const pipeline = await pipelineOf(session, board);
  if (pipeline === undefined) return NO_TRIGGERS;
  const say = (level: string, code: string, message: string): void =>
    session.world.say(`${new Date().toISOString()} ${level} ${code}: ${plain(message)}\n`);
  const parts: Triggers[] = [];
  if (wanted.landing && pipeline.landing.length > 0) {
    const { startLanding } = await import('../triggers/landing.ts');
    const zones = await startLanding(board, pipeline, say);
    parts.push({
      pending: () => zones.reduce((sum, zone) => sum + zone.pending(), 0),
      roles: () => zones.flatMap((zone, index) => (zone.state().holder ? [`landing-${index}`] : [])),
      stop: async () => void (await Promise.all(zones.map((zone) => zone.stop()))),
    });
  }
  if (wanted.timers && pipeline.timers.length > 0) {
    const { TimerWatcher } = await import('../triggers/timers.ts');
    const watcher = new TimerWatcher({ board, timers: pipeline.timers, log: say, once: wanted.untilIdle });
    await watcher.start();
    parts.push({
      pending: () => watcher.pending(),
      roles: () => (watcher.isHolder ? ['timers'] : []),
      stop: () => watcher.stop(),
    });
  }
  return {
    pending: () => parts.reduce((sum, part) => sum + part.pending(), 0),
    roles: () => parts.flatMap((part) => part.roles()),
    stop: async () => void (await Promise.all(parts.map((part) => part.stop()))),
  };
}

async function pipelineOf(session: Session, board: Board): Promise<PipelineDefinition | undefined> {
  const { loadPipeline } = await import('../definitions/load.ts');
  const { DefinitionError } = await import('../definitions/fault.ts');
  try {
    return loadPipeline(board.home, board.config.pipeline).pipeline;
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    session.say(`landing zones and timers are not watched, because the pipeline has faults:\n${error.message}`);
    return undefined;
  }
}
