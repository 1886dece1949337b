/** A stage process in the foreground, with the landing zones of its pipeline, ended by signals or for want of work. */
import { constants } from 'node:os';
import type { Board } from '../board/board.ts';
import { plain } from '../model/text.ts';
import type { LandingWatcher } from '../triggers/landing.ts';
import { EXIT } from './exit.ts';
import { type Session, stageNamed } from './session.ts';

export interface RunOptions {
  readonly stage?: string[];
  readonly slots?: number;
  readonly untilIdle?: boolean;
  readonly landing: boolean;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs until it is told to end. @returns the exit code */
export async function runStageProcess(session: Session, options: RunOptions): Promise<number> {
  const board = session.board();
  for (const stage of options.stage ?? []) stageNamed(board, stage);
  const { StageProcess } = await import('../process/stage-process.ts');
  const { Rest } = await import('../process/rest.ts');
  const rest = new Rest();
  let zones: readonly LandingWatcher[] = [];
  const stageProcess = new StageProcess({
    board,
    stages: options.stage,
    slots: options.slots,
    untilIdle: options.untilIdle,
    whenQuiet: (quietMs) => rest.turn(quietMs),
    // A file that is still being judged is an entry that is on its way.
    expectsMore: () => zones.some((zone) => zone.pending() > 0),
  });
  const stop = (signal: NodeJS.Signals): void => stageProcess.stop(signal);
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    if (options.landing) zones = await landingZones(session, board);
    const { reason, signal, done, failed, trouble } = await stageProcess.run();
    if (session.json)
      session.out.json({ schemaVersion: 1, board: board.name, reason, signal: signal ?? null, done, failed, trouble });
    if (reason === 'signal' && signal !== undefined) return 128 + constants.signals[signal];
    if (reason === 'disk') return EXIT.some;
    return options.untilIdle === true && (failed > 0 || trouble !== '') ? EXIT.some : EXIT.ok;
  } finally {
    await Promise.all(zones.map((zone) => zone.stop()));
    for (const signal of SIGNALS) process.off(signal, stop);
    board.journal.flush();
  }
}

/** The landing zones of the board's pipeline as its file is now. Faults there don't keep the stages from running. */
async function landingZones(session: Session, board: Board): Promise<readonly LandingWatcher[]> {
  const { loadPipeline } = await import('../definitions/load.ts');
  const { DefinitionError } = await import('../definitions/fault.ts');
  try {
    const { pipeline } = loadPipeline(board.home, board.config.pipeline);
    if (pipeline.landing.length === 0) return [];
    const { startLanding } = await import('../triggers/landing.ts');
    return await startLanding(board, pipeline, (level, code, message) => {
      session.world.say(`${new Date().toISOString()} ${level} ${code}: ${plain(message)}\n`);
    });
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    session.say(`landing zones are not watched, because the pipeline has faults:\n${error.message}`);
    return [];
  }
}
