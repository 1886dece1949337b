/** What is wrong with the modes, owners and groups on a board, and what would mend it: the board's own folder says what is wanted. Pure. */
import {
  GROUP_READ,
  GROUP_RW,
  GROUP_RWX,
  GROUP_WRITE,
  isGroups,
  type Rights,
  ROOT,
  SETGID,
  STICKY,
  WORLD_WRITE,
} from './rights.ts';

/**
 * `folder`, `file` of the board's · `log`, of one writer, who is no other's business as long as it can be read · `product` a
 * file that a step has published: read, and never written · `private` what a step keeps for itself while it runs.
 */
export type Thing = 'folder' | 'file' | 'log' | 'product' | 'private';

/**
 * `group` another group than the board's · `setgid` a folder whose new files get their maker's group · `closed` the group may
 * not use it · `sticky` only a file's owner may rename it · `open` every account may write · `owner` of another user, on a
 * board that is one user's, who may not use it.
 */
export type RightsFault = 'group' | 'setgid' | 'closed' | 'sticky' | 'open' | 'owner';

/** What a board is to be: a group's, or its owner's alone. */
export interface Wish {
  readonly uid: number;
  /** Undefined: no group's. */
  readonly gid: number | undefined;
  /** The board's folder lets every account write, so what lies in it may. */
  readonly isOpen: boolean;
}

export interface Mend {
  readonly gid?: number;
  readonly mode?: number;
}

export interface Judged {
  readonly faults: readonly RightsFault[];
  /** What sets it right; empty: only a person can. */
  readonly mend: Mend;
}

const NOTHING: Judged = { faults: [], mend: {} };

function bitsOf(thing: Thing): number {
  if (thing === 'folder') return GROUP_RWX;
  return thing === 'product' ? GROUP_READ : GROUP_RW;
}

/** Judges one file or folder below the board's own. */
export function judge(thing: Thing, rights: Rights, wish: Wish): Judged {
  const isOpen = (rights.mode & WORLD_WRITE) !== 0 && !wish.isOpen;
  const shut = isOpen ? rights.mode & ~WORLD_WRITE : rights.mode;
  if (wish.gid === undefined) {
    const isForeign = rights.uid !== wish.uid && wish.uid !== ROOT && thing !== 'private';
    const isOthers = isForeign && !isUsable(thing, rights);
    const faults: RightsFault[] = [...(isOpen ? (['open'] as const) : []), ...(isOthers ? (['owner'] as const) : [])];
    return { faults, mend: shut === rights.mode ? {} : { mode: shut } };
  }
  if (thing === 'private') return isOpen ? { faults: ['open'], mend: { mode: shut } } : NOTHING;
  const bits = bitsOf(thing);
  const isFolder = thing === 'folder';
  const wrong: Readonly<Record<RightsFault, boolean>> = {
    group: rights.gid !== wish.gid,
    setgid: isFolder && (rights.mode & SETGID) === 0,
    closed: (rights.mode & bits) !== bits,
    sticky: isFolder && (rights.mode & STICKY) !== 0,
    open: isOpen,
    owner: false,
  };
  const faults = (Object.keys(wrong) as RightsFault[]).filter((fault) => wrong[fault]);
  if (faults.length === 0) return NOTHING;
  const mode = isFolder ? (shut | bits | SETGID) & ~STICKY : shut | bits;
  const gid = wrong.group ? { gid: wish.gid } : {};
  // A change of the group may take bits away: they are set after it.
  return { faults, mend: { ...gid, mode } };
}

/** Whether somebody else than its owner could work with it all the same. */
function isUsable(thing: Thing, { mode }: Rights): boolean {
  const bits = thing === 'log' ? GROUP_READ : bitsOf(thing);
  return (mode & bits) === bits || (mode & (bits >> 3)) === bits >> 3;
}

/** What is wrong with the board's own folder. */
export type RootFault =
  /** Its folders are a group's, and it is not: it was changed. */
  | { readonly kind: 'fallen'; readonly gid: number; readonly mend: Mend }
  /** Its group may write there, and what is made there is not the group's. */
  | { readonly kind: 'half' }
  | { readonly kind: 'open' };

export interface Judgement {
  readonly wish: Wish;
  readonly faults: readonly RootFault[];
}

/**
 * What a board is to be, by its own folder; where that has been changed, by what most of the folders in it say.
 * @param folders those that every board has
 */
export function judgeRoot(root: Rights, folders: readonly Rights[]): Judgement {
  const isOpen = (root.mode & WORLD_WRITE) !== 0;
  const open: readonly RootFault[] = isOpen ? [{ kind: 'open' }] : [];
  if (isGroups(root)) return { wish: { uid: root.uid, gid: root.gid, isOpen }, faults: open };
  const gid = commonGroup(folders);
  if (gid !== undefined) {
    const mend = { ...(root.gid === gid ? {} : { gid }), mode: root.mode | GROUP_RWX | SETGID };
    return { wish: { uid: root.uid, gid, isOpen }, faults: [{ kind: 'fallen', gid, mend }, ...open] };
  }
  const isShared = (root.mode & GROUP_WRITE) !== 0 && folders.some(({ uid }) => uid !== root.uid);
  const half: readonly RootFault[] = isShared ? [{ kind: 'half' }] : [];
  return { wish: { uid: root.uid, gid: undefined, isOpen }, faults: [...half, ...open] };
}

/** The group of more than half of the folders, if they are a group's. */
function commonGroup(folders: readonly Rights[]): number | undefined {
  const counts = new Map<number, number>();
  for (const folder of folders.filter(isGroups)) counts.set(folder.gid, (counts.get(folder.gid) ?? 0) + 1);
  return [...counts].find(([, count]) => 2 * count > folders.length)?.[0];
}
