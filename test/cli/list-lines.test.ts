/** Lines from bare names say what the entry taken apart says. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bench, type Home } from './helper.ts';

let bench: Bench;
let home: Home;
beforeAll(async () => {
  bench = await Bench.make();
  home = await bench.home().create();
  fs.mkdirSync(home.path('done/2026-11-21'), { recursive: true });
  fs.mkdirSync(home.path('removed/2026-11-20'), { recursive: true });
  for (const path of [
    'queue/50.20261121T120000.w__.000.-.plain',
    'queue/05.20261121T120000.w_h.000.acs.first@3-o',
    'active/50.20261121T120000.c2_.1234.-.tried',
    'active/50.20261121T120000.cp_.002.-.running@2-k3f1-2-3',
    'active/50.20261121T120000.cp_.002.-.unclaimed',
    'active/50.20261121T120000.ce_.002.-.publishing@2-k3f1-2-1',
    'failed/50.20261121T120000.cf_.002.-.bad@2-x2',
    'failed/50.20261121T120000.cf_.002.-.worse@2-s9',
    'failed/50.20261121T120000.cf_.002.-.unknown',
    'held/50.20261121T120000.w__.000.-.same',
    'queue/50.20261121T120000.w__.000.-.same',
    'done/2026-11-21/50.20261121T120000.ccs.003.-.over',
    'removed/2026-11-20/50.20261120T120000.ccf.003.-.away@3-t',
    'queue/50.20261121T120000.w__.000.-',
    'queue/.hidden',
  ])
    fs.writeFileSync(home.path(path), '');
});
afterAll(() => bench.remove());

it('--tsv and --json tell the same', async () => {
  const { entries } = await home.json('ls', '--all');
  const lines = (await home.done('ls', '--all', '--tsv')).trimEnd().split('\n');
  expect(lines).toHaveLength(13);
  const told = lines.map((line) => {
    const [dataset, posted, cls, rank, state, letters, at, nth, cause, process, epoch, , folder, name] =
      line.split('\t');
    return {
      dataset,
      posted,
      class: cls,
      rank: Number(rank),
      state,
      letters,
      at,
      nth,
      cause,
      process,
      epoch,
      folder,
      name,
    };
  });
  interface Stage {
    readonly stage: string;
    readonly try?: number;
    readonly cause?: string;
    readonly process?: string;
  }
  expect(told).toEqual(
    entries.map((entry: Record<string, unknown> & { at: string[]; stages: Stage[] }) => ({
      dataset: entry.dataset,
      posted: entry.posted,
      class: entry.class,
      rank: entry.rank,
      state: entry.state,
      letters: entry.letters,
      at: entry.at.join(','),
      nth: String(
        Math.max(0, ...entry.stages.filter(({ stage }) => entry.at.includes(stage)).map((one) => one.try ?? 0)),
      ),
      cause: entry.stages.flatMap((one) => (one.cause === undefined ? [] : [`${one.stage}:${one.cause}`])).join(','),
      process: entry.stages.flatMap((one) => one.process ?? []).join(','),
      epoch: String(entry.epoch).padStart(3, '0'),
      folder: entry.folder,
      name: entry.name,
    })),
  );
  expect(entries.map(({ name }: { name: string }) => name)).toEqual(
    entries.map(({ name }: { name: string }) => name).sort(),
  );
  expect(
    entries
      .filter(({ dataset }: { dataset: string }) => dataset === 'same')
      .map(({ folder }: { folder: string }) => folder),
  ).toEqual(['held', 'queue']);
});

it('lines for people tell tries and notes of each by its own tags', async () => {
  const { stdout, stderr } = await home.slate('ls', '--all');
  const [head = '', ...lines] = stdout.trimEnd().split('\n');
  expect(stderr).toContain('1 file is no entry');
  const by = new Map(lines.map((line) => [line.split(' ')[0], line]));
  const noteAt = head.indexOf('NOTE');
  const note = (dataset: string): string => (by.get(dataset) ?? '').slice(noteAt);
  expect(['plain', 'unknown', 'over'].map(note)).toEqual(['', '', '']);
  expect(['bad', 'worse'].map(note)).toEqual(['exit code 2', 'killed by signal 9']);
  expect(['running', 'publishing', 'unclaimed'].map(note)).toEqual([
    'k3f1',
    'k3f1 publishing',
    'no process has claimed it',
  ]);
  const tryAt = head.indexOf('TRY');
  const nth = (dataset: string): string => (by.get(dataset) ?? '').slice(tryAt, tryAt + 3).trim();
  expect(['running', 'unclaimed', 'tried', 'plain'].map(nth)).toEqual(['3', '1', '2', '']);
});
