/** Hostile names of datasets, through every door by which a name comes in. */
import fs from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { openBoard, post } from '../../../src/index.ts';
import {
  entries,
  expectProved,
  journal,
  list,
  makeBoard,
  makeHome,
  SLATE,
  slate,
  slateOk,
  until,
} from '../../helpers/home.ts';
import { told } from '../../hostile/in-process.ts';
import { ODD, REFUSED } from '../../hostile/names-given.ts';
import { Home, removeHomes, zoneOf } from '../../triggers/help.ts';

afterEach(removeHomes);

const SHELL = `shell: 'printf %s "$SLATE_DATASET" {{ dataset }} > "$SLATE_PRODUCTS/said"; touch {{ dataset }}'\nproducts: true`;
/** What may not reach a terminal. */
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

interface Told {
  readonly entries: readonly { readonly dataset: string }[];
  readonly refused: readonly { readonly dataset: string; readonly why: string }[];
}

const home = (): Promise<string> => makeBoard({ a: SHELL });

function datasets(root: string): string[] {
  return entries(root)
    .map(({ name }) => name.dataset)
    .sort();
}

const sorted = (names: readonly string[]): string[] => [...names].sort();

test('as arguments: what is not allowed is refused by name, the rest is run, and nothing else comes into being', async () => {
  const root = await home();
  const before = fs.readdirSync(root).sort();
  const { code, stdout, stderr } = await slate(root, ['post', '--json', '--', ...REFUSED, ...ODD]);
  expect(code).toBe(1);
  const said = JSON.parse(stdout) as Told;
  expect(sorted(said.entries.map(({ dataset }) => dataset))).toEqual(sorted(ODD));
  expect(sorted(said.refused.map(({ dataset }) => dataset))).toEqual(sorted(REFUSED));
  expect(stderr).not.toMatch(HARMFUL);
  const run = await slate(root, ['run', '--until-idle', '--slots', '4']);
  expect(run.code, run.stderr).toBe(0);
  expect(datasets(root)).toEqual(sorted(ODD));
  expect(entries(root).every(({ folder }) => folder.startsWith('done/'))).toBe(true);
  for (const { name } of entries(root)) {
    const said = join(root, 'blackboard/b/products', name.dataset, name.posted, 'a.001/said');
    expect(fs.readFileSync(said, 'utf8')).toBe(name.dataset + name.dataset);
  }
  expect(fs.readdirSync(root).sort()).toEqual(before);
  expect(list(root, '').filter((file) => file.includes('pwned'))).toEqual([]);
  for (const one of ODD) expect(await told(root, ['--board', 'b', 'show', '--', one])).toMatchObject({ code: 0 });
  await expectProved(root);
});

test('bytes that are no UTF-8, as an argument', async () => {
  const root = await home();
  const line = `exec "$NODE" "$SLATE" --home "$ROOT" post -- "$(printf 'a\\377b')" "$(printf '\\302')"`;
  const env = { NODE: process.execPath, SLATE, ROOT: root };
  const { exitCode, stderr } = await execa('/bin/sh', ['-c', line], { env, reject: false });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('may not contain');
  expect(entries(root)).toEqual([]);
});

test('from lists: lines, lines that NUL ends, JSON lines', async () => {
  const root = await home();
  const given = [...REFUSED, ...ODD];
  const lines = given.filter((name) => name.trim() === name && name !== '' && !/[\n\r]/.test(name));
  const plain = await slate(root, ['post', '--json', '--from', '-'], `${lines.join('\n')}\n`);
  const refused = (JSON.parse(plain.stdout) as Told).refused.map(({ dataset }) => dataset);
  expect(sorted(refused)).toEqual(sorted(lines.filter((name) => !ODD.includes(name))));
  expect(datasets(root)).toEqual(sorted(ODD));

  const second = await home();
  const nul = await slate(second, ['post', '--json', '--from', '-', '-0'], given.join('\0'));
  expect((JSON.parse(nul.stdout) as Told).entries).toHaveLength(ODD.length);
  expect(datasets(second)).toEqual(sorted(ODD));

  const third = await home();
  const json = given.map((dataset) => JSON.stringify({ dataset })).join('\n');
  const said = JSON.parse((await slate(third, ['post', '--json', '--from', '-'], json)).stdout) as Told;
  expect(sorted(said.refused.map(({ dataset }) => dataset))).toEqual(sorted(REFUSED));
  expect(datasets(third)).toEqual(sorted(ODD));
  const bytes = Buffer.concat([Buffer.from('a'), Buffer.from([0xff]), Buffer.from('b\n')]);
  const raw = await execa(process.execPath, [SLATE, '--home', third, 'post', '--from', '-'], {
    input: bytes,
    reject: false,
  });
  expect(raw.exitCode).toBe(2);
  expect(datasets(third)).toEqual(sorted(ODD));
});

