import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { nodeFs } from '../../src/board/fs.ts';
import { countingFs } from './counting-fs.ts';
import { BOARD, Home, QUICK, removeHomes, sha256, zoneOf } from './help.ts';
import type { FixtureOptions } from './watch-fixture.ts';

const BOUND = { timeout: 30_000, interval: 20 };
const checksum = { kind: 'checksum', algorithm: 'sha256' } as const;
const until = (check: () => void) => vi.waitFor(check, BOUND);

let bundled = '';
let program = '';
const children = new Set<ChildProcess>();

beforeAll(async () => {
  bundled = fs.mkdtempSync(join(tmpdir(), 'slate-landing-program-'));
  program = join(bundled, 'watch.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'watch-fixture.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
});
afterEach(async () => {
  await Promise.all([...children].map((child) => kill(child)));
  removeHomes();
});
afterAll(() => fs.rmSync(bundled, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<NodeJS.Signals | number | null>;
  said(): string;
}

function start(home: Home, options: Partial<FixtureOptions> = {}): Started {
  const usual = { home: home.home, board: BOARD, zone: home.zone, tuning: QUICK, untilIdle: false };
  const child = spawn(process.execPath, [program, JSON.stringify({ ...usual, ...options })]);
  children.add(child);
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text;
  });
  child.stderr.resume();
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on('exit', (code, signal) => {
      children.delete(child);
      resolve(signal ?? code);
    });
  });
  return { child, ended, said: () => said };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** One good file, one that no stage serves (known only after it was moved), one with a wrong checksum. */
function deliver(home: Home): void {
  home.write('good.fits', 'good');
  home.write('good.fits.sha256', sha256('good'));
  home.write('odd.fits', 'odd');
  home.write('odd.fits.sha256', sha256('odd'));
  home.write('wrong.fits', 'wrong');
  home.write('wrong.fits.sha256', sha256('right'));
}

function expectDelivered(home: Home): void {
  expect(home.entries()).toEqual(new Map([['good', [join(home.folder, 'taken/good.fits')]]]));
  expect(home.names('')).toEqual([]);
  expect(home.names('.slate')).toEqual([]);
  expect(home.names('taken')).toEqual(['good.fits', 'good.fits.sha256']);
  const parts = (name: string): string[] => [name, `${name}.reason`, `${name}.sha256`];
  expect(home.names('quarantine')).toEqual([...parts('odd.fits'), ...parts('wrong.fits')]);
  expect(home.reason('odd.fits')).toContain('reason: class');
  expect(home.reason('wrong.fits')).toMatch(/reason: checksum\n.*\nwhen: .*\nzone: .*\nto do: .*\n$/);
  // The link of the entry, and nothing of the post is left behind.
  expect(fs.readdirSync(home.board.path('ids'))).toEqual(['good']);
  expect(fs.readdirSync(home.board.path('tmp'))).toEqual([]);
}

const CRASH_ZONE = zoneOf({ complete: checksum, class: '{{ "odd" if name == "odd.fits" else "acs" }}' });
/** The fixture does the same. */
const SERVED = new Map([['verify', { classes: ['acs'], retries: 0 } as never]]);

describe('a crash of the watcher', () => {
  it('killed before any call that changes the disk, it leaves what the next one makes one entry of', async () => {
    const deaths: number[] = [];
    for (let dieAt = 1; ; dieAt++) {
      const home = new Home(CRASH_ZONE);
      home.board.useStages(SERVED);
      deliver(home);
      const first = start(home, { dieAt, untilIdle: true, tuning: { ...QUICK, lock: false } });
      const end = await first.ended;
      if (end === 0) {
        expect(first.said()).toBe('watching\nidle\n');
        expectDelivered(home);
        break;
      }
      expect(end).toBe('SIGKILL');
      deaths.push(dieAt);
      // A grace that never ends: it is the kernel who says that the first watcher is dead. A torn intent has no owner to ask for.
      const second = home.watcher({ graceMs: 1e9, lock: false });
      await second.start();
      await until(() => expectDelivered(home));
      await second.stop();
      removeHomes();
    }
    // Intent, sync, moves, post (write, link, rename), intent removed, reason, quarantine: fewer would mean that calls were missed.
    expect(deaths.length).toBeGreaterThan(25);
  });

  it('a disk that refuses everything from any call on leaves the same, for a watcher that only waits for the grace', async () => {
    let refusals = 0;
    for (let dieAt = 1; ; dieAt++) {
      const home = new Home(CRASH_ZONE);
      home.board.useStages(SERVED);
      deliver(home);
      let refused = false;
      const dying = countingFs(nodeFs, (call) => {
        if (call < dieAt) return;
        refused = true;
        throw Object.assign(new Error('EIO'), { errno: -5, code: 'EIO' });
      });
      const board = home.open({ fs: dying });
      board.useStages(SERVED);
      const first = home.watcher({ lock: false }, board);
      await first.start();
      await until(() => expect(refused || first.pending() === 0).toBe(true));
      await first.stop();
      if (!refused) break;
      refusals++;
      const second = home.watcher({ lock: false });
      await second.start();
      await until(() => expectDelivered(home));
      await second.stop();
      removeHomes();
    }
    expect(refusals).toBeGreaterThan(25);
  });

  it('is noticed by a watcher that waited for the role, which goes on', async () => {
    const home = new Home();
    const first = start(home);
    await until(() => expect(first.said()).toBe('watching\n'));
    const second = home.watcher();
    await second.start();
    expect(second.state().holder).toBe(false);
    await kill(first.child);
    home.write('a.fits');
    await until(() => expect(second.state().holder).toBe(true));
    await until(() => expect(home.entries().size).toBe(1));
    await second.stop();
  });
});

