/**
 * The layers of the source: who may import whom, what stays pure, where programs start and files are opened
 * (DESIGN section 7). Reads the text of `src/`; each guard is shown to fire below.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the self-tests hold source text.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** From the top; imports point down, or sideways within a row. */
const ROWS = [
  ['cli', 'tui'],
  ['host', 'triggers'],
  ['process', 'engines'],
  ['history'],
  ['board'],
  ['definitions'],
  ['model'],
] as const;

/** Tables and functions of their arguments, as model/ itself is. */
const PURE_PACKAGES: readonly string[] = ['get-east-asian-width'];

const MOST_LINES = 300;

interface Guard {
  readonly modules: readonly string[];
  /** Folders of `src/`, or single files. */
  readonly places: readonly string[];
}

const GUARDS: readonly Guard[] = [
  { modules: ['commander'], places: ['cli'] },
  { modules: ['blessed', 'neo-blessed', 'reblessed', '@unblessed/blessed'], places: ['tui/term'] },
  { modules: ['chokidar', 'proper-lockfile'], places: ['triggers', 'host'] },
  // board/post-many.ts: `sync -f` for a whole batch of posts. board/fs.ts: `rm`, for trees deeper than a path may be long. board/accounts.ts: `getent`, for names that only a directory server knows.
  // tui/term/watchdog-thread.ts: the terminal itself and `stty`, in a thread that has nobody to ask.
  {
    modules: ['execa', 'child_process'],
    places: [
      'process',
      'engines',
      'host',
      'board/post-many.ts',
      'board/accounts.ts',
      'board/fs.ts',
      'tui/term/watchdog-thread.ts',
    ],
  },
  {
    modules: ['fs', 'fs/promises', 'fs-extra', 'graceful-fs'],
    places: ['board', 'definitions', 'process', 'triggers', 'tui/term/watchdog-thread.ts'],
  },
];

