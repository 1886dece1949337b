/** Hostile definitions: YAML that grows, never ends, is no text, or means something else than it says. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Board } from '../../src/board/board.ts';
import { BoardError } from '../../src/board/errors.ts';
import { boardPath, makeBoard, makeHome } from '../helpers/home.ts';
import { told } from './in-process.ts';
import { fifo, nested, sparse } from './plant.ts';

const TRUE = 'command: [/bin/true]';

async function check(home: string): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await told(home, ['check']);
  return { code, text: `${stdout}${stderr}` };
}

function laughs(levels: number): string {
  const lines = ['x0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]'];
  for (let level = 1; level <= levels; level++) {
    const nine = Array.from({ length: 10 }, () => `*x${level - 1}`).join(', ');
    lines.push(`x${level}: &x${level} [${nine}]`);
  }
  return lines.join('\n');
}

/** Two of them are the same. */
function keys(number: number): string {
  return Array.from({ length: number }, (_, index) => `  K${Math.max(1, index)}: x\n`).join('');
}

/** What stands in `stages/a.yaml`, and what must be said of it. */
const STAGES: readonly (readonly [label: string, text: string | Buffer, said: RegExp])[] = [
  ['a billion laughs', `stage: a\n${TRUE}\n${laughs(9)}\n`, /uses its anchors more than 100 times over/],
  ['an alias of itself, in a list', `stage: a\ncommand: &c [x, *c]\n`, /no end/],
  ['an alias of itself, in a mapping', `stage: a\n${TRUE}\nenv: &e {A: *e}\n`, /no end/],
  ['the whole file its own value', `&top\nstage: a\n${TRUE}\nenv: *top\n`, /no end/],
  ['two anchors that hold each other', `stage: a\n${TRUE}\nenv: &e\n  A: &f\n    B: *e\n`, /no end/],
  ['an alias before its anchor', `stage: a\ncommand: [*later]\nx: &later y\n`, /no anchor '&later'/],
  [
    'many aliases',
    `stage: a\nx: &x y\ncommand: [${'*x, '.repeat(200_000)}*x]\n`,
    /has more than 20000 lines, items and brackets/,
  ],
  ['brackets without end', `stage: a\ncommand: ${'['.repeat(400_000)}\n`, /has more than 20000 lines/],
  ['deep nesting that closes', `stage: a\ncommand: ${nested(9_000)}\n`, /is not YAML: max/],
  ['deep block nesting', Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}k:`).join('\n'), /./],
  ['dashes', `${'- '.repeat(300_000)}x\n`, /has more than 20000 lines/],
  ['question marks', `${'? '.repeat(300_000)}x\n`, /./],
  ['garbage of a megabyte', `${': {]}%@`&*!|>'.repeat(70_000)}`, /a\.yaml:1/],
  ['colons', ':\n'.repeat(300_000), /./],
  ['colons, fewer', ':\n'.repeat(9_000), /./],
  ['keys within keys', `${'? '.repeat(300)}x\n`, /is no key/],
  ['keys without number', `stage: a\n${TRUE}\nenv:\n${keys(18_000)}`, /./],
  ['a key twice', `stage: a\n${TRUE}\n${TRUE}\n`, /a second time/],
  ['__proto__ as a key', `stage: a\n${TRUE}\n__proto__: {command: [evil]}\n`, /__proto__/],
  ['__proto__ in env', `stage: a\n${TRUE}\nenv: {__proto__: x}\n`, /__proto__/],
  ['constructor as a key', `stage: a\n${TRUE}\nconstructor: {prototype: {polluted: 1}}\n`, /constructor/],
  ['merge keys', `stage: a\n<<: {command: [/bin/true]}\n`, /<</],
  ['a tag of code', `stage: a\ncommand: !!js/function 'function(){}'\n`, /js\/function/],
  ['a tag of an object', `stage: a\ncommand: !!python/object/apply:os.system [id]\n`, /python/],
  ['binary', `stage: a\n${TRUE}\ntitle: !!binary aGk=\n`, /./],
  ['UTF-16', Buffer.from(`\ufeffstage: a\n${TRUE}\n`, 'utf16le'), /not a text file in UTF-8/],
  ['Latin-1', Buffer.from(`stage: a\n${TRUE}\ntitle: gr\u00fcn\n`, 'latin1'), /not a text file in UTF-8/],
  ['NUL', `stage: a\n${TRUE}\ntitle: 'x\0y'\n`, /not a text file in UTF-8/],
  ['an escape sequence', `stage: a\n${TRUE}\ntitle: "\\e[2J\\a"\n"\\e]0;x": y\n`, /a\.yaml/],
  ['several documents', `stage: a\n${TRUE}\n---\nstage: b\n`, /./],
  ['nothing', '', /must be a mapping/],
  ['one word', 'x\n', /must be a mapping/],
  ['a number with no measure', `stage: a\n${TRUE}\nretries: 1e309\n`, /retries/],
  ['NaN', `stage: a\n${TRUE}\nretries: .nan\n`, /retries/],
  ['a negative number', `stage: a\n${TRUE}\nretries: -1\n`, /retries/],
  ['hexadecimal', `stage: a\n${TRUE}\nretries: 0xffffffff\n`, /retries/],
  ['a time without measure', `stage: a\n${TRUE}\ntimeout: 1e309s\n`, /timeout/],
  ['a time that is too long', `stage: a\n${TRUE}\ntimeout: 99999999999999d\n`, /timeout/],
  ['a negative time', `stage: a\n${TRUE}\ntimeout: -5s\n`, /timeout/],
  ['a file above the working folder', `stage: a\n${TRUE}\nfiles: {../../../evil: x}\n`, /evil/],
  ['an absolute file', `stage: a\n${TRUE}\nfiles: {/tmp/evil: x}\n`, /evil/],
  ["a file that is the step's own", `stage: a\n${TRUE}\nfiles: {.result: x}\n`, /\.result/],
  ['a template from outside', `stage: a\n${TRUE}\nfiles: {x: {from: ../../../../etc/passwd}}\n`, /passwd/],
  ['a variable that is no name', `stage: a\n${TRUE}\nenv: {'A=B': x}\n`, /A=B/],
  ['an exit code too large', `stage: a\n${TRUE}\nexits: {256: complete}\n`, /256/],
];

test.each(STAGES)('%s is a fault with its place', async (_label, text, said) => {
  const home = makeHome({ a: TRUE });
  fs.writeFileSync(join(home, 'stages/a.yaml'), text);
  const { code, text: out } = await check(home);
  expect(out).toMatch(said);
  expect(code, out.slice(0, 2_000)).toBe(1);
  expect(out).toContain('stages/a.yaml:');
  // A fault or two are told, not a million.
  expect(out.length).toBeLessThan(100_000);
  expect(out).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('files that are no files, or larger than any definition', async () => {
  const home = makeHome({ a: TRUE, b: TRUE, c: TRUE, d: TRUE, e: TRUE });
  const at = (name: string): string => join(home, 'stages', `${name}.yaml`);
  for (const name of ['a', 'b', 'c', 'd', 'e']) fs.rmSync(at(name));
  fifo(at('a'));
  sparse(at('b'), 100 * 2 ** 20);
  fs.symlinkSync('/dev/zero', at('c'));
  fs.symlinkSync('d.yaml', at('d'));
  fs.symlinkSync('nowhere', at('e'));
  fs.writeFileSync(
    Buffer.concat([Buffer.from(join(home, 'stages/odd')), Buffer.from([0xff]), Buffer.from('.yaml')]),
    '',
  );
  const { code, text } = await check(home);
  expect(code, text).toBe(1);
  for (const name of ['a', 'b', 'c', 'd', 'e']) expect(text).toContain(`stages/${name}.yaml:1:1`);
  expect(text).toMatch(/b\.yaml.*has 104857600 bytes/);
});

test('a BOM before the text is no fault', async () => {
  const home = makeHome({ a: TRUE });
  fs.writeFileSync(join(home, 'stages/a.yaml'), `\ufeffstage: a\n${TRUE}\n`);
  expect(await check(home)).toMatchObject({ code: 0 });
});

/** A board without a process to make it. */
async function madeBoard(): Promise<string> {
  const home = makeHome({ a: TRUE });
  expect(await told(home, ['create', 'b', '--pipeline', 'p'])).toMatchObject({ code: 0 });
  return home;
}

const BOARDS: readonly (readonly [label: string, text: string])[] = [
  ['a billion laughs', laughs(9)],
  ['an alias of itself', 'format: 1\nstages: &s [*s]\n'],
  ['deep nesting', nested(100_000)],
  ['garbage', '\u0000\u001b[2J{]'],
  ['nothing', ''],
  ['stages that are no stages', 'format: 1\nstages: [1, null, {stage: {}}]\n'],
  ['a stage with the name of a path', 'format: 1\npipeline: p\nstages: [{stage: ../../x, after: []}]\n'],
  ['too large', `# ${'x'.repeat(2 ** 21)}\n`],
];

