/** What a board under faults has lost: counted after it was mended and has come to rest. */
import { entries, list, type Seen, slate } from '../../helpers/home.ts';

interface Checked {
  readonly boards: ReadonlyArray<{
    readonly findings: ReadonlyArray<{ severity: string; where: string; message: string; fixed: boolean }>;
    readonly history?: { readonly violations: ReadonlyArray<{ invariant: string; where: string; message: string }> };
  }>;
}

export interface Wanted {
  /** Datasets that must be on the board, each once. */
  readonly posted: readonly string[];
  /** Where they may end; `done/` unless told. */
  readonly isFinal?: (seen: Seen) => boolean;
}

export const isDone = ({ folder }: Seen): boolean => folder.startsWith('done/');

/**
 * Faults and violations that `slate check --history` tells, and datasets that are missing, stand twice, or have not come to
 * an end.
 */
export async function losses(home: string, { posted, isFinal = isDone }: Wanted): Promise<string[]> {
  const { stdout, stderr } = await slate(home, ['check', 'b', '--history', '--json']);
  const checked = parse(stdout);
  const [board] = checked?.boards ?? [];
  if (board?.history === undefined) return [`the board can't be proved: ${stdout}${stderr}`];
  const found = [
    ...board.history.violations.map(({ invariant, where, message }) => `${invariant}: ${where}: ${message}`),
    ...board.findings
      .filter(({ severity }) => severity === 'fault')
      .map(({ where, message }) => `check: ${where}: ${message}`),
  ];
  const all = entries(home);
  const byDataset = new Map<string, Seen[]>();
  for (const seen of all) byDataset.set(seen.name.dataset, [...(byDataset.get(seen.name.dataset) ?? []), seen]);
  for (const dataset of posted) {
    const count = byDataset.get(dataset)?.length ?? 0;
    if (count !== 1) found.push(`${dataset} stands ${count} times: ${placesOf(byDataset.get(dataset))}`);
  }
  found.push(...all.filter((seen) => !isFinal(seen)).map((seen) => `not ended: ${placesOf([seen])}`));
  return found;
}

function parse(text: string): Checked | undefined {
  try {
    return JSON.parse(text) as Checked;
  } catch (error) {
    // A command that died tells so on stderr, which is shown.
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

const placesOf = (seen: readonly Seen[] = []): string => seen.map(({ folder, file }) => `${folder}/${file}`).join(' ');

/** What is not done yet, for a message. */
export function leftOver(home: string): string {
  const left = entries(home).filter((seen) => !isDone(seen));
  return `all to be done; left are ${left.length}: ${placesOf(left.slice(0, 20))}`;
}

/** What people do at the end: hand-held entries are released, failed ones sent back. True once nothing is left to do. */
export async function settle(home: string): Promise<boolean> {
  // Both words count as no fault of the board's: an entry that moves meanwhile is refused, and looked at again.
  if (list(home, 'held').length > 0) await slate(home, ['release', '--state', 'held', '--yes', '--reason', 'over']);
  if (list(home, 'failed').length > 0) await slate(home, ['repipe', '--state', 'failed', '--yes', '--reason', 'over']);
  return ['queue', 'active', 'gather', 'held', 'failed'].every((folder) => list(home, folder).length === 0);
}