test('by a step, in $SLATE_POST: the try fails with what is wrong, and posts nothing', async () => {
  const root = await makeBoard({ a: `shell: 'printf "%s\\n" {{ params.line }} > "$SLATE_POST"'` });
  const lines = REFUSED.map((dataset, index) => {
    const line = JSON.stringify({ dataset });
    return JSON.stringify({ dataset: `parent${index}`, params: { line } });
  });
  const traversal = ['../b', '../../b', '/tmp', 'b/', 'B', ''].map((board, index) =>
    JSON.stringify({ dataset: `board${index}`, params: { line: JSON.stringify({ dataset: 'child', board }) } }),
  );
  const all = [...lines, ...traversal];
  await slateOk(root, ['post', '--from', '-'], all.join('\n'));
  const run = await slate(root, ['run', '--until-idle', '--slots', '4']);
  expect(run.stderr).not.toMatch(HARMFUL);
  expect(entries(root)).toHaveLength(all.length);
  expect(entries(root).filter(({ folder, file }) => folder !== 'failed' || !file.endsWith('@1-n'))).toEqual([]);
  expect(journal(root).filter(({ event }) => event === 'post')).toHaveLength(all.length);
  await expectProved(root);
});

test('from files of a landing zone: what is not allowed goes to quarantine with the reason', async () => {
  const at = new Home(zoneOf({ match: ['*'], dataset: '{{ name }}', complete: { kind: 'stable', forMs: 10 } }));
  // What a file can be called, and what is not left alone as hidden.
  const given = [...REFUSED, ...ODD].filter(
    (name) => name !== '' && !name.startsWith('.') && !/[/\0]/.test(name) && Buffer.byteLength(name) <= 255,
  );
  for (const name of given) at.write(name);
  const odd = Buffer.concat([Buffer.from(`${at.folder}/a`), Buffer.from([0xff]), Buffer.from('b')]);
  fs.writeFileSync(odd, 'no UTF-8');
  const watcher = at.watcher();
  await watcher.start();
  const left = (): string[] => at.names('').filter((name) => !name.includes('\ufffd') || name === 'a\ufffdb');
  await until(
    () => at.entries().size === ODD.length && left().every((name) => name === 'a\ufffdb'),
    () => `${left()}`,
  );
  await watcher.stop();
  expect([...at.entries().keys()].sort()).toEqual(sorted(ODD));
  expect(at.names('quarantine').filter((name) => name.endsWith('.reason'))).toHaveLength(given.length - ODD.length);
  // Its bytes can't be given back to any call: it stays, and is told of once.
  expect(fs.existsSync(odd)).toBe(true);
  expect(at.lines.filter((line) => line.includes('landing-name'))).toHaveLength(1);
  expect(at.lines.join('\n')).not.toMatch(HARMFUL);
  for (const [dataset, inputs] of at.entries()) expect(inputs).toEqual([`${at.folder}/taken/${dataset}`]);
});

test('from a timer: its template is tried when the pipeline is read', async () => {
  const names = ['../x', 'a b', '$(touch pwned)', '{{ "/etc/" }}passwd', ''];
  const timers = names.map(
    (dataset, index) => `  - timer: t${index}\n    every: 1s\n    dataset: ${JSON.stringify(dataset)}\n`,
  );
  const root = makeHome({ a: 'command: [/bin/true]' }, undefined, `timers:\n${timers.join('')}`);
  const { stdout, stderr, code } = await slate(root, ['check']);
  expect(code).not.toBe(70);
  expect(`${stdout}${stderr}`.match(/pipelines\/p\.yaml:\d+/g)?.length).toBeGreaterThanOrEqual(names.length);
});

test('from a program, by the library', async () => {
  const root = await home();
  const board = openBoard(root, 'b');
  for (const dataset of REFUSED) expect(post(board, { dataset })).toMatchObject({ ok: false, refusal: 'name' });
  for (const dataset of ODD) expect(post(board, { dataset })).toMatchObject({ ok: true });
  board.journal.flush();
  for (const name of ['../b', '..', '', 'b/../b', '/b', 'B', 'b\0'])
    expect(() => openBoard(root, name)).toThrow(/board name/);
  expect(datasets(root)).toEqual(sorted(ODD));
});
