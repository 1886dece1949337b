/** Hostile landing zones: what is dropped, and what those who may write there can make of the watcher's own folders. */
import fs from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { checkChecksum } from '../../src/triggers/checksum.ts';
import { tempFolder, until } from '../helpers/home.ts';
import { Home, removeHomes, sha256, zoneOf } from '../triggers/help.ts';
import { fifo, folder, nested, socket, sparse } from './plant.ts';

afterEach(removeHomes);

const ANY = zoneOf({ match: ['*'], dataset: '{{ name }}', complete: { kind: 'stable', forMs: 10 } });

async function settle(at: Home, isOver: () => boolean, what: () => string): Promise<void> {
  const watcher = at.watcher();
  await watcher.start();
  await until(isOver, () => `${what()}\n${at.lines.join('\n')}`);
  await watcher.stop();
}

test('links, pipes, sockets and folders are never followed, waited for or entered', async () => {
  const at = new Home(ANY);
  const out = tempFolder();
  fs.writeFileSync(`${out}/precious`, 'precious');
  const place = (name: string): string => `${at.folder}/${name}`;
  fs.symlinkSync(`${out}/precious`, place('outside'));
  fs.symlinkSync('nowhere', place('dangling'));
  fs.symlinkSync('loop', place('loop'));
  fs.symlinkSync('/dev/zero', place('zero'));
  fs.symlinkSync(out, place('linkedfolder'));
  fs.symlinkSync('../blackboard/hst/board.yaml', place('board'));
  fifo(place('pipe'));
  await socket(place('socket'));
  folder(place('folder'));
  at.write('honest');
  at.write('.hidden');
  fs.linkSync(`${out}/precious`, place('hardlink'));
  const wrong = ['board', 'dangling', 'linkedfolder', 'loop', 'outside', 'pipe', 'socket', 'zero'];
  await settle(
    at,
    () => at.entries().size === 2 && wrong.every((name) => at.names('quarantine').includes(name)),
    () => `${at.names('quarantine')}`,
  );
  expect([...at.entries().keys()].sort()).toEqual(['hardlink', 'honest']);
  for (const name of wrong) expect(at.reason(name)).toMatch(/reason: (link|special)/);
  expect(fs.readFileSync(`${out}/precious`, 'utf8')).toBe('precious');
  expect(at.names('')).toEqual(['.hidden', 'folder']);
});

test('a sparse file of terabytes is moved, not read', async () => {
  const at = new Home(ANY);
  sparse(`${at.folder}/large`, 2 ** 42);
  await settle(
    at,
    () => at.entries().size === 1,
    () => '',
  );
  expect(fs.statSync(`${at.folder}/taken/large`).size).toBe(2 ** 42);
});

test('checksum files that are none', async () => {
  const at = new Home(zoneOf({ complete: { kind: 'checksum', algorithm: 'sha256' } }));
  const good = sha256('x');
  const companions: Readonly<Record<string, string | Buffer>> = {
    binary: Buffer.from([0, 0xff, 0xfe]),
    empty: '',
    short: 'abc',
    other: `${good}  ../../etc/passwd\n`,
    lines: 'y\n'.repeat(400_000),
    large: `${good}\n${'#\n'.repeat(1_000_000)}`,
    wrong: sha256('y'),
  };
  for (const [name, text] of Object.entries(companions)) {
    at.write(`${name}.fits`, 'x');
    at.write(`${name}.fits.sha256`, text);
  }
  at.write('good.fits', 'x');
  at.write('good.fits.sha256', `${good} *folder/../good.fits\n`);
  for (const [name, make] of Object.entries({ pipe: fifo, folder: (path: string) => folder(path) })) {
    at.write(`${name}.fits`, 'x');
    make(`${at.folder}/${name}.fits.sha256`);
  }
  await settle(
    at,
    () =>
      at.entries().size === 1 &&
      Object.keys(companions).every((name) => at.names('quarantine').includes(`${name}.fits`)),
    () => `${at.names('quarantine')}`,
  );
  expect([...at.entries().keys()]).toEqual(['good']);
});

test('a file that becomes a pipe or a link while it is looked at is not waited for', async () => {
  const out = tempFolder();
  fifo(`${out}/pipe`);
  fs.symlinkSync('/dev/zero', `${out}/link`);
  fs.writeFileSync(`${out}/x.sha256`, sha256('x'));
  const { signal } = new AbortController();
  for (const name of ['pipe', 'link'])
    await expect(checkChecksum(`${out}/${name}`, `${out}/x.sha256`, name, 'sha256', signal)).rejects.toThrow();
  for (const name of ['pipe', 'link'])
    await expect(checkChecksum(`${out}/x.sha256`, `${out}/${name}`, name, 'sha256', signal)).rejects.toThrow();
});

/** An intent as a watcher of this zone writes it, with changes. */
function intent(at: Home, changes: Record<string, unknown>): string {
  return JSON.stringify({
    token: 'a'.repeat(16),
    owner: { host: 'elsewhere', pid: 1, bootId: '', pidSpace: '', startTicks: '' },
    board: 'hst',
    name: 'bait',
    dataset: 'bait',
    class: '-',
    rank: 50,
    params: {},
    posted: '20261121T120000',
    input: `${at.folder}/taken/bait`,
    companions: [],
    since: '2026-11-21T12:00:00Z',
    ...changes,
  });
}

