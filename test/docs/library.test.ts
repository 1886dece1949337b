import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FILES } from '../../src/cli/scaffold.ts';
import * as library from '../../src/index.ts';
import { homeOf } from '../definitions/home.ts';
import { blocksOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/library.md');

it('the example of docs/library.md is library-example.ts, which the type check knows', () => {
  const example = blocksOf(PAGE).find(({ language }) => language === 'ts')?.text;
  expect(readPage('test/docs/library-example.ts').replace("'../../src/index.ts'", "'slateboard'")).toBe(example);
});

it('the example of docs/library.md runs', async () => {
  const home = homeOf(FILES);
  const said: unknown[][] = [];
  const { log } = console;
  const before = process.env.SLATE_HOME;
  try {
    process.env.SLATE_HOME = home;
    console.log = (...words) => said.push(words);
    await import('./library-example.ts');
  } finally {
    console.log = log;
    if (before === undefined) delete process.env.SLATE_HOME;
    else process.env.SLATE_HOME = before;
  }
  expect(said.at(-1)?.slice(0, 2)).toEqual(['idle', ['moby']]);
  const folder = join(home, 'blackboard/demo/journal');
  const events = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => fs.readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    .map((line) => (JSON.parse(line) as { event: string }).event);
  expect(events).toEqual(expect.arrayContaining(['post', 'hold', 'release', 'publish']));
});

it('docs/library.md names exactly what the library exports', () => {
  const named = rowsBelow(PAGE, 'What there is').flatMap(([names]) =>
    [...(names ?? '').matchAll(/`([A-Za-z]+)/g)].map((match) => match[1] ?? ''),
  );
  expect(named.sort()).toEqual(Object.keys(library).sort());
});
