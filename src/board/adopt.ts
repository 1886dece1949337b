/** Taking over a running try from a dead process: one rename of its claim; epoch, try, log and products stay as they are. */
import { type Claim, claimOf, productFolder } from '../model/name.ts';
import { transition } from '../model/transition.ts';
import type { Board } from './board.ts';
import type { Held } from './claim.ts';
import { parseContent } from './content.ts';
import { isGone } from './errors.ts';
import { isEntry } from './locate.ts';
import { moveEntry } from './move.ts';
import type { Located } from './scan.ts';

export interface Adoption {
  readonly entry: Located;
  readonly column: number;
  readonly process: string;
  /** Whether the stage has products. */
  readonly products: boolean;
}

/** The very try runs on, as another process's. */
export function isAdopted({ claim, try: own }: Pick<Held, 'claim' | 'try'>, { name }: Pick<Located, 'name'>): boolean {
  const standing = claimOf(name, claim.column);
  return (
    isEntry(name, own) && standing !== undefined && standing.epoch === claim.epoch && standing.process !== claim.process
  );
}

/** @returns undefined if another was faster, or what it holds can't be read */
export function adopt(board: Board, { entry, column, process, products }: Adoption): Held | undefined {
  const was = claimOf(entry.name, column);
  const moved = transition(entry.name, { type: 'adopt', column, process }, board.rules);
  if (was === undefined || !moved.ok) return undefined;
  const at = moveEntry(board, entry, moved.name, moved.folder);
  if (typeof at === 'string') return undefined;
  const own = claimOf(at.name, column) as Claim;
  const { dataset, posted } = at.name;
  const stage = board.stages[column] ?? '';
  if (was.process !== process)
    board.journal.write('adopt', {
      dataset,
      posted,
      class: at.name.class,
      stage,
      column: column + 1,
      epoch: own.epoch,
      try: own.try,
      process,
      was: was.process,
    });
  try {
    const { content, identity } = board.fs.read(board.path(`${at.folder}/${at.file}`));
    const parsed = parseContent(content);
    if (typeof parsed === 'string') return undefined;
    const name = { dataset, posted, stage, epoch: own.epoch };
    return {
      at,
      claim: own,
      stage,
      try: name,
      content: parsed,
      ino: identity.ino,
      products: products ? productFolder(name) : undefined,
      // What it was before the claim is not known here: everything is looked for.
      traces: { left: true, besides: board.stages.flatMap((_, other) => (other === column ? [] : [other])) },
    };
  } catch (error) {
    // Renamed once more: by a person, or for a branch. A later look finds it as a claim of this process that it does not hold.
    if (isGone(error)) return undefined;
    throw error;
  }
}
