/** What undoes what the journal tells of: a hold, a release, a wish, a host that was put down or up. Nothing else. Pure. */
import type { JournalLine } from '../../board/journal.ts';
import { wishKey } from '../../model/name.ts';
import { plain } from '../../model/text.ts';
import { defaultColumns } from '../../model/verbs.ts';
import type { Data } from '../data.ts';
import { targetOf } from '../hosts/ask.ts';
import { hostLine } from '../hosts/model.ts';
import type { Ask, LayerSpec } from '../view.ts';
import { fieldOf, runLength, runText } from './words.ts';

function opposite(event: JournalLine['event']): 'hold' | 'release' | undefined {
  return event === 'hold' ? 'release' : event === 'release' ? 'hold' : undefined;
}

/** Columns that the event held or released: the others that have changed follow from those. */
function columnsOf(line: JournalLine, stages: readonly string[]): number[] {
  const named = fieldOf(line, 'stage');
  if (named !== '') return stages.includes(named) ? [stages.indexOf(named)] : [];
  const { from, to }: { from?: unknown; to?: unknown } = line;
  // A journal may hold anything.
  if (typeof from !== 'string' || typeof to !== 'string') return [];
  const [without, withIt] = line.event === 'hold' ? [from, to] : [to, from];
  return stages.flatMap((_, column) => (withIt[column] === 'h' && without[column] !== 'h' ? [column] : []));
}

/** The dialog that undoes it, or why there is none. */
export function undoLayer(line: JournalLine, data: Data): LayerSpec | string {
  if (line.event === 'scale' || line.event === 'down' || line.event === 'up') return undoOnHost(line, data);
  const ask = undoOf(line, data);
  return typeof ask === 'string' ? ask : { name: 'verb', ask };
}

/** Of a wish: the number before, none if there was none. */
function undoOnHost(line: JournalLine, { hosts, processes, nowMs }: Data): LayerSpec | string {
  if (runLength(line) > 1) return `this line stands for ${runText(line)}: undo them in the hosts view`;
  const { onHost, stages, was } = line;
  const row = hosts?.find(({ host }) => host === onHost);
  if (row === undefined) return hosts === undefined ? 'the hosts are still being read' : 'that host is no longer known';
  if (line.event !== 'scale')
    return { name: 'host', act: line.event === 'down' ? 'start' : 'drain', hosts: [row.host], isAll: false };
  if (!Array.isArray(stages) || stages.length === 0) return 'the line tells of no stage';
  const key = wishKey(stages.map(String));
  const target = targetOf(hostLine(row, [key], processes, nowMs), key);
  return { name: 'scale', key, targets: [target], by: undefined, to: typeof was === 'number' ? was : 0 };
}

/** What is to be asked for, or why it can't be. */
export function undoOf(line: JournalLine, { board, entries }: Data): Ask | string {
  const verb = opposite(line.event);
  if (verb === undefined) return `only hold, release, scale, down and up can be undone here, not '${line.event}'`;
  if (runLength(line) > 1) return `this line stands for ${runText(line)}: undo them on the board, by marks`;
  const dataset = fieldOf(line, 'dataset');
  const key = `${dataset} ${fieldOf(line, 'posted')}`;
  const entry = entries.find(key);
  if (entry === undefined) return `${plain(dataset)} is no longer on the board`;
  const columns = columnsOf(line, board.stages);
  const [first] = columns;
  if (first === undefined) return `the line tells of no stage of this board: ${verb} it on the board`;
  const ask: Ask = { verb, keys: [key], scope: 'cursor', filter: '' };
  if (columns.length === 1) return { ...ask, stage: board.stages[first] };
  // Of several stages, a dialog names one or leaves it to the verb, which may mean others as well.
  const meant = defaultColumns(entry.name, verb);
  const both = meant.filter((column) => columns.includes(column));
  if (both.length <= 1) return { ...ask, stage: board.stages[both[0] ?? first] };
  if (both.length === meant.length) return ask;
  const names = columns.map((column) => board.stages[column] ?? '').join(', ');
  return `it was about ${names}, and '${verb}' would now mean more than these: ${verb} them one by one on the board`;
}