/** What code without clock, chance, input or waiting does not say. `new Date(ms)` is fine. */
const IMPURE: ReadonlyArray<readonly [pattern: RegExp, what: string]> = [
  [/(?<![.\w$])process\s*(?:\?\.|[.[])/, 'process'],
  [/\bglobalThis\b/, 'globalThis'],
  [/\bDate\s*\.\s*now\b/, 'Date.now'],
  [/\bnew\s+Date\s*(?:\(\s*\)|(?![\s(]))/, 'new Date()'],
  [/(?<![\w$.]|new )\bDate\s*\(/, 'Date()'],
  [/\bMath\s*\.\s*random\b/, 'Math.random'],
  [/(?<![.\w$])(?:performance|crypto|console)\s*\./, 'a global that is not pure'],
  [/\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\b/, 'a timer or a request'],
  [/\b(?:await|async|Promise)\b/, 'await'],
];

// Reading source text

/** The text with comments and the inside of strings as blanks: same length, same lines. */
function codeOf(text: string): string {
  let code = '';
  let at = 0;
  const templates: number[] = [];
  let depth = 0;
  const blank = (end: number): void => {
    code += text.slice(at, end).replaceAll(/[^\n]/g, ' ');
    at = end;
  };
  const keep = (count = 1): void => {
    code += text.slice(at, at + count);
    at += count;
  };
  const until = (isEnd: (index: number) => boolean): void => {
    let end = at;
    while (end < text.length && !isEnd(end)) end += text[end] === '\\' ? 2 : 1;
    blank(Math.min(end, text.length));
  };
  const template = (): void => {
    until((index) => text[index] === '`' || text.startsWith('${', index));
    if (text[at] === '`') keep();
    else if (at < text.length) {
      templates.push(depth);
      keep(2);
    }
  };
  while (at < text.length) {
    const char = text[at] ?? '';
    if (text.startsWith('//', at)) until((index) => text[index] === '\n');
    else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      blank(end < 0 ? text.length : end + 2);
    } else if (char === "'" || char === '"') {
      keep();
      until((index) => text[index] === char || text[index] === '\n');
      keep();
    } else if (char === '`') {
      keep();
      template();
    } else if (char === '}' && templates.at(-1) === depth) {
      templates.pop();
      keep();
      template();
    } else if (char === '/' && /(?:^|[=(,:[!&|?{};+]|\breturn|=>)\s*$/.test(code.slice(-40))) {
      let isInClass = false;
      keep();
      until((index) => {
        if (text[index] === '[') isInClass = true;
        else if (text[index] === ']') isInClass = false;
        return text[index] === '\n' || (text[index] === '/' && !isInClass);
      });
      keep();
    } else {
      if (char === '{') depth++;
      else if (char === '}') depth--;
      keep();
    }
  }
  return code;
}

const IMPORTS = [
  /(?<![\w$.])(?:import|export)\s[\w$*\s{},]*?\bfrom\s*(['"])( *)\1/dg,
  /(?<![\w$.])import\s*(['"])( *)\1/dg,
  /(?<![\w$.])(?:import|require)\s*\(\s*(['"])( *)\1/dg,
];

function importsOf(text: string): string[] {
  const code = codeOf(text);
  return IMPORTS.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => text.slice(...(match.indices?.[2] ?? [0, 0]))),
  );
}

// The guards

type Sources = ReadonlyMap<string, string>;

const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '');
const rowOf = (folder: string): number => ROWS.findIndex((row) => (row as readonly string[]).includes(folder));
const isRelative = (wanted: string): boolean => /^\.{1,2}\//.test(wanted);

/** The file that a relative import names, from `src/`. */
function resolved(file: string, wanted: string): string {
  return new URL(wanted, `file:///${file}`).pathname.slice(1);
}

function checkDirection(file: string, target: string): string[] {
  const [from, to] = [folderOf(file), folderOf(target)];
  if (target === 'index.ts') return [`${file}: imports index.ts, which is for users of the package`];
  if (file === 'index.ts' || from === to) return [];
  if (rowOf(from) < 0) return [`${file}: '${from}/' is no layer`];
  if (rowOf(to) < 0) return [`${file}: imports ${target}, which is in no layer`];
  return rowOf(to) < rowOf(from) ? [`${file}: imports ${target}, which points up`] : [];
}

function checkModule(file: string, wanted: string): string[] {
  const module = wanted.replace(/^node:/, '');
  if (folderOf(file) === 'model' && !PURE_PACKAGES.includes(module))
    return [`${file}: imports ${wanted}, and model/ is pure`];
  const guard = GUARDS.find(({ modules }) => modules.some((one) => module === one || module.startsWith(`${one}/`)));
  if (guard === undefined || guard.places.some((place) => place === file || file.startsWith(`${place}/`))) return [];
  return [`${file}: imports ${wanted}, which belongs to ${guard.places.join(', ')}`];
}

function checkText(file: string, text: string): string[] {
  const found: string[] = [];
  const code = codeOf(text);
  if (/\bexport\s+default\b|\bas\s+default\b/.test(code)) found.push(`${file}: has a default export`);
  if (folderOf(file) === 'model') {
    for (const [pattern, what] of IMPURE)
      if (pattern.test(code)) found.push(`${file}: uses ${what}, and model/ is pure`);
  }
  return found;
}

const linesOf = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

function checkLengths(sources: Sources): string[] {
  const lengths = [...sources].map(([file, text]) => [linesOf(text), file] as const).sort(([a], [b]) => b - a);
  if (lengths.every(([lines]) => lines <= MOST_LINES)) return [];
  return lengths
    .filter(([lines]) => lines > 250)
    .map(
      ([lines, file]) =>
        `${file}: ${lines} lines${lines > MOST_LINES ? `, at most ${MOST_LINES} are allowed` : ' (near)'}`,
    );
}

/** Cycles of a graph of names, each told once. */
function cyclesOf(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): void => {
    const at = trail.indexOf(node);
    if (at >= 0) found.add([...trail.slice(at), node].join(' → '));
    if (at >= 0 || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return [...found];
}

/** All that is wrong with the sources, paths from `src/`. */
function faultsOf(sources: Sources): string[] {
  const faults: string[] = [];
  const files = new Map<string, Set<string>>();
  const folders = new Map<string, Set<string>>();
  for (const [file, text] of sources) {
    const targets = new Set<string>();
    files.set(file, targets);
    faults.push(...checkText(file, text));
    for (const wanted of importsOf(text)) {
      if (!isRelative(wanted)) {
        faults.push(...checkModule(file, wanted));
        continue;
      }
      if (!wanted.endsWith('.ts')) faults.push(`${file}: imports ${wanted}, which does not end in .ts`);
      const target = resolved(file, wanted);
      if (!sources.has(target)) faults.push(`${file}: imports ${wanted}, which is not there`);
      faults.push(...checkDirection(file, target));
      targets.add(target);
      if (folderOf(file) !== folderOf(target) && file !== 'index.ts') {
        folders.set(folderOf(file), (folders.get(folderOf(file)) ?? new Set()).add(folderOf(target)));
      }
    }
  }
  faults.push(...cyclesOf(files).map((cycle) => `cycle of files: ${cycle}`));
  faults.push(...cyclesOf(folders).map((cycle) => `cycle of folders: ${cycle}`));
  return [...faults, ...checkLengths(sources)];
}

function readSources(): Map<string, string> {
  const files = readdirSync(`${ROOT}/src`, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.[cm]?tsx?$/.test(file),
  );
  return new Map(files.sort().map((file) => [file, readFileSync(`${ROOT}/src/${file}`, 'utf8')]));
}

describe('the source', () => {
  it('keeps to its layers', () => {
    const sources = readSources();
    expect(sources.size).toBeGreaterThan(40);
    // Nothing is read past: every file but those of plain data imports something.
    const imports = [...sources.values()].flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(sources.size);
    expect(faultsOf(sources)).toEqual([]);
  });
});

describe('the guards', () => {
  const faults = (sources: Readonly<Record<string, string>>): string[] => faultsOf(new Map(Object.entries(sources)));
  const other = 'export const x = 1;\n';

  it.each<[string, Record<string, string>, string[]]>([
    [
      'up',
      { 'model/a.ts': "import { x } from '../board/b.ts';", 'board/b.ts': other },
      ['model/a.ts: imports board/b.ts, which points up'],
    ],
    [
      'up, a type',
      { 'board/a.ts': "import type { X } from '../process/b.ts';", 'process/b.ts': other },
      ['board/a.ts: imports process/b.ts, which points up'],
    ],
    [
      'up, handed on',
      { 'definitions/a.ts': "export * from '../history/b.ts';", 'history/b.ts': other },
      ['definitions/a.ts: imports history/b.ts, which points up'],
    ],
    [
      'up, over lines',
      { 'engines/a.ts': "import {\n  x,\n  type Y,\n} from '../cli/deep/b.ts';", 'cli/deep/b.ts': other },
      ['engines/a.ts: imports cli/deep/b.ts, which points up'],
    ],
    [
      'up, when needed',
      { 'board/a.ts': "const b = await import('../triggers/b.ts');", 'triggers/b.ts': other },
      ['board/a.ts: imports triggers/b.ts, which points up'],
    ],
    [
      'up, from deep',
      { 'model/filter/a.ts': "import { x } from '../../definitions/b.ts';", 'definitions/b.ts': other },
      ['model/filter/a.ts: imports definitions/b.ts, which points up'],
    ],
    [
      'the index',
      { 'cli/a.ts': "import { x } from '../index.ts';", 'index.ts': other },
      ['cli/a.ts: imports index.ts, which is for users of the package'],
    ],
    [
      'no layer',
      { 'util/a.ts': "import { x } from '../model/b.ts';", 'model/b.ts': other },
      ["util/a.ts: 'util/' is no layer"],
    ],
    [
      'into no layer',
      { 'board/a.ts': "import { x } from '../util/b.ts';", 'util/b.ts': other },
      ['board/a.ts: imports util/b.ts, which is in no layer'],
    ],
    [
      'a node module in model',
      { 'model/a.ts': "import { join } from 'node:path';" },
      ['model/a.ts: imports node:path, and model/ is pure'],
    ],
    [
      'a package in model',
      { 'model/a.ts': 'import { z } from "zod";' },
      ['model/a.ts: imports zod, and model/ is pure'],
    ],
    ['an import for its effect', { 'model/a.ts': "import 'zod';" }, ['model/a.ts: imports zod, and model/ is pure']],
    [
      'commander',
      { 'board/a.ts': "import { Command } from 'commander';" },
      ['board/a.ts: imports commander, which belongs to cli'],
    ],
    [
      'blessed',
      { 'cli/a.ts': "import blessed from 'neo-blessed/lib/program.js';", 'tui/b.ts': "import 'blessed';" },
      [
        'cli/a.ts: imports neo-blessed/lib/program.js, which belongs to tui/term',
        'tui/b.ts: imports blessed, which belongs to tui/term',
      ],
    ],
    [
      'execa',
      { 'cli/a.ts': "import { execa } from 'execa';" },
      [
        'cli/a.ts: imports execa, which belongs to process, engines, host, board/post-many.ts, board/accounts.ts, board/fs.ts, tui/term/watchdog-thread.ts',
      ],
    ],
    [
      'child_process',
      { 'board/a.ts': "import { spawn } from 'node:child_process';" },
      [
        'board/a.ts: imports node:child_process, which belongs to process, engines, host, board/post-many.ts, board/accounts.ts, board/fs.ts, tui/term/watchdog-thread.ts',
      ],
    ],
    [
      'chokidar',
      { 'board/a.ts': "import { watch } from 'chokidar';" },
      ['board/a.ts: imports chokidar, which belongs to triggers, host'],
    ],
    [
      'proper-lockfile',
      { 'process/a.ts': "import lockfile from 'proper-lockfile';" },
      ['process/a.ts: imports proper-lockfile, which belongs to triggers, host'],
    ],
    ...['node:fs', 'fs', 'node:fs/promises', 'fs-extra'].map((module): [string, Record<string, string>, string[]] => [
      module,
      { 'cli/a.ts': `import * as fs from '${module}';` },
      [
        `cli/a.ts: imports ${module}, which belongs to board, definitions, process, triggers, tui/term/watchdog-thread.ts`,
      ],
    ]),
    [
      'require',
      { 'tui/a.ts': "const fs = require('node:fs');" },
      [
        'tui/a.ts: imports node:fs, which belongs to board, definitions, process, triggers, tui/term/watchdog-thread.ts',
      ],
    ],
    ['a default export', { 'cli/a.ts': 'export default class {}' }, ['cli/a.ts: has a default export']],
    ['one by name', { 'cli/a.ts': 'const a = 1;\nexport { a as default };' }, ['cli/a.ts: has a default export']],
    [
      'no .ts',
      { 'cli/a.ts': "import { x } from './b';" },
      ['cli/a.ts: imports ./b, which does not end in .ts', 'cli/a.ts: imports ./b, which is not there'],
    ],
    [
      '.js',
      { 'cli/a.ts': "import { x } from './b.js';" },
      ['cli/a.ts: imports ./b.js, which does not end in .ts', 'cli/a.ts: imports ./b.js, which is not there'],
    ],
    [
      'a cycle',
      {
        'cli/a.ts': "import { x } from './b.ts';",
        'cli/b.ts': "import type { y } from './c.ts';",
        'cli/c.ts': "export { z } from './a.ts';",
      },
      ['cycle of files: cli/a.ts → cli/b.ts → cli/c.ts → cli/a.ts'],
    ],
    [
      'a cycle within a row',
      {
        'cli/a.ts': "import { x } from '../tui/b.ts';",
        'tui/b.ts': other,
        'tui/c.ts': "import { x } from '../cli/d.ts';",
        'cli/d.ts': other,
      },
      ['cycle of folders: cli → tui → cli'],
    ],
    [
      'a long file',
      { 'cli/a.ts': 'x;\n'.repeat(301), 'cli/b.ts': 'x;\n'.repeat(251), 'cli/c.ts': other },
      ['cli/a.ts: 301 lines, at most 300 are allowed', 'cli/b.ts: 251 lines (near)'],
    ],
  ])('see %s', (_, sources, wanted) => {
    expect(faults(sources)).toEqual(wanted);
  });

  it.each([
    ['const now = Date.now();', 'Date.now'],
    ['const now = new Date();', 'new Date()'],
    ['const now = new Date;', 'new Date()'],
    ['const now = Date();', 'Date()'],
    ['const x = Math.random();', 'Math.random'],
    ['const x = process.env.HOME;', 'process'],
    ['const x = `a${process.pid}`;', 'process'],
    ['const x = globalThis.foo;', 'globalThis'],
    ['const x = performance.now();', 'a global that is not pure'],
    ['console.log(1);', 'a global that is not pure'],
    ['setTimeout(f, 1);', 'a timer or a request'],
    ['async function f() {}', 'await'],
    ['const x = await f();', 'await'],
    ['const x: Promise<void> = f();', 'await'],
    ["const quote = /'/; const now = Date.now(); const more = /[/']/;", 'Date.now'],
    ["const text = 'it\\'s'; const now = Date.now();", 'Date.now'],
    ['const half = a / b; const now = Date.now(); const rest = c / d;', 'Date.now'],
    ["const t = `it's ${x} '`; const now = Date.now();", 'Date.now'],
    ['const t = `${`${1}`}`; const now = Date.now();', 'Date.now'],
  ])('see what is not pure: %s', (text, what) => {
    expect(faults({ 'model/a.ts': text })).toEqual([`model/a.ts: uses ${what}, and model/ is pure`]);
    expect(faults({ 'board/a.ts': text })).toEqual([]);
  });

  it('let pass what is allowed', () => {
    expect(
      faults({
        'index.ts': "export { a } from './cli/a.ts';\nexport { x } from './model/b.ts';",
        'cli/a.ts':
          "import { Command } from 'commander';\nimport { x } from '../tui/b.ts';\nimport y from '../model/b.ts';",
        'tui/b.ts': "import { x } from '../host/c.ts';\nimport { y } from './term/d.ts';",
        'tui/term/d.ts': "import blessed from 'neo-blessed/lib/program.js';",
        'host/c.ts': "import { execa } from 'execa';\nimport lockfile from 'proper-lockfile';",
        'board/post-many.ts': "import { execa } from 'execa';\nimport fs from 'node:fs';",
        'model/b.ts': [
          "/** import { x } from '../cli/a.ts'; Date.now() */",
          "// await import('zod')",
          "const text = 'await Date.now()';",
          'const shown = `import fs from "node:fs" ${name.process} async`;',
          'const date = new Date(ms);',
          'const day = Date.UTC(2026, 1) + Date.parse(text);',
          'const owner = claim.process.length;',
          'interface Claim { process: string }',
        ].join('\n'),
        'cli/c.ts': 'x;\n'.repeat(300),
      }),
    ).toEqual([]);
  });
});
