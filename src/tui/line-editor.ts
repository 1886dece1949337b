/** One line of text that is being typed: cursor, history, completion. What is seen of it is worked out when it is painted. Pure. */
import { glyphsOf, plain, width } from '../model/text.ts';
import type { Binding } from './binding.ts';
import type { Look } from './look.ts';
import type { Attr, Canvas } from './surface.ts';

/** What may stand in the place of the word before the cursor. */
export interface Completion {
  /** Where that word begins. */
  readonly start: number;
  readonly words: readonly string[];
  /** The one that stands there now; -1: none yet. */
  readonly index: number;
}

export interface Editor {
  readonly text: string;
  /** In code units, never inside of what is one character to people. */
  readonly cursor: number;
  /** Earlier lines, the latest last. */
  readonly history: readonly string[];
  /** The line of the history that is shown; its length: none, the line is new. */
  readonly historyAt: number;
  /** The new line, while an earlier one is shown. */
  readonly draft: string;
  readonly completion: Completion | undefined;
}

export const EDITING: readonly Binding[] = [
  { keys: ['left', 'C-b'], action: 'editLeft', help: 'a character to the left' },
  { keys: ['right', 'C-f'], action: 'editRight', help: 'a character to the right' },
  { keys: ['home', 'C-a'], action: 'editHome', help: 'to the beginning of the line' },
  { keys: ['end', 'C-e'], action: 'editEnd', help: 'to the end of the line' },
  { keys: ['M-b'], action: 'editWordLeft', help: 'a word to the left' },
  { keys: ['M-f'], action: 'editWordRight', help: 'a word to the right' },
  { keys: ['backspace'], action: 'editBackspace', help: 'delete the character before the cursor' },
  { keys: ['delete', 'C-d'], action: 'editDelete', help: 'delete the character under the cursor' },
  { keys: ['C-w'], action: 'editDeleteWord', help: 'delete the word before the cursor' },
  { keys: ['C-u'], action: 'editDeleteBefore', help: 'delete all before the cursor' },
  { keys: ['C-k'], action: 'editDeleteAfter', help: 'delete all from the cursor on' },
];

export const HISTORY: readonly Binding[] = [
  { keys: ['up', 'C-p'], action: 'editEarlier', help: 'an earlier line' },
  { keys: ['down', 'C-n'], action: 'editLater', help: 'a later line' },
];

/** Longer lines are a slip of the clipboard. */
const MOST = 4096;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

export function editorOf(text = '', history: readonly string[] = []): Editor {
  return { text, cursor: text.length, history, historyAt: history.length, draft: '', completion: undefined };
}

function changed(editor: Editor, text: string, cursor: number): Editor {
  return { ...editor, text, cursor, historyAt: editor.history.length, completion: undefined };
}

/** Puts text where the cursor is. Control characters are no text. */
export function insert(editor: Editor, text: string): Editor {
  const added = text.replace(CONTROLS, '').slice(0, Math.max(0, MOST - editor.text.length));
  if (added === '') return editor;
  const { cursor } = editor;
  const whole = editor.text.slice(0, cursor) + added + editor.text.slice(cursor);
  return changed(editor, whole, cursor + added.length);
}

