/** Why no stage process takes what a stage of an entry could run: for people. */
import { runnableColumns } from '../model/home.ts';
import type { Board } from './board.ts';
import type { ProcessRow } from './processes.ts';
import type { Located } from './scan.ts';
import { standingStill, standingText } from './standing.ts';
import type { Wait } from './waiting.ts';

/** Of each stage of the entry that could run, if nobody would take it now. */
export function serverWaits(
  { stages, graph }: Pick<Board, 'stages' | 'graph'>,
  { name }: Located,
  processes: readonly ProcessRow[],
): Wait[] {
  return runnableColumns(name.letters, graph).flatMap((column): Wait[] => {
    const stage = stages[column] ?? '';
    const why = whyNobody(stage, processes);
    return why === undefined ? [] : [{ stage, kind: 'process', why }];
  });
}

function whyNobody(stage: string, processes: readonly ProcessRow[]): string | undefined {
  const serving = processes.filter(({ status: { name, content }, isDead }) => {
    return !isDead && (content?.stages ?? name.stages).includes(stage);
  });
  if (serving.length === 0)
    return "no stage process serves it: 'slate run', or 'slate scale' and 'slate up', start one";
  const standing = new Set(standingStill(serving));
  const whys = serving.map((row) => {
    const { name, content } = row.status;
    const who = `${name.id} on ${name.host}`;
    if (standing.has(row)) return standingText(row);
    if (name.order === 'drain' || name.order === 'halt' || content?.state === 'draining') return `${who} is leaving`;
    if (content?.state === 'blocked') return `${who} is blocked: ${content.message || 'it does not say why'}`;
    return undefined;
  });
  return whys.includes(undefined) ? undefined : whys.join('; ');
}
