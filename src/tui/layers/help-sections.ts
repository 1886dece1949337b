/** What the help overlay tells and the page in docs/ as well: keys, letters, states, filter words. Made of tables only. Pure. */
import { describeFilter } from '../../model/filter.ts';
import { LETTERS, type Letter, MEANINGS } from '../../model/letters.ts';
import { type KeyTable, keyText } from '../binding.ts';
import { EDITING } from '../line-editor.ts';
import { Look, type Tone } from '../look.ts';

export interface HelpRow {
  /** The key, the letter, the filter word. */
  readonly left: string;
  readonly text: string;
  readonly tone?: Tone;
}

export interface HelpSection {
  readonly title: string;
  /** What stands at the left, in the docs: `key`. */
  readonly head: string;
  readonly rows: readonly HelpRow[];
}

export const EDITING_TABLE: KeyTable = { title: 'Where a line is typed', bindings: EDITING };

/** Keys of a typed line are told once, not with each layer that has one. */
export function helpSections(tables: readonly KeyTable[], isAscii = false): HelpSection[] {
  const editing: ReadonlySet<unknown> = new Set(EDITING);
  const own = tables.map(({ title, bindings }) => ({
    title,
    bindings: bindings.filter((binding) => !editing.has(binding)),
  }));
  const isTyped = tables.some(({ bindings }) => bindings.some((binding) => editing.has(binding)));
  return [...own, ...(isTyped ? [EDITING_TABLE] : [])].flatMap(({ title, bindings }) => {
    if (bindings.length === 0) return [];
    const rows = bindings.map(({ keys, help }) => ({
      left: keys.map((key) => keyText(key, isAscii)).join(' '),
      text: help,
    }));
    return [{ title, head: 'key', rows }];
  });
}

const STATE_TEXTS = {
  queue: 'not started yet: the backlog',
  active: 'something to do, or being done',
  gather: 'waits for other entries or files',
  failed: 'nothing goes on: a stage has failed',
  held: 'nothing goes on: a stage is held',
  done: 'finished',
  removed: 'taken off the board by a person',
} as const;

function lettersSection(look: Look): HelpSection {
  const isDigit = (letter: Letter): boolean => letter >= '1' && letter <= '9';
  const rows = LETTERS.flatMap((letter): HelpRow[] => {
    // The nine digits mean the same, but for how often.
    if (isDigit(letter) && letter !== '1') return [];
    const { glyph, tone } = look.letter(letter);
    const [shown, text] = isDigit(letter)
      ? ['1-9', 'waiting to be tried again after so many failed tries']
      : [letter, MEANINGS[letter].text];
    return [{ left: glyph === letter ? shown : `${glyph}  ${shown}`, text, tone }];
  });
  return { title: 'Stages of an entry, and the letters in its name', head: 'glyph and letter', rows };
}

function statesSection(look: Look): HelpSection {
  const rows = Object.entries(STATE_TEXTS).map(([state, text]): HelpRow => {
    const { glyph, word, tone } = look.state(state as keyof typeof STATE_TEXTS);
    return { left: `${glyph}  ${word}`, text, tone };
  });
  return { title: 'States of an entry', head: 'glyph and word', rows };
}

function filterSection(): HelpSection {
  const rows = describeFilter().map(({ form, meaning, example }) => ({
    left: form,
    text: `${meaning}; ${example}`,
  }));
  return { title: 'Words of the filter: all have to hold', head: 'word', rows };
}

/** What glyphs, letters and filter words mean. */
export function legendSections(look: Look): HelpSection[] {
  return [lettersSection(look), statesSection(look), filterSection()];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Code that Markdown takes as it is: a backslash is one there, a bar parts cells. */
function code(text: string): string {
  return `\`${cell(text)}\``;
}

/** The sections as Markdown: a heading and a table each. */
export function keysMarkdown(sections: readonly HelpSection[]): string {
  const parts = sections.map(({ title, head, rows }) => {
    const lines = rows.map(({ left, text }) => {
      const words = head === 'key' ? left.split(' ').map(code).join(' ') : code(left);
      return `| ${words} | ${cell(text)} |`;
    });
    return `## ${title}\n\n| ${head} | |\n|---|---|\n${lines.join('\n')}\n`;
  });
  return parts.join('\n');
}

/** The look of the docs: glyphs, no colours. */
export const DOCS_LOOK = new Look({ isAscii: false, hasColor: false, showLetters: false });
