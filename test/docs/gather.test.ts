import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { parseNeeds } from '../../src/model/needs.ts';
import { homeOf } from '../definitions/home.ts';
import { slateOk } from '../helpers/home.ts';
import { blocksOf, codeOf, filesOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/gather.md');

it('has an example that runs as it is told', async () => {
  const home = homeOf(Object.fromEntries(filesOf(PAGE)));
  expect(loadHome(home).faults.map(formatFault)).toEqual([]);
  fs.chmodSync(join(home, 'tools/combine.sh'), 0o755);
  fs.mkdirSync(join(home, 'blackboard'), { recursive: true });
  const script = blocksOf(PAGE).find(({ text }) => text.startsWith('slate create'));
  for (const line of (script?.text ?? '').trim().split('\n'))
    await slateOk(home, line.replaceAll("'", '').split(' ').slice(1));
  const products = join(home, 'blackboard/mos/products/ngc1');
  const [posted = ''] = fs.readdirSync(products);
  expect(fs.readFileSync(join(products, posted, 'combine.001/mosaic.txt'), 'utf8')).toBe(
    'ngc1_a calibrated\nngc1_b calibrated\nflat7 calibrated\n',
  );
}, 60_000);

it('lists the keys of needs', () => {
  const [needs] = blocksOf(PAGE).filter(({ language, text }) => language === 'yaml' && text.startsWith('members:'));
  expect(typeof parseNeeds(parse(needs?.text ?? ''), Date.UTC(2026, 10, 21, 12))).toBe('object');
  const keys = rowsBelow(PAGE, 'What it can wait for').map(([key]) => codeOf(key));
  const keysOf = (value: unknown): string[] =>
    / keys are (.*)$/.exec(String(parseNeeds(value, 0)))?.[1]?.split(', ') ?? [];
  const inside = (list: string): string[] =>
    keys.filter((key) => key.startsWith(`${list}[].`)).map((key) => key.slice(list.length + 3));
  expect(keys.filter((key) => !key.includes('['))).toEqual(keysOf({ other: 1 }));
  // A list of members is read when it is posted: on the board there are only its members.
  expect(
    inside('members')
      .filter((key) => key !== 'list')
      .sort(),
  ).toEqual(keysOf({ members: [{ other: 1 }] }).sort());
  expect(inside('files').sort()).toEqual(keysOf({ files: [{ other: 1 }] }).sort());
});
