import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { parseProductsTarget, parseViewTarget } from '../../src/model/name.ts';
import { homeOf } from '../definitions/home.ts';
import { slateOk } from '../helpers/home.ts';
import { blocksOf, filesOf, readPage } from './pages.ts';

const PAGE = readPage('docs/transactions.md');

describe('docs/transactions.md', () => {
  it('has an example without a fault, whose commands do what they say', async () => {
    const home = homeOf(Object.fromEntries(filesOf(PAGE)));
    expect(loadHome(home).faults.map(formatFault)).toEqual([]);
    const lines = (blocksOf(PAGE).find(({ language }) => language === 'sh')?.text ?? '').trim().split('\n');
    const told = new Map<string, string>();
    for (const line of lines) {
      const words = line.replace(/ *#.*/, '').split(' ').slice(1);
      told.set(words.join(' '), await slateOk(home, words));
    }
    const board = `${home}/blackboard/night`;
    const folders = ['reduce', 'catalogue', 'report'].map((stage) => `${board}/published/m31/${stage}\n`);
    expect(told.get('products m31')).toBe(folders.join(''));
    expect(told.get('products m31 --stage report')).toBe(folders[2]);
    const said = /# (visible .*)$/m.exec(PAGE)?.[1] ?? '';
    expect(told.get('show m31')).toContain(`  ${said}\n`);
    expect(fs.readdirSync(`${board}/published`)).toEqual([]);
    expect(await slateOk(home, ['show', 'm31'])).toContain('visible   given up');
    expect(await slateOk(home, ['products', 'm31'])).toBe('');
  });

  it('shows links as they are', () => {
    const shown = blocksOf(PAGE).find(({ text }) => text.startsWith('blackboard/night/published/\n'))?.text ?? '';
    const targets = [...shown.matchAll(/-> (\S+)/g)].map(([, target = '']) => target);
    expect(targets).toHaveLength(4);
    const [view = '', ...products] = targets;
    expect(parseViewTarget(view)).toMatchObject({ dataset: 'm31', number: 2 });
    expect(products.map((target) => parseProductsTarget(target)?.stage)).toEqual(['reduce', 'catalogue', 'report']);
  });
});
