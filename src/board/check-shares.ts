/** What is wrong with what is shared out: places of limits that nobody frees, and entries that no host could serve. */
import type { StageDefinition } from '../model/definition.ts';
import { LIMITS_FOLDER, tokenPath } from '../model/name.ts';
import type { Board } from './board.ts';
import type { Finding } from './finding.ts';
import { jobsGoOn } from './left-places.ts';
import { readTokens, strangeTokens } from './limits.ts';
import { declaresNeeds } from './needs.ts';
import { scanBoard, scanFolder } from './scan.ts';
import { readStatuses } from './status.ts';
import { budgetsOf, waitsOf } from './waiting.ts';

export function checkShares(board: Board, definitions: ReadonlyMap<string, StageDefinition>): Finding[] {
  return [...checkLimits(board, definitions), ...checkHosts(board, definitions)];
}

function note(where: string, message: string): Finding {
  return { severity: 'note', where, message, fixed: false };
}

function checkLimits(board: Board, definitions: ReadonlyMap<string, StageDefinition>): Finding[] {
  const alive = new Set(readStatuses(board).flatMap(({ name }) => (name.order === 'lost' ? [] : [name.id])));
  const tokens = readTokens(board);
  const ofDead = tokens.some(({ owner }) => owner !== undefined && !alive.has(owner.process));
  const goesOn = jobsGoOn(board, ofDead ? scanFolder(board, 'active').entries : []);
  const findings = tokens.flatMap((token): Finding[] => {
    const { owner } = token;
    if (owner === undefined) return [note(tokenPath(token), 'was taken by hand, and is freed by hand: rm it')];
    if (alive.has(owner.process)) return [];
    const whose = `is a place of process ${owner.process}, which has no living status file`;
    if (goesOn(owner))
      return [note(tokenPath(token), `${whose}; its step is a job, which counts until a process takes it over`)];
    return [note(tokenPath(token), `${whose}; stage processes free it after two leases, 'slate sweep --wait' too`)];
  });
  for (const file of strangeTokens(board))
    findings.push(note(`${LIMITS_FOLDER}/${file}`, 'is no place of a limit: look at it, and remove it'));
  for (const stage of board.stages) {
    for (const limit of Object.keys(definitions.get(stage)?.limits ?? {})) {
      if (board.config.limits[limit] !== undefined) continue;
      const message = `board.yaml sets no limit '${limit}', and stage ${stage} wants it: it is not served`;
      findings.push({
        severity: 'fault',
        where: 'board.yaml',
        message: `${message}; 'slate limit ${limit} 1' sets it`,
        fixed: false,
      });
    }
  }
  return findings;
}

/** Entries whose next step needs more than the host of any live process has, or needs what can't be worked out. */
function checkHosts(board: Board, definitions: ReadonlyMap<string, StageDefinition>): Finding[] {
  const counted = new Map([...definitions].filter(([, stage]) => declaresNeeds(stage)));
  if (!board.stages.some((stage) => counted.has(stage))) return [];
  const known = new Map(board.stages.map((stage) => [stage, budgetsOf(board, stage)]));
  return scanBoard(board, ['queue', 'active']).entries.flatMap((entry) =>
    waitsOf(board, entry, counted, (stage) => known.get(stage) ?? [])
      .filter(({ kind }) => kind === 'host' || kind === 'fault')
      .map(({ stage, why }) => note(`${entry.folder}/${entry.file}`, `stage ${stage}: ${why}`)),
  );
}
