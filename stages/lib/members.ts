import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from './data-error.ts';
import { type Task, warn } from './step.ts';
import { EXIT, reading, StepError } from './step-errors.ts';

/** One product of one member of a group. */
export interface MemberFile {
  readonly dataset: string;
  readonly path: string;
}

/** A member as the runner tells it: its official products by stage. */
export interface Member {
  readonly dataset: string;
  /** Which run of it; '' if it was on no board. */
  readonly posted: string;
  /** The folder of the board that it stood in, or `absent`. */
  readonly state: string;
  /** False: the group went on without it, at its deadline. */
  readonly ready: boolean;
  readonly products: Readonly<Record<string, string>>;
}

/**
 * The product of one stage of every member, by dataset: the file whose name ends in `suffix`. Members are told by $SLATE_MEMBERS (JSON
 * lines), or by hand as folders (`--member DIR`), each with the products of one member or of several. Members that the group did not wait
 * for are left out with a warning if they have not come so far.
 * @throws StepError 64 if no members are named, DataError if one has no such product, or none of them
 */
export function memberFiles(task: Task, stage: string, suffix: string): MemberFile[] {
  const files =
    task.members.length > 0
      ? task.members.flatMap((folder) => found(folder, suffix, folder))
      : ofMembers(readMembers(task), stage, suffix);
  return files.sort((a, b) => (a.dataset < b.dataset ? -1 : 1));
}

function ofMembers(members: readonly Member[], stage: string, suffix: string): MemberFile[] {
  if (members.length === 0) throw new StepError(EXIT.usage, 'no members: give --member DIR, or set SLATE_MEMBERS');
  const files = members.flatMap((member) => {
    if (member.ready || member.products[stage] !== undefined) return ofMember(member, stage, suffix);
    warn(`the member ${member.dataset} has not come so far as ${stage}: it is left out`);
    return [];
  });
  if (files.length === 0) throw new DataError(`none of the ${members.length} members has products of ${stage}`);
  return files;
}

function ofMember({ dataset, products }: Member, stage: string, suffix: string): MemberFile[] {
  const folder = products[stage];
  if (folder === undefined) throw new DataError(`the member ${dataset} has no products of ${stage}`);
  const files = found(folder, suffix, `the member ${dataset}`);
  if (files.length > 1) throw new DataError(`the member ${dataset} has ${files.length} files *${suffix} in ${folder}`);
  return files.map(({ path }) => ({ dataset, path }));
}

function found(folder: string, suffix: string, whose: string): MemberFile[] {
  const names = reading(folder, () => readdirSync(folder)).filter((name) => name.endsWith(suffix));
  if (names.length === 0) throw new DataError(`${whose} has no file *${suffix} in ${folder}`);
  return names.map((name) => ({ dataset: name.slice(0, -suffix.length), path: join(folder, name) }));
}

/** All members that the runner tells of, in its order; none if the step was run by hand. */
export function readMembers(task: Task): Member[] {
  const path = task.env.SLATE_MEMBERS;
  if (!path) return [];
  const lines = reading(path, () => readFileSync(path, 'utf8')).split('\n');
  return lines.flatMap((line, at) => {
    if (line === '') return [];
    try {
      const { dataset, posted = '', state = '', ready = true, products = {} }: Partial<Member> = JSON.parse(line);
      if (typeof dataset === 'string') return [{ dataset, posted, state, ready, products }];
    } catch (error) {
      throw new StepError(EXIT.usage, `${path}:${at + 1} (SLATE_MEMBERS): not JSON: ${(error as Error).message}`);
    }
    throw new StepError(EXIT.usage, `${path}:${at + 1} (SLATE_MEMBERS): there is no dataset in it`);
  });
}
