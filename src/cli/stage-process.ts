/** A stage process in the foreground, with the landing zones and timers of its pipeline, ended by signals or for want of work. */
import { constants } from 'node:os';
import type { Board } from '../board/board.ts';
import { EXIT, usage } from './exit.ts';
import { type Session, stageNamed } from './session.ts';
import { NO_TRIGGERS, startTriggers, type Triggers, type TriggersWanted } from './triggers.ts';

export interface RunOptions extends TriggersWanted {
  readonly stage?: string[];
  readonly slots?: number;
  /** Thousandths. */
  readonly cpus?: number;
  /** MB. */
  readonly memory?: number;
  readonly kept?: boolean;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs until it is told to end. @returns the exit code */
export async function runStageProcess(session: Session, options: RunOptions): Promise<number> {
  if (options.kept === true && options.untilIdle === true) throw usage('--kept and --until-idle exclude each other');
  const board: Board = session.board();
  for (const stage of options.stage ?? []) stageNamed(board, stage);
  const { StageProcess } = await import('../process/stage-process.ts');
  const { Rest } = await import('../process/rest.ts');
  const rest = new Rest();
  let triggers: Triggers = NO_TRIGGERS;
  const stageProcess = new StageProcess({
    board,
    stages: options.stage,
    slots: options.slots,
    budget: { milliCpus: options.cpus, memoryMb: options.memory },
    kept: options.kept,
    untilIdle: options.untilIdle,
    whenQuiet: (quietMs) => rest.turn(quietMs),
    // A file that is still being judged is an entry that is on its way; so is a timer whose time has come.
    expectsMore: () => triggers.pending() > 0,
    roles: () => triggers.roles(),
  });
  const stop = (signal: NodeJS.Signals): void => stageProcess.stop(signal);
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    triggers = await startTriggers(session, board, options);
    const { reason, signal, done, failed, trouble } = await stageProcess.run();
    if (session.json)
      session.out.json({ schemaVersion: 1, board: board.name, reason, signal: signal ?? null, done, failed, trouble });
    if (reason === 'signal' && signal !== undefined) return 128 + constants.signals[signal];
    if (reason === 'disk') return EXIT.some;
    return options.untilIdle === true && (failed > 0 || trouble !== '') ? EXIT.some : EXIT.ok;
  } finally {
    await triggers.stop();
    for (const signal of SIGNALS) process.off(signal, stop);
    board.journal.flush();
  }
}
