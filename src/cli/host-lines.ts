/** The hosts of a board, and what is wanted on them: as tables and as JSON. */
import { clockText, loadText } from '../board/host-facts.ts';
import type { HostRow, WishRow } from '../board/hosts.ts';
import { formatMemory } from '../model/demand.ts';
import { formatDuration } from '../model/duration.ts';
import { plain } from '../model/text.ts';
import { formatTable } from './table.ts';

function nowText({ state, processes, deaths, why, next }: WishRow): string {
  const row = deaths > 1 ? `died ${deaths} times in a row` : deaths === 1 ? 'died' : '';
  const again = next === undefined ? '' : `again at ${next}`;
  return [processes.join(' '), state === 'none' ? '' : row, again, state === 'none' ? '' : why]
    .filter((text) => text !== '')
    .join('; ');
}

const NOT_KNOWN = '-';

/** One line a host: what it is, and when it was heard of. */
export function machineLines(rows: readonly HostRow[]): string[] {
  if (rows.length === 0) return [];
  const right = { align: 'right' as const };
  const hasScratch = rows.some(({ facts }) => facts.scratchMb !== undefined);
  const size = (mb: number | undefined): string => (mb === undefined ? NOT_KNOWN : formatMemory(mb));
  return formatTable(
    [
      { head: 'HOST' },
      { head: 'AGENT' },
      { head: 'LOAD', ...right },
      { head: 'FREE', ...right },
      ...(hasScratch ? [{ head: 'SCRATCH', ...right }] : []),
      { head: 'CLOCK', ...right },
      { head: 'SEEN', ...right },
    ],
    rows.map(({ host, agent, facts, seenMs }) => [
      host,
      agent === 'none' ? NOT_KNOWN : agent,
      facts.load1 === undefined ? NOT_KNOWN : loadText(facts),
      size(facts.freeMb),
      ...(hasScratch ? [size(facts.scratchMb)] : []),
      facts.clockMs === undefined ? NOT_KNOWN : clockText(facts.clockMs),
      seenMs === undefined ? NOT_KNOWN : formatDuration(seenMs),
    ]),
  );
}

/** Lines of a table, without any if nothing is wanted anywhere. */
export function hostLines(rows: readonly HostRow[]): string[] {
  const cells = rows.flatMap(({ host, agent, isDown, wishes, trouble }) => {
    const head = [host, agent === 'none' ? '-' : agent];
    const rest = wishes.map((row) => [...head, row.wish, row.state, plain(nowText(row))]);
    if (trouble !== '') rest.unshift([...head, '', 'trouble', plain(trouble)]);
    if (isDown) rest.unshift([...head, '', 'down', '']);
    return rest.length === 0 && agent !== 'none' ? [[...head, '', '', '']] : rest;
  });
  if (cells.length === 0) return [];
  const heads = ['HOST', 'AGENT', 'WISH', 'STATE', 'NOW'];
  return formatTable(
    heads.map((head) => ({ head })),
    cells,
  );
}

export function hostJson({
  host,
  isDown,
  agent,
  agentPid,
  trouble,
  wishes,
  foreign,
  facts,
  seenMs,
}: HostRow): Record<string, unknown> {
  return {
    host,
    down: isDown,
    agent,
    agentPid: agentPid ?? null,
    trouble,
    load1: facts.load1 ?? null,
    cpus: facts.cpus ?? null,
    freeMb: facts.freeMb ?? null,
    scratchMb: facts.scratchMb ?? null,
    clockSeconds: facts.clockMs === undefined ? null : facts.clockMs / 1000,
    seenSeconds: seenMs === undefined ? null : Math.round(seenMs / 100) / 10,
    wishes: wishes.map(({ key: _, next, slots, ...wish }) => ({ ...wish, slots: slots ?? null, next: next ?? null })),
    foreign: foreign.map(([file, why]) => ({ file, why })),
  };
}