describe('many files', () => {
  it('two watchers at once on one zone, without the lock: one entry a file', async () => {
    const home = new Home(zoneOf({ complete: { kind: 'stable', forMs: 10 } }));
    const tuning = { ...QUICK, lookMs: 5, graceMs: 40, lock: false };
    const programs = [start(home, { tuning }), start(home, { tuning })];
    await until(() => expect(programs.map(({ said }) => said())).toEqual(['watching\n', 'watching\n']));
    const datasets = Array.from({ length: 120 }, (_, index) => `f${index}`);
    for (const dataset of datasets) home.write(`${dataset}.fits`);
    await until(() => expect(home.names('')).toEqual([]));
    await until(() => expect(home.names('.slate')).toEqual([]));
    expect(home.names('quarantine')).toEqual([]);
    const wanted = datasets.map((dataset) => [dataset, [join(home.folder, 'taken', `${dataset}.fits`)]] as const);
    expect(home.entries()).toEqual(new Map(wanted));
  });

  it('300 files copied slowly, some in two halves with a pause, some with wrong checksums, while its process is killed and started three times: every good file exactly one entry, every bad one in quarantine with its reason', async () => {
    const home = new Home(zoneOf({ complete: checksum }));
    // Long enough that a pause between two halves is not taken for the end.
    const tuning = { ...QUICK, lookMs: 20, wrongMs: 3_000 };
    const isBad = (index: number): boolean => index % 10 === 3;
    const inHalves = (index: number): boolean => index % 4 === 1;
    const datasets = Array.from({ length: 300 }, (_, index) => `f${String(index).padStart(3, '0')}`);
    let copied = 0;
    const copy = async (): Promise<void> => {
      for (const [index, dataset] of datasets.entries()) {
        const content = `${dataset} `.repeat(200);
        const half = inHalves(index) ? 500 : content.length;
        home.write(`${dataset}.fits`, content.slice(0, half));
        home.write(`${dataset}.fits.sha256`, `${sha256(isBad(index) ? 'else' : content)}  ${dataset}.fits\n`);
        await new Promise((resolve) => setTimeout(resolve, inHalves(index) ? 60 : 8));
        fs.appendFileSync(join(home.folder, `${dataset}.fits`), content.slice(half));
        copied = index + 1;
      }
    };
    let watching = start(home, { tuning });
    const copying = copy();
    let kills = 0;
    for (const goal of [40, 110, 190]) {
      await until(() => expect(home.entries().size).toBeGreaterThanOrEqual(goal));
      await kill(watching.child);
      kills++;
      expect(await watching.ended).toBe('SIGKILL');
      watching = start(home, { tuning });
    }
    await copying;
    expect([copied, kills]).toEqual([300, 3]);
    await until(() => expect(home.names('')).toEqual([]));
    await until(() => expect(home.names('.slate')).toEqual([]));

    const good = datasets.filter((_, index) => !isBad(index));
    const bad = datasets.filter((_, index) => isBad(index));
    const wanted = good.map((dataset) => [dataset, [join(home.folder, 'taken', `${dataset}.fits`)]] as const);
    expect(home.entries()).toEqual(new Map(wanted));
    for (const dataset of good) {
      expect(fs.readFileSync(join(home.folder, 'taken', `${dataset}.fits`), 'utf8')).toBe(`${dataset} `.repeat(200));
    }
    const parts = (dataset: string): string[] => ['', '.reason', '.sha256'].map((end) => `${dataset}.fits${end}`);
    expect(home.names('quarantine')).toEqual(bad.flatMap(parts));
    for (const dataset of bad) expect(home.reason(`${dataset}.fits`)).toContain('reason: checksum');
  });
});
