/** What the board tells of jobs, read again and again: as their dispatcher has written it, and as they have themselves. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JobReader } from '../../src/board/job-reader.ts';
import { jobRowOf, jobSentence, loadJobRow } from '../../src/board/job-rows.ts';
import { writeSights } from '../../src/board/jobs.ts';
import { LogWindow } from '../../src/board/log-window.ts';
import { formatSights } from '../../src/model/job-sight.ts';
import { formatPointer, scratchPath } from '../../src/model/name.ts';
import { onCleanup } from '../helpers/home.ts';
import { JOB_POSTED, jobTry, writeClaims, writeJobs } from '../helpers/job-board.ts';
import { Bench } from './bench.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

function words(rows: Awaited<ReturnType<JobReader['read']>>): string[] {
  return rows.map(({ dataset, kind, why, node, process }) =>
    `${dataset} ${kind} ${process} ${node ?? '-'} ${why}`.trim(),
  );
}

test('a board without jobs has none, and what is no submission is left alone', async () => {
  const { board } = new Bench();
  const reader = new JobReader(board);
  expect(await reader.read()).toEqual([]);
  fs.mkdirSync(join(board.root, 'jobs/notes'), { recursive: true });
  fs.mkdirSync(join(board.root, 'jobs/k3f1.1'));
  expect(await reader.read()).toEqual([]);
  // Torn: its dispatcher died over it.
  fs.writeFileSync(join(board.root, 'jobs/k3f1.1/about'), '{"name":"k3f1.1","tries":[');
  expect(await reader.read()).toEqual([]);
});

test('each reading sees what is new: the number, what was seen, the end, who has taken over', async () => {
  const { board } = new Bench();
  const reader = new JobReader(board);
  writeJobs(board.root, 'k3f1.1', undefined, [{ dataset: 'd2' }, { dataset: 'd1' }], NOW);
  expect(words(await reader.read())).toEqual([
    'd1 submitting k3f1 - its engine has not said its number',
    'd2 submitting k3f1 - its engine has not said its number',
  ]);
  fs.writeFileSync(join(board.root, 'jobs/k3f1.1/id'), '17\n');
  expect(words(await reader.read())).toEqual(['d1 pending k3f1 - submitted', 'd2 pending k3f1 - submitted']);
  const running = { kind: 'running', node: 'n1', startedMs: NOW + 5_000 } as const;
  writeSights(board, 'k3f1.1', formatSights({ by: 'k3f1', jobs: [{ kind: 'held', reason: 'JobHeldUser' }, running] }));
  expect(words(await reader.read())).toEqual(['d1 running k3f1 n1', 'd2 held k3f1 - JobHeldUser']);
  // Nothing is left of what was written under another name before.
  expect(fs.readdirSync(join(board.root, 'jobs/k3f1.1')).sort()).toEqual(['about', 'id', 'seen']);
  // Its dispatcher is dead; the job goes on, and ends.
  fs.writeFileSync(
    join(board.root, 'jobs/k3f1.1/1.end'),
    `code 4 seconds 2.5 node n1 peak 2048 start ${NOW + 6_000}\n`,
  );
  writeClaims(board.root, ['d1']);
  const [ended] = await reader.read();
  expect(ended).toMatchObject({ kind: 'ended', why: 'exit code 4', code: 4, peakMb: 2, job: '17_1' });
  expect([ended?.startedMs, ended?.endedMs]).toEqual([NOW + 6_000, NOW + 8_500]);
  writeSights(board, 'k3f1.1', formatSights({ by: 'n2a1', jobs: [{ kind: 'gone' }, running] }));
  expect(words(await reader.read())).toEqual([
    'd1 ended n2a1 n1 exit code 4',
    'd2 gone n2a1 - its engine says nothing of it',
  ]);
  // The submission is over, and gone: what is seen of it later is nobody's.
  fs.rmSync(join(board.root, 'jobs/k3f1.1'), { recursive: true });
  writeSights(board, 'k3f1.1', formatSights({ by: 'n2a1', jobs: [] }));
  expect(await reader.read()).toEqual([]);
});

test('one whose end is written down is no job any more, whoever wrote it down', async () => {
  const { board } = new Bench();
  const reader = new JobReader(board);
  const end = `code 0 seconds 2 node n1 peak 5 start ${NOW}\n`;
  const datasets = ['told', 'fault', 'running', 'held', 'again', 'moved'];
  writeJobs(
    board.root,
    'k3f1.1',
    '17',
    [
      { dataset: 'told', end },
      { dataset: 'fault', sight: { kind: 'fault', fault: 'walltime', reason: 'TIMEOUT' } },
      // Its entry was moved, and it has not been cancelled yet.
      { dataset: 'running', sight: { kind: 'running', node: 'n1' } },
      { dataset: 'held', sight: { kind: 'ended', reason: 'given back' } },
      { dataset: 'again', end },
      { dataset: 'moved', end },
    ],
    NOW,
  );
  const shown = async (): Promise<string[]> => (await reader.read()).map(({ dataset }) => dataset);
  writeClaims(board.root, datasets);
  expect(await shown()).toEqual([...datasets].sort());
  const active = board.path('active');
  const to = (dataset: string, name: string): void =>
    fs.renameSync(join(active, `50.${JOB_POSTED}.p.001.-.${dataset}@1-k3f1-1-1`), join(active, name));
  // Its products are being published; it was adopted; it is tried again; it has stages after this one.
  to('told', `50.${JOB_POSTED}.e.001.-.told@1-k3f1-1-1`);
  to('fault', `50.${JOB_POSTED}.p.001.-.fault@1-n2a1-1-1`);
  to('again', `50.${JOB_POSTED}.p.002.-.again@1-k3f1-2-2`);
  to('moved', `50.${JOB_POSTED}.c.001.-.moved`);
  fs.rmSync(join(active, `50.${JOB_POSTED}.p.001.-.running@1-k3f1-1-1`));
  fs.rmSync(join(active, `50.${JOB_POSTED}.p.001.-.held@1-k3f1-1-1`));
  expect(await shown()).toEqual(['fault', 'running', 'told']);
  fs.rmSync(join(active, `50.${JOB_POSTED}.e.001.-.told@1-k3f1-1-1`));
  expect(await shown()).toEqual(['fault', 'running']);
});

test('the job of one try, at once and in steps; its log says what it waits for', async () => {
  const { board } = new Bench();
  const of = { ...jobTry('d1'), stage: 'a' };
  const sight = { kind: 'pending', reason: 'Resources' } as const;
  writeJobs(board.root, 'k3f1.1', '17', [{ dataset: 'd0' }, { dataset: 'd1', sight }], NOW);
  expect(jobRowOf(board, of)).toBeUndefined();
  fs.mkdirSync(board.path(scratchPath(of)), { recursive: true });
  fs.writeFileSync(board.path(`${scratchPath(of)}/.job`), formatPointer('k3f1.1', 1));
  expect(jobRowOf(board, of)).toMatchObject({ dataset: 'd1', kind: 'pending', why: 'Resources' });
  expect(await loadJobRow(board, of)).toEqual(jobRowOf(board, of));

  fs.mkdirSync(board.path('logs/d1'), { recursive: true });
  const log = board.path(`logs/d1/${of.posted}.a.001.run.log`);
  fs.writeFileSync(log, '');
  const window = await LogWindow.open(board, 'd1');
  if (window === undefined) throw new Error('no log');
  onCleanup(() => window.close());
  await window.poll();
  expect(window.job).toBe('job 17_1 of cluster: pending (Resources)');
  fs.appendFileSync(log, 'begun\n');
  await window.poll();
  expect([window.lines, window.job]).toEqual([['begun'], undefined]);
});

test.each([
  [{ kind: 'running', node: 'n1', why: '' } as const, 'running on n1'],
  [{ kind: 'held', node: undefined, why: 'JobHeldUser' } as const, 'held (JobHeldUser)'],
  [{ kind: 'running', node: undefined, why: '' } as const, 'running'],
])('%j', (more, told) => {
  const row = {
    ...jobTry('d1'),
    engine: 'cluster',
    job: '17_0',
    process: 'k3f1',
    submittedMs: NOW,
    startedMs: undefined,
    endedMs: undefined,
    peakMb: undefined,
    code: undefined,
    fault: undefined,
  };
  expect(jobSentence({ ...row, ...more })).toBe(`job 17_0 of cluster: ${told}`);
  expect(jobSentence({ ...row, ...more, job: undefined })).toBe(`its job of cluster: ${told}`);
});
