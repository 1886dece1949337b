/**
 * Follows the quoting of a shell line, to tell whether a single-quoted value may stand at a place.
 * `echo '{{ x }}'` would end the quotes and hand the value to the shell as code; so would a place behind a backslash, in a
 * comment or in a here-document. Where the line can't be followed, the answer is no.
 */

type Mode = 'single' | 'double' | 'ansi' | 'sub' | 'brace' | 'arithmetic' | 'paren' | 'backtick';

const QUOTES: ReadonlySet<Mode> = new Set<Mode>(['single', 'double', 'ansi']);

export class ShellScan {
  #stack: Mode[] = [];
  #comment = false;
  #hereDocument = false;
  #lost = false;
  /** Would a `#` here begin a comment? */
  #wordStart = true;
  /** Branches may have ended here in different ways. */
  #unsure = false;
  #pending: '' | '\\' | '$' = '';

  /** Text of the template itself. */
  text(text: string): void {
    for (let at = 0; at < text.length; ) at += this.#step(text, at);
  }

  /** A value stands here. */
  value(): void {
    this.#pending = '';
    this.#wordStart = false;
    this.#unsure = false;
  }

  /** A branch or a loop begins or ends here: what stands before is not known. */
  branch(): void {
    this.#unsure = true;
  }

  /** What must be the same before and after a branch. */
  state(): string {
    return `${this.#stack.join(' ')}${this.#comment ? '#' : ''}`;
  }

  /** Why a quoted value may not stand here; undefined if it may. */
  problem(): string | undefined {
    if (this.#hereDocument) return 'stands in or behind a here-document (<<), where quotes protect nothing';
    if (this.#lost) return 'stands where the quoting of this line can not be followed';
    if (this.#comment) return 'stands in a comment, which a line break in the value would end';
    if (this.#pending === '\\') return 'stands behind a backslash, which would undo its quotes';
    if (this.#pending === '$') return 'stands behind a $, which would change the meaning of its quotes';
    if (this.#stack.includes('backtick')) return 'stands in `…`, where quotes protect nothing';
    if (this.#stack.includes('arithmetic')) return 'stands in arithmetic, where quotes protect nothing';
    if (this.#stack.includes('brace')) return 'stands in braces behind a $, where quotes may protect nothing';
    const top = this.#stack.at(-1);
    if (top !== undefined && QUOTES.has(top)) return 'stands inside quotes, and its own quotes would end them';
    return undefined;
  }

  /** @returns how many characters were taken */
  #step(text: string, at: number): number {
    const char = text[at] ?? '';
    if (this.#pending === '\\') {
      this.#pending = '';
      return 1;
    }
    this.#pending = '';
    if (this.#comment) {
      if (char === '\n') {
        this.#comment = false;
        this.#wordStart = true;
      }
      return 1;
    }
    const mode = this.#stack.at(-1);
    switch (mode) {
      case 'single':
        return this.#quoted(char, "'", false);
      case 'ansi':
        return this.#quoted(char, "'", true);
      case 'backtick':
        return this.#quoted(char, '`', true);
      case 'double':
        if (char === '"') return this.#pop(1);
        return char === "'" ? 1 : this.#common(text, at, mode);
      default:
        return this.#code(text, at, mode);
    }
  }

  #quoted(char: string, end: string, escapes: boolean): number {
    if (escapes && char === '\\') this.#pending = '\\';
    else if (char === end) return this.#pop(1);
    return 1;
  }

  /** Outside of quotes: commands, `$(…)`, `${…}`, arithmetic. */
  #code(text: string, at: number, mode: Mode | undefined): number {
    const char = text[at] ?? '';
    const rest = text.slice(at, at + 5);
    if (char === '#' && mode !== 'brace' && mode !== 'arithmetic') {
      if (this.#unsure) this.#lost = true;
      if (this.#wordStart) {
        this.#comment = true;
        return 1;
      }
    }
    // The `)` of its patterns would be taken for the end of `$(`.
    if (this.#stack.length > 0 && this.#wordStart && /^case\b/.test(rest)) this.#lost = true;
    this.#wordStart = /[\s;|&()<>]/.test(char);
    this.#unsure = false;
    if (char === "'") {
      // Whether it quotes depends on what stands around the braces, and on the shell.
      if (mode === 'brace') this.#lost = true;
      return this.#push('single', 1);
    }
    if (char === '"') return this.#push('double', 1);
    if (char === ')' && mode === 'arithmetic') return text[at + 1] === ')' ? this.#pop(2) : 1;
    if (char === ')' && (mode === 'sub' || mode === 'paren')) return this.#pop(1);
    if (char === '}' && mode === 'brace') return this.#pop(1);
    if (rest.startsWith('((') && mode !== 'arithmetic' && mode !== 'paren') return this.#push('arithmetic', 2);
    if (char === '(') return this.#push(mode === 'arithmetic' || mode === 'paren' ? 'paren' : 'sub', 1);
    if (rest.startsWith('<<<')) return 3;
    if (rest.startsWith('<<') && mode !== 'arithmetic' && mode !== 'paren') this.#hereDocument = true;
    return this.#common(text, at, mode);
  }

  /** What means the same inside double quotes and outside. */
  #common(text: string, at: number, mode: Mode | undefined): number {
    const char = text[at];
    const next = text[at + 1];
    if (char === '\\') this.#pending = '\\';
    if (char === '`') return this.#push('backtick', 1);
    if (char !== '$') return 1;
    if (next === undefined) this.#pending = '$';
    if (next === "'" && mode !== 'double') return this.#push('ansi', 2);
    if (next === '{') return this.#push('brace', 2);
    if (next === '(') return text[at + 2] === '(' ? this.#push('arithmetic', 3) : this.#push('sub', 2);
    return 1;
  }

  #push(mode: Mode, taken: number): number {
    this.#stack.push(mode);
    this.#wordStart = mode === 'sub';
    return taken;
  }

  #pop(taken: number): number {
    this.#stack.pop();
    this.#wordStart = false;
    return taken;
  }
}

/** A value as one word of a POSIX shell, whatever it holds. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