/** Pasted text is one line: ends of lines become spaces, the last one goes. */
export function paste(editor: Editor, text: string): Editor {
  return insert(editor, text.replace(/[\r\n]+$/, '').replace(/[\r\n\t\u2028\u2029]+/g, ' '));
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

function boundaries(text: string): number[] {
  const places = [...GRAPHEMES.segment(text)].map(({ index }) => index);
  return [...places, text.length];
}

function before(text: string, cursor: number): number {
  return boundaries(text).findLast((place) => place < cursor) ?? 0;
}

function after(text: string, cursor: number): number {
  return boundaries(text).find((place) => place > cursor) ?? text.length;
}

function wordBefore(text: string, cursor: number): number {
  return cursor - (/[\p{L}\p{N}_]*[^\p{L}\p{N}_]*$/u.exec(text.slice(0, cursor))?.[0].length ?? 0);
}

function wordAfter(text: string, cursor: number): number {
  return cursor + (/^[^\p{L}\p{N}_]*[\p{L}\p{N}_]*/u.exec(text.slice(cursor))?.[0].length ?? 0);
}

/** One of the actions of `EDITING` and `HISTORY`. Undefined: it is none of them. */
export function edit(editor: Editor, action: string): Editor | undefined {
  const { text, cursor } = editor;
  const to = (place: number): Editor => ({ ...editor, cursor: place, completion: undefined });
  const without = (from: number, end: number): Editor =>
    from === end ? to(cursor) : changed(editor, text.slice(0, from) + text.slice(end), from);
  switch (action) {
    case 'editLeft':
      return to(before(text, cursor));
    case 'editRight':
      return to(after(text, cursor));
    case 'editHome':
      return to(0);
    case 'editEnd':
      return to(text.length);
    case 'editWordLeft':
      return to(wordBefore(text, cursor));
    case 'editWordRight':
      return to(wordAfter(text, cursor));
    case 'editBackspace':
      return without(before(text, cursor), cursor);
    case 'editDelete':
      return without(cursor, after(text, cursor));
    case 'editDeleteWord':
      return without(cursor - (/\S*\s*$/.exec(text.slice(0, cursor))?.[0].length ?? 0), cursor);
    case 'editDeleteBefore':
      return without(0, cursor);
    case 'editDeleteAfter':
      return without(cursor, text.length);
    case 'editEarlier':
      return recall(editor, editor.historyAt - 1);
    case 'editLater':
      return recall(editor, editor.historyAt + 1);
    default:
      return undefined;
  }
}

function recall(editor: Editor, wanted: number): Editor {
  const { history, historyAt } = editor;
  if (wanted < 0 || wanted > history.length || wanted === historyAt) return editor;
  const draft = historyAt === history.length ? editor.text : editor.draft;
  const text = wanted === history.length ? draft : (history[wanted] ?? '');
  return { ...editor, text, cursor: text.length, historyAt: wanted, draft, completion: undefined };
}

function commonStart(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  let length = first.length;
  for (const word of rest) {
    let same = 0;
    while (same < length && word[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length);
}

/**
 * Completes the word between `start` and the cursor: one candidate stands there at once, with a space if it is a whole
 * word; of several what they share does, and the list is kept to be shown and gone through.
 */
export function complete(editor: Editor, start: number, words: readonly string[]): Editor {
  const [only] = words;
  if (only === undefined) return { ...editor, completion: undefined };
  if (words.length === 1) return replaced(editor, start, /[:=<>,/]$/.test(only) ? only : `${only} `);
  const shared = commonStart(words);
  const next = shared.length > editor.cursor - start ? replaced(editor, start, shared) : editor;
  return { ...next, completion: { start, words, index: -1 } };
}

function replaced(editor: Editor, start: number, word: string): Editor {
  const rest = editor.text.slice(editor.cursor);
  // A space that stands there already is enough.
  const text = word.endsWith(' ') && rest.startsWith(' ') ? word.slice(0, -1) : word;
  return changed(editor, editor.text.slice(0, start) + text + rest, start + text.length);
}

/** The next candidate of the list (`by` 1) or the one before (-1), in turn. */
export function cycle(editor: Editor, by: 1 | -1): Editor {
  const { completion } = editor;
  if (completion === undefined) return editor;
  const { start, words, index } = completion;
  const next = index < 0 ? (by > 0 ? 0 : words.length - 1) : (index + by + words.length) % words.length;
  return { ...replaced(editor, start, words[next] ?? ''), completion: { start, words, index: next } };
}

/** First cell that is shown of a line too long for its field: it moves on by half a field at a time. */
function firstCell(cursorCell: number, cells: number): number {
  if (cursorCell < cells) return 0;
  const step = Math.max(1, Math.floor(cells / 2));
  return Math.ceil((cursorCell - cells + 1) / step) * step;
}

/** Paints the line into a field; with the terminal's cursor if it has the focus. */
export function paintEditor(
  canvas: Canvas,
  place: { readonly x: number; readonly y: number; readonly cells: number },
  editor: Editor,
  look: Look,
  style: { readonly attr?: Attr; readonly isFocused?: boolean } = {},
): void {
  const { x, y } = place;
  const cells = Math.min(place.cells, canvas.width - x);
  if (cells <= 0) return;
  const attr = style.attr ?? look.attr('plain');
  const cursorCell = width(plain(editor.text.slice(0, editor.cursor)));
  const first = firstCell(cursorCell, cells);
  canvas.field(x, y, '', cells, attr);
  let at = 0;
  for (const glyph of glyphsOf(plain(editor.text))) {
    if (at >= first && at + glyph.cells <= first + cells) canvas.put(x + at - first, y, glyph.text, attr);
    at += glyph.cells;
  }
  // What is cut off says so, but never under the cursor.
  if (first > 0 && cursorCell > first) canvas.field(x, y, look.glyphs.more, 1, look.attr('dim'));
  if (at > first + cells && cursorCell - first < cells - 1)
    canvas.field(x + cells - 1, y, look.glyphs.more, 1, look.attr('dim'));
  if (style.isFocused === true) canvas.showCursor(x + cursorCell - first, y);
}