test('forged intents make the watcher move, remove and post nothing but files of its own zone', async () => {
  const out = tempFolder();
  const precious = `${out}/precious`;
  fs.writeFileSync(precious, 'precious');
  const ino = String(fs.statSync(precious).ino);
  const forged: readonly ((at: Home) => Record<string, unknown>)[] = [
    () => ({ input: precious }),
    () => ({ input: '/etc/passwd' }),
    () => ({ input: '..' }),
    (at) => ({ input: `${at.folder}/taken/../../../etc/passwd` }),
    (at) => ({ input: `${at.folder}/quarantine/precious`, reject: { from: precious, reason: 'link', why: 'x' } }),
    (at) => ({ input: `${out}/elsewhere`, reject: { from: `${at.folder}/taken/bait`, reason: 'link', why: 'x' } }),
    (at) => ({
      input: `${at.folder}/quarantine/x`,
      reject: { from: `${at.folder}/taken/bait`, reason: '__proto__', why: {} },
    }),
    () => ({ companions: [{ suffix: `/../../..${precious}`, ino }] }),
    () => ({ companions: [{ suffix: 7, ino: {} }, null] }),
    () => ({ token: `x/../../../../../..${out}/moved` }),
    () => ({ token: '..' }),
    () => ({ name: '../bait' }),
    () => ({ name: `../..${precious}` }),
    () => ({ dataset: '../../x', posted: 'never' }),
    () => ({ posted: '../../../x' }),
    () => ({ class: '../x', rank: -1 }),
    () => ({ params: { slate: { dataset: 'other' } } }),
    () => ({ owner: { host: {}, pid: Number.MAX_VALUE } }),
  ];
  for (const [index, changes] of forged.entries()) {
    const at = new Home(ANY);
    for (const name of ['taken', 'quarantine', '.slate']) fs.mkdirSync(`${at.folder}/${name}`);
    fs.writeFileSync(`${at.folder}/taken/precious`, 'bait');
    fs.writeFileSync(`${at.folder}/taken/bait`, 'bait');
    fs.writeFileSync(`${at.folder}/.slate/bait.json`, intent(at, changes(at)));
    at.write('honest');
    await settle(
      at,
      () => at.entries().has('honest') && at.names('.slate').length === 0,
      () => `forgery ${index}: ${at.names('.slate')}`,
    );
    expect(fs.readFileSync(precious, 'utf8'), `forgery ${index}`).toBe('precious');
    expect(fs.readdirSync(out), `forgery ${index}`).toEqual(['precious']);
    for (const inputs of at.entries().values())
      for (const input of inputs)
        expect(input.startsWith(`${at.folder}/taken/`), `forgery ${index}: ${input}`).toBe(true);
  }
}, 120_000);

test('intents that are no files, or no intents, are taken out of the way', async () => {
  const at = new Home(ANY);
  fs.mkdirSync(`${at.folder}/.slate`);
  const place = (name: string): string => `${at.folder}/.slate/${name}`;
  fifo(place('pipe.json'));
  folder(place('folder.json'));
  fs.symlinkSync('/dev/zero', place('zero.json'));
  fs.symlinkSync(at.board.path('board.yaml'), place('link.json'));
  sparse(place('sparse.json'), 2 ** 40);
  fs.writeFileSync(place('deep.json'), nested(200_000));
  fs.writeFileSync(place('null.json'), 'null');
  for (const name of ['pipe', 'folder', 'zero', 'link', 'sparse', 'deep', 'null']) at.write(name);
  await settle(
    at,
    () => at.entries().size === 7 && at.names('.slate').length === 0,
    () => `${at.names('.slate')} ${[...at.entries().keys()]}`,
  );
  expect(fs.existsSync(at.board.path('board.yaml'))).toBe(true);
});

test('own folders that are links are refused with a message, and nothing is moved through them', async () => {
  for (const name of ['taken', 'quarantine', '.slate']) {
    const at = new Home(ANY);
    const out = tempFolder();
    fs.symlinkSync(out, `${at.folder}/${name}`);
    at.write('honest');
    at.write('bad name');
    const watcher = at.watcher();
    await watcher.start();
    expect(at.lines.join('\n')).toContain(`${name}/ is a symbolic link`);
    fs.rmSync(`${at.folder}/${name}`);
    await until(
      () => at.entries().size === 1 && at.names('quarantine').includes('bad name'),
      () => at.lines.join('\n'),
    );
    await watcher.stop();
    expect(fs.readdirSync(out)).toEqual([]);
  }
});

test('what stands in the way in quarantine is left, and another name taken', async () => {
  const at = new Home(ANY);
  fs.mkdirSync(`${at.folder}/quarantine`);
  folder(`${at.folder}/quarantine/a b`);
  fifo(`${at.folder}/quarantine/c d.reason`);
  folder(`${at.folder}/quarantine/e f.reason`);
  fs.symlinkSync('nowhere', `${at.folder}/quarantine/g h.reason`);
  for (const name of ['a b', 'c d', 'e f', 'g h']) at.write(name);
  await settle(
    at,
    () => ['a b', 'c d', 'e f', 'g h'].every((name) => at.names('quarantine').includes(`${name}~2`)),
    () => `${at.names('quarantine')}`,
  );
  expect(fs.existsSync(`${at.folder}/quarantine/a b/inside`)).toBe(true);
});
