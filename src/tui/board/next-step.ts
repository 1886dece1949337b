/** What becomes of an entry next, or what a person can do for it. Pure. */
import type { ProcessRow } from '../../board/processes.ts';
import { columnsAt, Row } from '../../board/rows.ts';
import type { Located } from '../../board/scan.ts';
import { runnableColumns } from '../../model/home.ts';
import { failedTries, type Letter } from '../../model/letters.ts';
import { causeOf, claimOf, UNFIT } from '../../model/name.ts';
import type { Data } from '../data.ts';

type Ask = Pick<Data, 'board' | 'processes'>;

/** One sentence a thing. */
export function nextSteps(entry: Located, data: Ask): string[] {
  const row = new Row(entry);
  switch (row.state) {
    case 'done':
      return ['nothing: it is done; repipe runs a stage and all that comes after it again'];
    case 'removed':
      return ['nothing: it was removed from the board; post it again to run it'];
    case 'gather':
      return [`waits until what ${names(data, columnsAt(row))} gathers is there`];
    case 'failed':
      return [failedStep(row, data)];
    case 'held':
      return [heldStep(row, data)];
    default:
      return columnsAt(row).map((column) => openStep(row, column, data));
  }
}

function names({ board }: Ask, columns: readonly number[]): string {
  return columns.map((column) => board.stages[column] ?? '').join(', ');
}

/** ` to detect, then archive`; nothing comes after the last stage. */
function onward({ board }: Ask, columns: readonly number[]): string {
  const after = new Set(columns.flatMap((column) => board.graph.descendants[column] ?? []));
  const rest = board.stages.filter((_, column) => after.has(column) && !columns.includes(column));
  return rest.length === 0 ? '' : `, then ${rest.join(', ')}`;
}

function failedStep(row: Row, data: Ask): string {
  const columns = columnsAt(row);
  const isUnfit = columns.some((column) => causeOf(row.at.name, column) === UNFIT);
  const first = isUnfit ? 'mend what the history says; then ' : '';
  return `${first}repipe sends it back to ${names(data, columns)}${onward(data, columns)}; or skip it`;
}

function heldStep(row: Row, data: Ask): string {
  const columns = columnsAt(row);
  const isUnfit = columns.some((column) => causeOf(row.at.name, column) === UNFIT);
  const first = isUnfit ? 'mend what the history says; then release' : 'release';
  return `${first}, then ${names(data, columns)}${onward(data, columns)}`;
}

function openStep(row: Row, column: number, data: Ask): string {
  const letter = row.letters[column] as Letter;
  const stage = data.board.stages[column] ?? '';
  const claim = claimOf(row.at.name, column);
  if (letter === 'e') return `${stage} has succeeded: its products are being published${onward(data, [column])}`;
  if (letter === 'p') {
    if (claim === undefined) return `${stage} is nobody's: it goes back to waiting, at the latest after two leases`;
    return `${claim.process} does ${stage}${onward(data, [column])}`;
  }
  if (!runnableColumns(row.letters, data.board.graph).includes(column))
    return `${stage} waits for the stages before it`;
  const failed = failedTries(letter);
  if (failed > 0) return `waits to be tried again: ${failed} failed at ${stage}; repipe tries it at once`;
  return waitStep(stage, data.processes);
}

/** Who could take it. */
function waitStep(stage: string, processes: readonly ProcessRow[]): string {
  const serving = processes.filter(({ status, isDead }) => {
    return !isDead && (status.content?.stages ?? status.name.stages).includes(stage);
  });
  if (serving.length === 0) return `waits for a stage process that serves ${stage}: none does`;
  const ready = serving.filter(({ status }) => status.name.order === 'run' || status.name.order === 'reload');
  const [one] = serving;
  if (ready.length > 0) {
    const who = ready.length === 1 ? (ready[0]?.status.name.id ?? '') : `${ready.length} processes`;
    return `waits for ${stage}: ${who} ${ready.length === 1 ? 'serves' : 'serve'} it`;
  }
  const orders = [...new Set(serving.map(({ status }) => status.name.order))].join(', ');
  const who = serving.length === 1 ? (one?.status.name.id ?? '') : `${serving.length} processes`;
  return `waits for a stage process that serves ${stage}: ${who} got the order ${orders}`;
}
