import { existsSync, linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withLab } from './lab.ts';

const ab = withLab({ a: '', b: '' });
const T = '20260105T101010';

describe('posts and ids', () => {
  test(
    'a post makes one file with two links, with what is needed to rebuild it inside',
    ab(async (lab) => {
      lab.ok('post', 'x', '--class', 'acs', '--rank', '17', '--param', 'k=v');
      const entry = await lab.at('x', 'w_', 'queue');
      expect([entry.rank, entry.cls, entry.epoch]).toEqual(['17', 'acs', 0]);
      expect(statSync(lab.path(entry)).ino).toBe(statSync(lab.file('ids', 'x')).ino);
      const content = readFileSync(lab.path(entry), 'utf8');
      for (const part of ['17', 'acs', entry.posted, '"k"']) expect(content).toContain(part);
      expect(lab.slate('post', 'x').code).toBe(5);
      expect(readdirSync(lab.file('tmp'))).toEqual([]);
    }),
  );

  test(
    'names that are not allowed are refused with the character, and reach no path',
    ab(async (lab) => {
      for (const [name, character] of [
        ['a@b', '@'],
        ['a/b', '/'],
        ['a;b', ';'],
        ['$(id)', '$'],
      ] as const) {
        const made = lab.slate('post', '--', name);
        expect(made.code).toBe(2);
        expect(made.err).toContain(character);
      }
      for (const name of ['', 'a b', '-x', '.x', 'a'.repeat(129), 'é', 'a\nb']) {
        expect(lab.slate('post', '--', name).code, name).toBe(2);
      }
      expect(lab.names()).toEqual([]);
      expect(readdirSync(lab.file('ids'))).toEqual([]);
    }),
  );

  test(
    'a post in tmp/ with two links is rolled forward, one with a single link is left',
    ab(async (lab) => {
      const content = JSON.stringify({ slate: { dataset: 'x', posted: T, class: '-', rank: 50 }, k: 'v' });
      writeFileSync(lab.file('tmp', `50.${T}.w_.000.-.x`), content);
      linkSync(lab.file('tmp', `50.${T}.w_.000.-.x`), lab.file('ids', 'x'));
      writeFileSync(lab.file('tmp', `50.${T}.w_.000.-.y`), '{}');
      lab.ok('sweep');
      expect(lab.entry('x')?.folder).toBe('queue');
      expect(lab.entry('y')).toBeUndefined();
      expect(existsSync(lab.file('tmp', `50.${T}.w_.000.-.y`))).toBe(true);
      expect(lab.slate('post', 'y').code).toBe(0);
      await lab.runAll();
      await lab.at('x', 'cc', 'done');
    }),
  );

  test(
    'a stage process rolls it forward as well',
    ab(async (lab) => {
      const content = JSON.stringify({ slate: { dataset: 'x', posted: T, class: '-', rank: 50 } });
      writeFileSync(lab.file('tmp', `50.${T}.w_.000.-.x`), content);
      linkSync(lab.file('tmp', `50.${T}.w_.000.-.x`), lab.file('ids', 'x'));
      lab.start();
      await lab.at('x', 'cc', 'done');
    }),
  );

  test(
    'an entry whose file was deleted is reported lost and rebuilt by check --fix',
    ab(async (lab) => {
      lab.ctl('x.b.exit', '4');
      lab.ok('post', 'x', '--class', 'acs', '--rank', '20', '--param', 'k=v');
      await lab.runAll();
      const failed = await lab.at('x', 'cf', 'failed');
      rmSync(lab.path(failed));
      const told = lab.slate('check');
      expect(told.code).toBe(1);
      expect(`${told.out}${told.err}`).toContain('x');
      expect(lab.entries('x')).toEqual([]);
      lab.slate('check', '--fix');
      const back = lab.entries('x')[0];
      expect([back?.posted, back?.rank, back?.cls]).toEqual([failed.posted, '20', 'acs']);
      expect(back?.epoch).toBeGreaterThanOrEqual(failed.epoch);
      expect(lab.links('x')).toBe(2);
      expect(lab.slate('check').code).toBe(0);
      rmSync(`${lab.home}/ctl/x.b.exit`);
      await lab.runAll();
      await lab.at('x', 'cc', 'done');
      expect(lab.stagesRun('x')).toBe('abb');
    }),
  );

  test(
    'a post takes over the link of a lost entry',
    ab(async (lab) => {
      lab.ok('post', 'x');
      rmSync(lab.path(await lab.at('x', 'w_')));
      expect(lab.slate('post', 'x').code).toBe(0);
      expect(lab.entries('x').length).toBe(1);
      expect(lab.links('x')).toBe(2);
    }),
  );

  test(
    'a link left by a crash after done is taken over by the next post',
    ab(async (lab) => {
      lab.ok('post', 'x');
      await lab.runAll();
      const done = await lab.at('x', 'cc', 'done');
      linkSync(lab.path(done), lab.file('ids', 'x'));
      expect(lab.slate('post', 'x').code).toBe(0);
      linkSync(lab.path(done), lab.file('ids', 'stale'));
      expect(lab.links('x')).toBe(2);
      expect(lab.entries('x').length).toBe(2);
    }),
  );

  test(
    'sweep removes the link of an entry that is done',
    ab(async (lab) => {
      lab.ok('post', 'x');
      await lab.runAll();
      linkSync(lab.path(await lab.at('x', 'cc', 'done')), lab.file('ids', 'x'));
      lab.ok('sweep');
      expect(lab.links('x')).toBe(0);
    }),
  );

  test(
    'reprocessing: done, then posted again under another posted time; repipe of the old run is refused with 5',
    ab(async (lab) => {
      lab.ok('post', 'x');
      await lab.runAll();
      lab.ok('post', 'x');
      const [old, young] = lab.entries('x').sort((a, b) => a.posted.localeCompare(b.posted));
      expect(old?.posted).not.toBe(young?.posted);
      expect(old?.letters).toBe('cc');
      expect(lab.slate('repipe', 'x', '--stage', 'a', '--posted', old?.posted ?? '').code).toBe(5);
      expect(
        lab
          .entries('x')
          .map((entry) => entry.letters)
          .sort(),
      ).toEqual(['cc', 'w_']);
      await lab.runAll();
      expect(lab.entries('x').map((entry) => entry.letters)).toEqual(['cc', 'cc']);
      expect(lab.logs('x').length).toBe(4);
      expect(lab.links('x')).toBe(0);
    }),
  );

  test(
    'repipe from done takes the link, so that a post is refused',
    ab(async (lab) => {
      lab.ok('post', 'x');
      await lab.runAll();
      lab.ok('repipe', 'x', '--stage', 'b');
      expect(lab.entry('x')?.letters).toBe('cw');
      expect(lab.links('x')).toBe(2);
      expect(lab.slate('post', 'x').code).toBe(5);
    }),
  );

  test(
    'a done entry sent back by mv after a second post is held as a duplicate',
    ab(async (lab) => {
      lab.ok('post', 'x');
      await lab.runAll();
      const old = await lab.at('x', 'cc', 'done');
      lab.ok('post', 'x', '--hold');
      lab.mv(old, { letters: 'cw', folder: 'active' });
      await lab.runAll();
      const held = lab.entries('x').find((entry) => entry.posted === old.posted);
      expect([held?.letters, held?.tags, held?.folder]).toEqual(['ch', ['2-d'], 'held']);
      expect(lab.stagesRun('x')).toBe('ab');
    }),
  );

  test(
    'removed, then put back by mv: the next claim makes its link',
    ab(async (lab) => {
      lab.ctl('x.b.block');
      lab.ok('post', 'x');
      lab.ok('remove', 'x');
      lab.mv(await lab.at('x', 'w_', 'removed'), { folder: 'queue' });
      lab.start();
      await lab.at('x', 'cp', 'active');
      await lab.runningStep('x', 2);
      expect(lab.links('x')).toBe(2);
    }),
  );

  test(
    'post --after is the file time, and nothing runs before it',
    ab(async (lab) => {
      lab.ok('post', 'x', '--after', '+1h');
      lab.ok('post', 'y');
      const later = await lab.at('x', 'w_', 'queue');
      expect(statSync(lab.path(later)).mtimeMs).toBeGreaterThan(Date.now());
      lab.start();
      await lab.at('y', 'cc', 'done');
      expect(lab.steps('x')).toEqual([]);
    }),
  );

  test(
    'absent datasets are 3, an unknown board is 2',
    ab(async (lab) => {
      expect(lab.slate('show', 'nothing').code).toBe(3);
      expect(lab.slate('repipe', 'nothing').code).toBe(3);
      expect(lab.slate('ls', '--board', 'none').code).toBe(2);
      expect(lab.slate('hold', '--state', 'failed', '--yes').code).toBe(3);
    }),
  );
});
