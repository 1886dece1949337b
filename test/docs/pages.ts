/** The documentation as data: pages, their tables and code blocks. */
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export function readPage(page: string): string {
  return fs.readFileSync(join(ROOT, page), 'utf8');
}

export interface Block {
  readonly language: string;
  readonly text: string;
  /** The last heading before it. */
  readonly heading: string;
}

/** Fenced blocks, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: { language: string; lines: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    const fence = /^```(.*)$/.exec(line);
    if (open !== undefined) {
      if (fence === null) open.lines.push(line);
      else {
        blocks.push({ language: open.language, text: `${open.lines.join('\n')}\n`, heading });
        open = undefined;
      }
    } else if (fence !== null) open = { language: fence[1] ?? '', lines: [] };
    else heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
  }
  return blocks;
}

/** The text without its fenced blocks. */
export function withoutBlocks(markdown: string): string {
  return markdown.replaceAll(/^```.*\n(?:(?!```).*\n)*```$/gm, '');
}

/** Blocks whose first comment names the file that they are: `# stages/words.yaml`. */
export function filesOf(markdown: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const { text } of blocksOf(markdown)) {
    const path = /^(?:#!.*\n)?# ((?:stages|pipelines|tools|templates)\/\S+|sites\.yaml)\n/.exec(text)?.[1];
    // What is shown again later is what became of it.
    if (path !== undefined && !files.has(path)) files.set(path, text);
  }
  return files;
}

/** Rows of all tables below a heading (until the next one of any level), as cells; header and rule left out. */
export function rowsBelow(markdown: string, heading: string): string[][] {
  const lines = withoutBlocks(markdown).split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`no heading '${heading}'`);
  const rows: string[][] = [];
  for (let at = start + 1; at < lines.length && !/^#+ /.test(lines[at] ?? ''); at++) {
    const line = lines[at] ?? '';
    if (!line.startsWith('|') || /^\|[-|]+\|$/.test(line) || /^\|[-|]+\|$/.test(lines[at + 1] ?? '')) continue;
    rows.push(
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
  }
  return rows;
}

/** A cell's text when it is one piece of code. */
export function codeOf(cell: string | undefined): string {
  return /^`([^`]+)`/.exec(cell ?? '')?.[1] ?? '';
}
