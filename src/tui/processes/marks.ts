/** Marks on processes: by id, so that one that stands in several groups is marked in all of them. Pure. */
import { cursorIndex, goTo, type ListState } from '../list.ts';
import type { Lines } from './groups.ts';

/** Marks what the cursor stands on, a whole group from its head; or unmarks it if all of it was marked. Goes on to the next. */
export function toggle(list: ListState, lines: Lines, height: number): ListState {
  const index = cursorIndex(list, lines);
  const ids = lines.idsAt(index);
  if (ids.length === 0) return list;
  const marks = new Set(list.marks);
  const isMarked = ids.every((id) => marks.has(id));
  for (const id of ids) {
    if (isMarked) marks.delete(id);
    else marks.add(id);
  }
  const next = lines.at(index)?.kind === 'group' ? index : index + 1;
  return goTo({ ...list, marks, anchor: lines.keyAt(index) }, lines, next, height);
}

/** Marks the processes from the line that was marked last to the cursor; heads of groups between them are passed over. */
export function markRange(list: ListState, lines: Lines): ListState {
  const index = cursorIndex(list, lines);
  const from = list.anchor === undefined ? -1 : lines.indexOf(list.anchor);
  const [first, last] = from < 0 ? [index, index] : [Math.min(from, index), Math.max(from, index)];
  const marks = new Set(list.marks);
  for (let at = first; at <= last; at++) {
    if (lines.at(at)?.kind !== 'process') continue;
    for (const id of lines.idsAt(at)) marks.add(id);
  }
  return { ...list, marks, anchor: lines.keyAt(index) };
}

export function markAll(list: ListState, lines: Lines): ListState {
  const marks = new Set(list.marks);
  for (let at = 0; at < lines.length; at++) for (const id of lines.idsAt(at)) marks.add(id);
  return { ...list, marks };
}

/** Marks of processes that have gone go with them: an order never reaches what is not seen. */
export function dropGone(list: ListState, ids: ReadonlySet<string>): ListState {
  const marks = new Set([...list.marks].filter((id) => ids.has(id)));
  return marks.size === list.marks.size ? list : { ...list, marks };
}
