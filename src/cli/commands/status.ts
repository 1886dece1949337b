/** `slate status`: a board in a few plain lines, for a glance, a mail, or a screen reader. */
import type { Command } from 'commander';
import { causesOf } from '../../board/causes.ts';
import { countBoard, STATE_ORDER } from '../../board/counts.ts';
import { filterOf } from '../../board/filter.ts';
import { processRows } from '../../board/processes.ts';
import { Row, rfc3339, runKey } from '../../board/rows.ts';
import { type Located, scanBoard, stateOf } from '../../board/scan.ts';
import { formatDuration } from '../../model/duration.ts';
import { causeText, LIVE_FOLDERS } from '../../model/name.ts';
import { count, plain } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { Session } from '../session.ts';
import { countsJson } from './counts.ts';

export function registerStatus(program: Command, run: Run): void {
  const command = subcommand(
    program,
    'status',
    'the board in a few lines: counts, failures by cause, processes',
  ).option('--check', 'exit with 1 if something has failed, or a stage process is silent');
  act<{ check?: boolean }>(command, run, (session, _, options) => status(session, options.check === true));
}

function oldestOf(entries: readonly Located[]): Row | undefined {
  let oldest: Located | undefined;
  for (const entry of entries) {
    if (oldest === undefined || entry.name.posted < oldest.name.posted) oldest = entry;
  }
  return oldest === undefined ? undefined : new Row(oldest);
}

export async function status(session: Session, isCheck = false): Promise<number> {
  const board = session.board();
  const counts = countBoard(board, filterOf(board, []));
  const live = scanBoard(board, LIVE_FOLDERS).entries;
  const unique = [...new Map(live.map((entry) => [runKey(entry), entry])).values()];
  const causes = causesOf(
    board,
    unique.filter((entry) => stateOf(entry.folder) === 'failed'),
  );
  const oldest = oldestOf(unique.filter((entry) => ['queue', 'active', 'gather'].includes(stateOf(entry.folder))));
  const processes = processRows(board).filter(({ isDead }) => !isDead);
  const silent = processes.filter(({ isSilent }) => isSilent);
  const isBad = counts.states.failed > 0 || silent.length > 0;
  const exit = isCheck && isBad ? EXIT.some : EXIT.ok;
  if (session.json) {
    session.out.json({
      ...countsJson(board, counts),
      pipeline: board.config.pipeline,
      causes,
      processes: processes.length,
      silent: silent.map(({ status: { name } }) => name.id),
      oldest:
        oldest === undefined
          ? null
          : { dataset: oldest.dataset, posted: rfc3339(oldest.at.name.posted), state: oldest.state },
    });
    return exit;
  }
  const { out, paint } = session;
  const states = STATE_ORDER.filter((state) => counts.states[state] > 0);
  const parts = states.map((state) => paint(state, `${counts.states[state]} ${state}`));
  out.line(`board ${board.name}, pipeline ${board.config.pipeline}, home ${plain(board.home)}`);
  out.line(`${count(counts.total, 'entry', 'entries')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`);
  for (const { stage, cause, number } of causes) {
    out.line(`failed at ${stage}: ${number}${cause === '' ? '' : ` ${causeText(cause)} (${cause})`}`);
  }
  const busy = processes.reduce((sum, { status: { content } }) => sum + (content?.entries.length ?? 0), 0);
  out.line(`${count(processes.length, 'stage process', 'stage processes')}, ${count(busy, 'step')} running`);
  for (const {
    status: { name },
    beatMs,
  } of silent) {
    out.line(`stage process ${name.id} on ${plain(name.host)} is silent for ${formatDuration(beatMs ?? 0)}`);
  }
  if (oldest !== undefined) {
    out.line(
      `oldest still to be done: ${oldest.dataset}, ${formatDuration(board.now() - oldest.postedMs)}, ${oldest.state}`,
    );
  }
  if (counts.foreign > 0)
    out.line(`${count(counts.foreign, 'file is', 'files are')} no entry: 'slate check' lists them`);
  return exit;
}
