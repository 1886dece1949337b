/** What the pane tells of a host above its stages, the most important first. Pure. */
import { clockText, loadText } from '../../board/host-facts.ts';
import type { JournalLine } from '../../board/journal.ts';
import { plain } from '../../model/text.ts';
import { wrapText } from '../columns.ts';
import type { Tone } from '../look.ts';
import { countText } from '../numbers.ts';
import { durationText } from '../processes/table.ts';
import { shortTime } from '../times.ts';
import type { Context } from '../view.ts';
import type { HostLine } from './model.ts';
import { sizeText } from './words.ts';

export interface Fact {
  readonly text: string;
  readonly tone: Tone;
}

const MOST_DEATHS = 5;

/** Deaths of its stage processes, as the journals tell of them, the latest first. */
export function deathsOn(host: string, events: readonly JournalLine[]): JournalLine[] {
  return events
    .filter((line) => line.event === 'died' && line.onHost === host)
    .slice(-MOST_DEATHS)
    .reverse();
}

function deathText(line: JournalLine, { data, common }: Context): string {
  const { stages, deaths, reason } = line;
  // A journal may hold anything.
  const what = Array.isArray(stages) ? stages.map(String).join('+') : '?';
  const row = typeof deaths === 'number' && deaths > 1 ? `, ${deaths} in a row` : '';
  const when = shortTime(Date.parse(line.t), data.nowMs, common.zone);
  return `died ${when}  ${what}${row}: ${typeof reason === 'string' ? reason : '?'}`;
}

function agentText({ row }: HostLine, { data, common }: Context): string {
  const { agent, agentPid, agentStarted, agentVersion, host } = row;
  if (agent === 'none') return `no agent keeps it: 'slate up' on ${host} starts one`;
  const since = shortTime(Date.parse(agentStarted ?? ''), data.nowMs, common.zone);
  return `agent ${agent}, pid ${agentPid ?? '?'}, version ${agentVersion ?? '?'}, since ${since}`;
}

function machineText({ row, live }: HostLine): string {
  const { freeMb, scratchMb, clockMs } = row.facts;
  const seen = row.seenMs === undefined ? 'never seen' : `last seen ${durationText(row.seenMs)} ago`;
  const parts = [
    `load ${loadText(row.facts)}`,
    `free ${freeMb === undefined ? '?' : sizeText(freeMb)}`,
    ...(scratchMb === undefined ? [] : [`scratch ${sizeText(scratchMb)}`]),
    `clock ${clockMs === undefined ? '?' : clockText(clockMs)}`,
    countText(live.length, 'process', 'processes'),
    seen,
  ];
  return parts.join(', ');
}

function filesText({ row }: HostLine): string {
  if (!row.isListed) return `no wishes: hosts/${row.host} is not there`;
  if (row.isUnread) return `wishes: hosts/${row.host} can't be read`;
  return `files  ${row.files.length === 0 ? 'none: nothing is wanted here' : row.files.join('  ')}`;
}

/** Lines of the worst of what is wrong. */
const WORST_LINES = 2;

/** As many as there is room for. @param cells of a line */
export function factsOf(line: HostLine, context: Context, most: number, cells: number): Fact[] {
  const [first, ...others] = line.problems.map(({ text, tone }): Fact => ({ text, tone }));
  const lines = first === undefined ? [] : wrapText(first.text, cells, Math.min(WORST_LINES, most), context.look);
  const worst = lines.map((text): Fact => ({ text, tone: first?.tone ?? 'plain' }));
  const fact = (text: string, tone: Tone = 'plain'): Fact => ({ text: plain(text), tone });
  const deaths = deathsOn(line.row.host, context.data.past.events);
  const facts = [
    ...worst,
    fact(machineText(line)),
    fact(filesText(line)),
    fact(agentText(line, context), line.row.agent === 'none' ? 'dim' : 'plain'),
    ...others,
    ...deaths.map((death) => fact(deathText(death, context), 'dim')),
  ];
  return facts.slice(0, most);
}
