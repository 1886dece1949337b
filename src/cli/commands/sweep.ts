/** `slate sweep`: one pass of housekeeping, which stage processes do by themselves all the time. */
import type { Command } from 'commander';
import { type SweepResult, sweepBoard } from '../../board/sweep.ts';
import { plain } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { EXIT } from '../exit.ts';
import { Interrupt } from '../interrupt.ts';
import type { Session } from '../session.ts';

export function registerSweep(program: Command, run: Run): void {
  const command = subcommand(
    program,
    'sweep',
    'one pass of housekeeping: misplaced entries, lost claims, half-made posts, gathers, retention',
  ).option(
    '--wait',
    'watch the stage processes for two leases first, so that dead ones on other hosts are found as well',
  );
  act<{ wait?: boolean }>(command, run, async (session, _, options) => {
    session.refuseIfReadOnly();
    const board = await session.boardWithStages();
    session.prepare(board, 'mend');
    const interrupt = new Interrupt();
    const pause = async (ms: number): Promise<boolean> => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return !interrupt.isSet;
    };
    const onFaultyGroup = (where: string, why: string): void =>
      session.say(`${plain(where)}: ${plain(why)}; its entry waits until the file is mended`);
    const result = await interrupt.during(() =>
      sweepBoard(board, { wait: options.wait === true, pause, onFaultyGroup }),
    );
    board.journal.flush();
    tell(session, board.name, result);
    return interrupt.exit ?? EXIT.ok;
  });
}

function tell(session: Session, board: string, { swept, dead, gathered, rubbish, shown, retained }: SweepResult): void {
  const { lost, forwarded, moved, posted, unlinked, places, owners } = swept;
  if (session.json) {
    session.out.json({
      schemaVersion: 1,
      board,
      lost,
      forwarded,
      moved,
      posted,
      unlinked,
      places,
      gathered,
      rubbish,
      shown,
      retained,
      dead: [...dead].map(([id, why]) => ({ id, why })),
      alive: [...owners].map(([id, claims]) => ({ id, claims })),
    });
    return;
  }
  for (const [id, why] of dead) session.say(`stage process ${id} is taken for dead: ${plain(why)}`);
  for (const [number, what] of [
    [lost, 'claims returned'],
    [forwarded, 'endings finished'],
    [moved, 'entries put in their place'],
    [posted, 'posts carried on'],
    [unlinked, 'links removed'],
    [places, 'places of limits freed'],
    [gathered, 'gathering entries let go on, held or failed'],
    [rubbish, 'unfinished posts removed'],
    ...(shown === 0 ? [] : [[shown, 'entries shown or taken out of sight'] as const]),
    [retained.total, 'files and folders past their retention removed'],
  ] as const) {
    session.out.line(`${number}\t${what}`);
  }
}
