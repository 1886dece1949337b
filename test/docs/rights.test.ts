/** docs/rights.md says what each kind of work writes to, and which options of a mount are told of: as the code has it. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { mountFaults } from '../../src/model/mount.ts';
import { WORK_FOLDERS, type Work } from '../../src/model/rights-wanted.ts';

const page = fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/rights.md'), 'utf8');
/** The table under its heads, to the first line that is none of it. */
const table = page.split('| work | commands | writes to |')[1]?.split('\n\n')[0] ?? '';
const rows = [...table.matchAll(/^\| `([a-z]+)` \| (.*?) \| (.*) \|$/gm)].map(
  ([, work = '', commands = '', folders = '']) => ({
    work,
    commands,
    folders,
  }),
);

const named = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

describe('docs/rights.md', () => {
  it('has a row for each kind of work, and no other', () => {
    expect(rows.map(({ work }) => work).sort()).toEqual(Object.keys(WORK_FOLDERS).sort());
  });

  it.each(rows)('tells what $work writes to', ({ work, folders }) => {
    const same = folders.startsWith('the same, and') ? WORK_FOLDERS.run : [];
    // What only some stages need is told behind a semicolon.
    expect([...same, ...named(folders.split(';')[0] ?? '')].sort()).toEqual([...WORK_FOLDERS[work as Work]].sort());
  });

  it.each([
    'soft',
    'softerr',
    'nocto',
    'proto=udp',
    'vers=2',
    'noserverino',
    'nocase',
    'cache=loose',
    'ro',
    'nobarrier',
    'barrier=0',
    'noac',
    'lookupcache=none',
    'nolock',
  ])('tells of the mount option %s', (option) => {
    expect(page).toContain(`\`${option}\``);
    const [name = '', value = ''] = option.split('=');
    const type = ['noserverino', 'nocase', 'cache'].includes(name) ? 'cifs' : 'nfs';
    const mount = { point: '/', type, source: 'x', options: new Map([[name, value]]) };
    expect(mountFaults(mount).map((fault) => fault.option)).toEqual([option]);
  });
});
