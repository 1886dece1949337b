import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeFs } from '../../src/board/fs.ts';
import { post } from '../../src/board/post.ts';
import { formatPosted } from '../../src/model/name.ts';
import { Hints } from '../../src/triggers/hints.ts';
import { type LandingWatcher, startLanding } from '../../src/triggers/landing.ts';
import { countingFs } from './counting-fs.ts';
import { Home, pipelineOf, removeHomes, sha256, zoneOf } from './help.ts';

const BOUND = { timeout: 20_000, interval: 10 };
const checksum = { kind: 'checksum', algorithm: 'sha256' } as const;
let watchers: LandingWatcher[] = [];

beforeEach(() => {
  watchers = [];
});
afterEach(async () => {
  await Promise.all(watchers.map((watcher) => watcher.stop()));
  removeHomes();
});

async function watch(home: Home, ...args: Parameters<Home['watcher']>): Promise<LandingWatcher> {
  const watcher = home.watcher(...args);
  watchers.push(watcher);
  await watcher.start();
  return watcher;
}

const until = (check: () => void) => vi.waitFor(check, BOUND);

describe('a landing zone', () => {
  it('takes what arrived while nobody looked, and what comes later, with its path as input', async () => {
    const home = new Home(zoneOf({ params: { file: '{{ name }}' } }));
    home.write('early.fits');
    const watcher = await watch(home);
    home.write('late.fits');
    await until(() => expect(home.entries().size).toBe(2));
    expect(home.entries()).toEqual(
      new Map([
        ['early', [join(home.folder, 'taken/early.fits')]],
        ['late', [join(home.folder, 'taken/late.fits')]],
      ]),
    );
    expect(fs.readFileSync(join(home.folder, 'taken/late.fits'), 'utf8')).toBe('content of late.fits');
    await until(() => expect(watcher.pending()).toBe(0));
    expect(home.names('.slate')).toEqual([]);
    expect(watcher.state()).toMatchObject({ holder: true, taken: 2, quarantined: 0, waiting: 0 });
    const [file = ''] = fs.readdirSync(home.board.path('queue')).filter((name) => name.includes('early'));
    expect(JSON.parse(fs.readFileSync(home.board.path(`queue/${file}`), 'utf8'))).toMatchObject({ file: 'early.fits' });
  });

  it('does not take a file that still grows', async () => {
    const home = new Home();
    let clock = 0;
    const { board, zone, log } = home;
    const { LandingWatcher } = await import('../../src/triggers/landing.ts');
    const tuning = { lookMs: 1 };
    const watcher = new LandingWatcher({ board, zone, index: 0, log, tuning, now: () => clock });
    watchers.push(watcher);
    home.write('a.fits', '1');
    await watcher.start();
    clock += 30;
    fs.appendFileSync(join(home.folder, 'a.fits'), '2');
    await until(() => expect(watcher.pending()).toBe(1));
    clock += 30;
    const before = watcher.state().lastScan ?? 0;
    await until(() => expect(watcher.state().lastScan).toBeGreaterThan(before + 20));
    // 60 ms since the first look, 30 since the change, and 40 are needed.
    expect(home.entries().size).toBe(0);
    clock += 40;
    await until(() => expect(home.entries().size).toBe(1));
  });

  it('judges checksums: right is taken with its checksum file, wrong goes to quarantine with it', async () => {
    const home = new Home(zoneOf({ complete: checksum }));
    home.write('good.fits', 'good');
    home.write('good.fits.sha256', `${sha256('good')}  good.fits\n`);
    home.write('bad.fits', 'bad');
    home.write('bad.fits.sha256', sha256('other'));
    home.write('lone.fits', 'lone');
    const watcher = await watch(home);
    await until(() => expect(home.names('quarantine')).toEqual(['bad.fits', 'bad.fits.reason', 'bad.fits.sha256']));
    await until(() => expect(home.names('taken')).toEqual(['good.fits', 'good.fits.sha256']));
    expect(home.reason('bad.fits')).toContain(`reason: checksum\nwhat: its sha256 is ${sha256('bad')}, and`);
    expect(home.reason('bad.fits')).toContain('to do: Copy the file');
    // What waits for its sender holds nobody up.
    await until(() => expect(watcher.pending()).toBe(0));
    expect(home.names('')).toEqual(['lone.fits']);
    expect(watcher.state()).toMatchObject({ waiting: 1, taken: 1, quarantined: 1 });
    home.write('lone.fits.sha256', sha256('lone'));
    await until(() => expect([...home.entries().keys()].sort()).toEqual(['good', 'lone']));
  });

  it('waits for the signal file, and takes it along', async () => {
    const home = new Home(zoneOf({ complete: { kind: 'signal', suffix: '.done' } }));
    home.write('a.fits');
    home.write('orphan.fits.done');
    await watch(home);
    await until(() => expect(home.reason('orphan.fits.done')).toContain('reason: orphan'));
    expect(home.entries().size).toBe(0);
    home.write('a.fits.done', '');
    await until(() => expect(home.names('taken')).toEqual(['a.fits', 'a.fits.done']));
    await until(() => expect(home.entries().size).toBe(1));
  });

  it('puts hostile names into quarantine, saying which character is wrong', async () => {
    const home = new Home(zoneOf({ match: ['*'], dataset: '{{ name }}', complete: { kind: 'stable', forMs: 1 } }));
    const long = 'ä'.repeat(127);
    for (const name of ['a b', 'a\nb', '$(reboot)', '-rf', '日本', long]) home.write(name);
    await watch(home);
    await until(() => expect(home.names('')).toEqual([]));
    expect(home.entries().size).toBe(0);
    expect(home.reason('a b')).toContain('a space (U+0020) (character 2)');
    expect(home.reason('a\nb')).toContain('file: "a\\nb"\nreason: name\nwhat: a dataset may not contain U+000A');
    expect(home.reason('-rf')).toContain("begin with '-'");
    expect(home.names('quarantine')).toContain(long);
    expect(home.names('quarantine').filter((name) => name.endsWith('.reason'))).toHaveLength(6);
  });

  it('takes a name of 255 bytes whose dataset is short', async () => {
    const name = `x_${'y'.repeat(248)}.fits`;
    const home = new Home(zoneOf({ pattern: '^(?<id>[^_]+)_', dataset: '{{ groups.id }}' }));
    home.write(name);
    await watch(home);
    await until(() => expect(home.entries()).toEqual(new Map([['x', [join(home.folder, 'taken', name)]]])));
  });

  it('never follows a link nor reads a pipe, and leaves folders and dot files alone', async () => {
    const home = new Home(zoneOf({ match: ['*'] }));
    const secret = join(home.home, 'secret.fits');
    fs.writeFileSync(secret, 'secret');
    fs.symlinkSync(secret, join(home.folder, 'link.fits'));
    execFileSync('mkfifo', [join(home.folder, 'pipe.fits')]);
    fs.mkdirSync(join(home.folder, 'sub.fits'));
    home.write('.a.fits.rsync');
    await watch(home);
    await until(() => expect(home.reason('link.fits')).toContain('reason: link'));
    await until(() => expect(home.reason('pipe.fits')).toContain('reason: special'));
    expect(home.names('')).toEqual(['.a.fits.rsync', 'sub.fits']);
    expect(fs.readFileSync(secret, 'utf8')).toBe('secret');
    expect(home.entries().size).toBe(0);
  });

  it('gives an unmatched name time to be renamed', async () => {
    const home = new Home();
    home.write('a.fits.part');
    home.write('readme.txt');
    await watch(home, { orphanMs: 1e9 });
    await until(() => expect(home.reason('readme.txt')).toContain('reason: unmatched\nwhat: no pattern of the zone'));
    expect(home.names('')).toEqual(['a.fits.part']);
    fs.renameSync(join(home.folder, 'a.fits.part'), join(home.folder, 'a.fits'));
    await until(() => expect(home.entries().has('a')).toBe(true));
  });

  it('refuses a dataset that is on the board, each copy under a name of its own', async () => {
    const home = new Home();
    post(home.board, { dataset: 'a', class: 'acs' });
    await watch(home);
    for (const [index, name] of ['a.fits', 'a.fits~2'].entries()) {
      home.write('a.fits', `copy ${index}`);
      await until(() =>
        expect(home.reason(name)).toContain('reason: duplicate\nwhat: dataset a is on the board already'),
      );
    }
    expect(home.entries()).toEqual(new Map([['a', ['undefined']]]));
    expect(fs.readFileSync(join(home.folder, 'quarantine/a.fits'), 'utf8')).toBe('copy 0');
  });

  it('takes a finished dataset again, and overwrites nothing in taken', async () => {
    const home = new Home();
    const watcher = await watch(home);
    home.write('a.fits', 'first');
    await until(() => expect(home.entries().size).toBe(1));
    await until(() => expect(watcher.pending()).toBe(0));
    const [entry = ''] = fs.readdirSync(home.board.path('queue'));
    fs.mkdirSync(home.board.path('done/2026-11-21'));
    fs.renameSync(home.board.path(`queue/${entry}`), home.board.path(`done/2026-11-21/${entry.replace('.w.', '.c.')}`));
    fs.unlinkSync(home.board.path('ids/a'));
    home.write('a.fits', 'second');
    await until(() => expect(home.entries().get('a')).toHaveLength(2));
    expect(home.entries().get('a')?.sort()).toEqual(
      ['a.fits', 'a.fits~2'].map((name) => join(home.folder, 'taken', name)),
    );
    expect(fs.readFileSync(join(home.folder, 'taken/a.fits'), 'utf8')).toBe('first');
  });

  it('puts a file back out of taken when no stage serves its class', async () => {
    const home = new Home(zoneOf({ complete: checksum }));
    const served = { classes: ['wfc3'], retries: 0 };
    home.board.useStages(new Map([['verify', served as never]]));
    home.write('a.fits', 'a');
    home.write('a.fits.sha256', sha256('a'));
    await watch(home);
    await until(() =>
      expect(home.reason('a.fits')).toContain("reason: class\nwhat: no stage of this board serves class 'acs'"),
    );
    expect(home.names('quarantine')).toEqual(['a.fits', 'a.fits.reason', 'a.fits.sha256']);
    await until(() => expect(home.names('.slate')).toEqual([]));
    expect(home.names('taken')).toEqual([]);
  });

  it('leaves a name that is no UTF-8 alone, and says so once', async () => {
    const home = new Home();
    fs.writeFileSync(Buffer.concat([Buffer.from(`${home.folder}/`), Buffer.from([0x66, 0xff, 0x2e])]), 'x');
    const watcher = await watch(home);
    home.write('a.fits');
    await until(() => expect(home.entries().size).toBe(1));
    await until(() => expect(watcher.pending()).toBe(0));
    expect(home.lines.filter((line) => line.includes('landing-name'))).toHaveLength(1);
  });

  it('keeps what a full disk refuses, says so once, and goes on when there is space', async () => {
    const home = new Home();
    let full = true;
    const board = home.open({
      fs: countingFs(nodeFs, (_call, what, path) => {
        if (!full || what !== 'create' || !path.includes('/hst/tmp/')) return;
        throw Object.assign(new Error('ENOSPC'), { errno: -28, code: 'ENOSPC' });
      }),
    });
    home.write('a.fits');
    const watcher = await watch(home, {}, board);
    await until(() => expect(watcher.state().trouble).toContain('no space left'));
    const seen = watcher.state().lastScan ?? 0;
    await until(() => expect(watcher.state().lastScan).toBeGreaterThan(seen));
    expect(watcher.pending()).toBeGreaterThan(0);
    expect(home.names('taken')).toEqual(['a.fits']);
    full = false;
    await until(() => expect(home.entries()).toEqual(new Map([['a', [join(home.folder, 'taken/a.fits')]]])));
    await until(() => expect(watcher.state()).not.toHaveProperty('trouble'));
    expect(home.lines.filter((line) => /landing-(trouble|over)/.test(line)).map((line) => line.split(' ')[1])).toEqual([
      'landing-trouble',
      'landing-over',
    ]);
  });

  it('says what is wrong with a folder that can not be made, and goes on once it can', async () => {
    const home = new Home();
    fs.rmdirSync(home.folder);
    fs.writeFileSync(home.folder, 'in the way');
    const watcher = await watch(home);
    expect(home.lines.join()).toContain(`landing-folder ${home.folder}: ${home.folder} can't be made: `);
    expect(watcher.state().trouble).toContain("can't be made");
    fs.unlinkSync(home.folder);
    fs.mkdirSync(home.folder);
    home.write('a.fits');
    await until(() => expect(home.entries().size).toBe(1));
  });

  it('one watcher holds the role, and hands it on when it stops', async () => {
    const home = new Home();
    const first = await watch(home);
    const second = await watch(home);
    expect([first.state().holder, second.state().holder]).toEqual([true, false]);
    await first.stop();
    await until(() => expect(second.state().holder).toBe(true));
    home.write('a.fits');
    await until(() => expect(home.entries().size).toBe(1));
  });

  it('two zones of one folder leave each other alone', async () => {
    const zones = [
      zoneOf({ complete: { kind: 'stable', forMs: 20 } }),
      zoneOf({
        match: ['*.raw'],
        dataset: '{{ name | replace(".raw", "") }}',
        complete: { kind: 'signal', suffix: '.done' },
      }),
    ];
    const home = new Home(zones[0]);
    watchers = await startLanding(home.board, pipelineOf(zones), home.log);
    expect(watchers).toHaveLength(2);
    for (const name of ['a.fits', 'b.raw', 'b.raw.done', 'c.raw', 'other.txt']) home.write(name);
    await until(() => expect(home.reason('other.txt')).toContain('unmatched'));
    await until(() => expect([...home.entries().keys()].sort()).toEqual(['a', 'b']));
    expect(home.names('')).toEqual(['c.raw']);
  });

  it("another run of the same second is not taken for the file's own", async () => {
    const home = new Home();
    const posted = formatPosted(home.board.now());
    post(home.board, { dataset: 'a', class: 'acs', posted, params: { input: '/elsewhere/a.fits' } });
    const [entry = ''] = fs.readdirSync(home.board.path('queue'));
    fs.mkdirSync(home.board.path('removed/2026-11-21'));
    fs.renameSync(home.board.path(`queue/${entry}`), home.board.path(`removed/2026-11-21/${entry}`));
    fs.unlinkSync(home.board.path('ids/a'));
    const input = join(home.folder, 'taken/a.fits');
    for (const folder of ['taken', '.slate']) fs.mkdirSync(join(home.folder, folder));
    fs.writeFileSync(input, 'a');
    const owner = { host: 'gone', pid: 1, bootId: 'x', pidSpace: 'y', startTicks: '1' };
    const named = { name: 'a.fits', dataset: 'a', class: 'acs', rank: 50, params: {}, input };
    const intent = { token: 'ab', owner, board: 'hst', ...named, posted, companions: [], since: 'then' };
    fs.writeFileSync(join(home.folder, '.slate/a.fits.json'), JSON.stringify(intent));
    await watch(home);
    await until(() => expect(home.entries().get('a')?.sort()).toEqual(['/elsewhere/a.fits', input].sort()));
    await until(() => expect(home.names('.slate')).toEqual([]));
    expect(home.lines.join('\n')).toContain('landing-recovered');
  });

  it('removes a damaged intent and judges the file anew', async () => {
    const home = new Home();
    fs.mkdirSync(join(home.folder, '.slate'));
    fs.writeFileSync(join(home.folder, '.slate/a.fits.json'), '{"token": "ab", "na');
    home.write('a.fits');
    await watch(home);
    await until(() => expect(home.entries().size).toBe(1));
    expect(home.lines.filter((line) => line.includes('landing-damaged-intent'))).toHaveLength(1);
  });
});

describe('Hints', () => {
  it.each(['chokidar', 'many'] as const)('%s tells of a new file, and not after it was closed', async (kind) => {
    const home = new Home();
    let hints = 0;
    const onTrouble = (error: unknown) => expect.unreachable(String(error));
    const watched = new Hints({ folder: home.folder, polling: () => false, onHint: () => void hints++, onTrouble });
    await watched.use(kind);
    let files = 0;
    await until(() => {
      home.write(`${++files}.fits`);
      expect(hints).toBeGreaterThan(0);
    });
    await watched.close();
    const before = hints;
    home.write('last.fits');
    await new Promise((resolve) => setImmediate(resolve));
    expect(hints).toBe(before);
    expect(watched.kind).toBe('none');
  });

  it('has none for a full folder that must be polled', async () => {
    const home = new Home();
    const watched = new Hints({ folder: home.folder, polling: () => true, onHint: vi.fn(), onTrouble: vi.fn() });
    await watched.use('many');
    expect(watched.kind).toBe('none');
  });
});
