/** What is wanted on the hosts of a board, as a table and as JSON. */
import type { HostRow, WishRow } from '../board/hosts.ts';
import { plain } from '../model/text.ts';
import { formatTable } from './table.ts';

function nowText({ state, processes, deaths, why, next }: WishRow): string {
  const row = deaths > 1 ? `died ${deaths} times in a row` : deaths === 1 ? 'died' : '';
  const again = next === undefined ? '' : `again at ${next}`;
  return [processes.join(' '), state === 'none' ? '' : row, again, state === 'none' ? '' : why]
    .filter((text) => text !== '')
    .join('; ');
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
}: HostRow): Record<string, unknown> {
  return {
    host,
    down: isDown,
    agent,
    agentPid: agentPid ?? null,
    trouble,
    wishes: wishes.map(({ next, ...wish }) => ({ ...wish, next: next ?? null })),
    foreign: foreign.map(([file, why]) => ({ file, why })),
  };
}
