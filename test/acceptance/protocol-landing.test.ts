import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Lab, until, withLab } from './lab.ts';

const zone = (complete: string): string =>
  `landing:\n  - folder: incoming\n    match: '*.dat'\n    dataset: '{{ name | replace(".dat", "") }}'\n    class: acs\n    complete: ${complete}\n`;
const stable = withLab({ a: '' }, { extra: zone('{stableFor: 200ms}') });
const summed = withLab({ a: '' }, { extra: zone('{checksum: sha256}') });
const signalled = withLab({ a: '' }, { extra: zone("{signal: '.done'}") });

function drop(lab: Lab, name: string, content: string): void {
  mkdirSync(join(lab.home, 'incoming'), { recursive: true });
  writeFileSync(join(lab.home, 'incoming', name), content);
}
const sha = (content: string): string => createHash('sha256').update(content).digest('hex');
const inZone = (lab: Lab, ...parts: string[]): string => join(lab.home, 'incoming', ...parts);

function reasonOf(lab: Lab, name: string): Promise<string> {
  const reason = inZone(lab, 'quarantine', `${name}.reason`);
  const file = inZone(lab, 'quarantine', name);
  return until(`${name} in quarantine`, () => existsSync(reason) && existsSync(file) && readFileSync(reason, 'utf8'));
}

describe('landing zones', () => {
  test(
    'a stable file becomes one entry, also one that came while nobody looked',
    stable(async (lab) => {
      drop(lab, 'early.dat', 'one');
      lab.start();
      const done = await lab.at('early', 'c', 'done');
      expect(done.cls).toBe('acs');
      expect(readFileSync(inZone(lab, 'taken', 'early.dat'), 'utf8')).toBe('one');
      const content = JSON.parse(readFileSync(lab.path(done), 'utf8')) as { input?: string };
      expect(content.input).toBe(inZone(lab, 'taken', 'early.dat'));
      drop(lab, 'late.dat', 'two');
      await lab.at('late', 'c', 'done');
      expect(lab.entries().length).toBe(2);
    }),
  );

  test(
    'unmatched names, names that are not allowed, links and duplicates go to quarantine with the reason',
    stable(async (lab) => {
      lab.ok('post', 'twice', '--hold');
      drop(lab, 'twice.dat', 'x');
      drop(lab, 'what.txt', 'x');
      drop(lab, 'a b.dat', 'x');
      symlinkSync('what.txt', inZone(lab, 'link.dat'));
      drop(lab, '.hidden.dat', 'x');
      lab.start();
      expect(await reasonOf(lab, 'twice.dat')).toContain('duplicate');
      expect(await reasonOf(lab, 'what.txt')).toContain('unmatched');
      expect(await reasonOf(lab, 'a b.dat')).toContain('name');
      await until('the link in quarantine', () => existsSync(inZone(lab, 'quarantine', 'link.dat.reason')));
      expect(existsSync(inZone(lab, '.hidden.dat'))).toBe(true);
      expect(lab.entries().map((entry) => entry.dataset)).toEqual(['twice']);
    }),
  );

  test(
    'a duplicate of a finished dataset is a new run; what was repaired in quarantine is judged anew',
    stable(async (lab) => {
      lab.start();
      drop(lab, 'x.dat', 'one');
      await lab.at('x', 'c', 'done');
      drop(lab, 'bad name.dat', 'y');
      await reasonOf(lab, 'bad name.dat');
      renameSync(inZone(lab, 'quarantine', 'bad name.dat'), inZone(lab, 'good.dat'));
      await lab.at('good', 'c', 'done');
      drop(lab, 'x.dat', 'two');
      await until('two runs of x', () => lab.entries('x').filter((entry) => entry.letters === 'c').length === 2);
      const taken = readdirSync(inZone(lab, 'taken')).map((name) => readFileSync(inZone(lab, 'taken', name), 'utf8'));
      expect(taken.sort()).toEqual(['one', 'two', 'y']);
    }),
  );

  test(
    'sha256: right ones are taken when both are there, wrong ones go to quarantine',
    summed(async (lab) => {
      drop(lab, 'good.dat', 'good');
      drop(lab, 'bad.dat', 'bad');
      drop(lab, 'bad.dat.sha256', `${sha('other')}  bad.dat\n`);
      lab.start();
      expect(await reasonOf(lab, 'bad.dat')).toContain('checksum');
      expect(lab.entries()).toEqual([]);
      drop(lab, 'good.dat.sha256', `${sha('good')}  good.dat\n`);
      await lab.at('good', 'c', 'done');
      expect(lab.entries().length).toBe(1);
      expect(existsSync(inZone(lab, 'good.dat'))).toBe(false);
    }),
  );

  test(
    'signal: not taken before its signal file',
    signalled(async (lab) => {
      drop(lab, 'x.dat', 'half');
      drop(lab, 'y.dat', 'y');
      drop(lab, 'y.dat.done', '');
      lab.start();
      await lab.at('y', 'c', 'done');
      expect(lab.entries('x')).toEqual([]);
      drop(lab, 'x.dat', 'half and half');
      drop(lab, 'x.dat.done', '');
      await lab.at('x', 'c', 'done');
      expect(readFileSync(inZone(lab, 'taken', 'x.dat'), 'utf8')).toBe('half and half');
    }),
  );

  test(
    'its process is killed three times while files come: every file exactly one entry',
    withLab(
      { a: '' },
      { extra: zone('{stableFor: 200ms}'), lease: '1s' },
    )(async (lab) => {
      for (let round = 0; round < 3; round += 1) {
        for (let index = 0; index < 8; index += 1) drop(lab, `r${round}i${index}.dat`, `${round}`);
        const runner = lab.start();
        await until('a first one of the round', () =>
          lab.entries().some((entry) => entry.dataset.startsWith(`r${round}`)),
        );
        runner.child.kill('SIGKILL');
        await runner.exited;
      }
      lab.start('--slots', '2');
      await until('all runs have ended or failed', () => {
        const over = lab.entries().filter((entry) => entry.letters === 'c' || entry.letters === 'f');
        return over.length === 24;
      });
      expect(new Set(lab.entries().map((entry) => entry.dataset)).size).toBe(24);
      expect(lab.entries().length).toBe(24);
      expect(readdirSync(inZone(lab, 'taken')).length).toBe(24);
      expect(readdirSync(inZone(lab, 'quarantine'))).toEqual([]);
    }),
  );
});