test.each(BOARDS)('board.yaml: %s is said in a sentence', async (_label, text) => {
  const home = await madeBoard();
  fs.writeFileSync(boardPath(home, 'board.yaml'), text);
  let error: unknown;
  try {
    Board.open(home, 'b');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(BoardError);
  expect(String(error)).toContain('board.yaml');
  const { code, stderr } = await told(home, ['ls', '--board', 'b']);
  expect(code, stderr).toBe(2);
  expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});

test('board.yaml as a pipe, a link, a folder', async () => {
  for (const make of [
    fifo,
    (path: string) => fs.symlinkSync('/dev/zero', path),
    (path: string) => fs.mkdirSync(path),
  ]) {
    const home = await madeBoard();
    fs.rmSync(boardPath(home, 'board.yaml'));
    make(boardPath(home, 'board.yaml'));
    const { code, stderr } = await told(home, ['ls', '--board', 'b']);
    expect(code, stderr).toBe(1);
    expect(stderr).toContain('is no plain file');
  }
});

test('needs from a file of YAML', async () => {
  const home = await makeBoard({ a: `${TRUE}\ngather: members` });
  for (const text of [laughs(9), 'members: &m [*m]\n', nested(100_000), '\u0000', '__proto__: {members: [x]}\n']) {
    fs.writeFileSync(join(home, 'needs.yaml'), text);
    const { code, stderr } = await told(home, ['--board', 'b', 'post', 'x', '--needs', join(home, 'needs.yaml')]);
    expect(code, `${text.slice(0, 40)}\n${stderr}`).toBe(2);
  }
});
