/**
 * Keys as data: what is pressed, what it does, how it is told. The footer, the help overlay and the page in docs/ are all
 * made of these tables, and a test says that none is missing there. Pure.
 */

/**
 * A key as the terminal adapter names it: `j`, `G` (a capital), `?`, `space`, `enter`, `escape`, `tab`, `S-tab`, `up`, `down`,
 * `left`, `right`, `pageup`, `pagedown`, `home`, `end`, `backspace`, `delete`, `insert`, `f1`, `C-f`, `M-x`.
 */
export type KeyName = string;

export interface KeyPress {
  readonly name: KeyName;
  /** What it would type, or empty. */
  readonly text: string;
}

export interface Binding {
  readonly keys: readonly KeyName[];
  /** What it does, as the code calls it: unique within its table. */
  readonly action: string;
  /** One line for the help overlay and the docs. */
  readonly help: string;
  /** Two words at most for the footer; without it the footer does not tell. The first in the table come first. */
  readonly label?: string;
  /** It changes the board or its processes: not offered with --read-only. */
  readonly mutates?: true;
  /** Of a key that means the same everywhere: a view may give it another meaning. */
  readonly yields?: true;
}

/** A section of the help overlay and of the page in docs/. */
export interface KeyTable {
  readonly title: string;
  readonly bindings: readonly Binding[];
}

/** The binding of a key in the first table that has one. */
export function bindingOf(tables: readonly (readonly Binding[])[], key: KeyName): Binding | undefined {
  for (const table of tables) {
    const found = table.find(({ keys }) => keys.includes(key));
    if (found !== undefined) return found;
  }
  return undefined;
}

const SHOWN: Readonly<Record<KeyName, string>> = {
  space: 'Space',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  'S-tab': 'Shift-Tab',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
  delete: 'Del',
  insert: 'Ins',
};

/** How a key is told to people: `Ctrl-F`, `PgDn`. */
export function keyText(key: KeyName, isAscii = false): string {
  if (key.startsWith('C-')) return `Ctrl-${key.slice(2).toUpperCase()}`;
  if (key.startsWith('M-')) return `Alt-${key.slice(2)}`;
  const shown = SHOWN[key];
  if (shown === undefined) return key;
  return isAscii && /[\u2190-\u2193]/.test(shown) ? key.charAt(0).toUpperCase() + key.slice(1) : shown;
}

export interface MouseEvent {
  readonly kind: 'click' | 'wheelup' | 'wheeldown';
  /** Cells from the screen's top left, 0-based. */
  readonly x: number;
  readonly y: number;
}
