/** `slate jobs`: what it tells of jobs that a dispatcher has written down, without asking an engine. */

import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { boardPath, makeBoard, slate, slateOk } from '../helpers/home.ts';
import { endLine, writeClaims, writeJobs } from '../helpers/job-board.ts';

async function boardWithJobs(): Promise<string> {
  const home = await makeBoard({ a: 'shell: "true"' });
  const now = Date.now();
  writeJobs(
    boardPath(home, ''),
    'k3f1.1',
    '17',
    [
      { dataset: 'd1', of: 'g1', sight: { kind: 'running', node: 'n1', startedMs: now - 65_000, peakMb: 12.5 } },
      { dataset: 'd2', of: 'g1', sight: { kind: 'pending', reason: 'Resources' } },
      { dataset: 'd3', sight: { kind: 'held', reason: 'JobHeldUser' } },
      { dataset: 'd4', sight: { kind: 'fault', fault: 'walltime', reason: 'TIMEOUT on n1', node: 'n1' } },
      // Its end is written down: the journal tells of it.
      { dataset: 'd0', end: `code 0 seconds 12.5 node n2 peak 20480 start ${now - 90_000}\n` },
      { dataset: 'd5', end: `code 3 seconds 12.5 node n2 peak 20480 start ${now - 90_000}\n` },
    ],
    now - 125_000,
  );
  writeClaims(boardPath(home, ''), ['d1', 'd2', 'd3', 'd4', 'd5']);
  writeJobs(boardPath(home, ''), 'k3f1.2', undefined, [{ dataset: 'e1' }], now - 1_000);
  // Not one of ours, and one whose maker died over it.
  fs.mkdirSync(boardPath(home, 'jobs/notes'));
  fs.mkdirSync(boardPath(home, 'jobs/k3f1.3'));
  const day = new Date(now).toISOString().slice(0, 10);
  fs.mkdirSync(boardPath(home, `journal/${day}`), { recursive: true });
  const lines = [endLine(now - 1000, 'c', { of: 'g1' }), endLine(now - 1000, 'f', { of: 'g1' })];
  fs.writeFileSync(join(boardPath(home, `journal/${day}`), 'h.k3f1.jsonl'), `${lines.join('\n')}\n`);
  return home;
}

const words = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim());

describe('slate jobs', () => {
  let home = '';
  beforeEach(async () => {
    home = await boardWithJobs();
  });

  it('tells of each job, the same on a host without the engine', async () => {
    const lines = words(await slateOk(home, ['jobs']));
    expect(lines[0]).toBe('DATASET STAGE EPOCH ENGINE JOB STATE DETAIL SUBMITTED STARTED WAIT RAN PEAK PROCESS');
    expect(lines[1]).toMatch(/^d1 a 001 cluster 17_0 running n1 \S+Z \S+Z 1m 1m\d\ds 12.5 MB k3f1$/);
    expect(lines[2]).toMatch(/^d2 a 001 cluster 17_1 pending Resources \S+Z - 2m\d\ds - - k3f1$/);
    expect(lines[3]).toMatch(/ 17_2 held JobHeldUser /);
    expect(lines[4]).toMatch(/ 17_3 walltime TIMEOUT on n1 /);
    expect(lines[5]).toMatch(/ 17_5 ended exit code 3 \S+Z \S+Z 35s 13s 20 MB /);
    expect(lines[6]).toMatch(/^e1 a 001 cluster - submitting its engine has not said its number /);
    expect(lines).toHaveLength(7);
  });

  it('chooses by dataset, state, stage, engine, node, and who posted them', async () => {
    const cases: ReadonlyArray<readonly [args: readonly string[], datasets: readonly string[]]> = [
      [['d?'], ['d1', 'd2', 'd3', 'd4', 'd5']],
      [
        ['/^e/', 'd3'],
        ['d3', 'e1'],
      ],
      [
        ['--state', 'pending,held'],
        ['d2', 'd3'],
      ],
      [['--of', 'g1', '--node', 'n1'], ['d1']],
      [['--engine', 'other'], []],
      [['--stage', 'b'], []],
    ];
    for (const [args, datasets] of cases) {
      const { jobs } = JSON.parse(await slateOk(home, ['jobs', '--json', ...args])) as { jobs: { dataset: string }[] };
      expect(
        jobs.map(({ dataset }) => dataset),
        args.join(' '),
      ).toEqual(datasets);
    }
  });

  it('puts them together by aggregate, by state, over time', async () => {
    const aggregates = words(await slateOk(home, ['jobs', '--by', 'aggregate']));
    expect(aggregates[1]).toMatch(/^g1 2 0 1 1 1 1 0 20s 2m/);
    expect(aggregates[2]).toMatch(/^\(no entry\) 2 1 0 1 - - - - 2m/);
    const states = words(await slateOk(home, ['jobs', '--by', 'state']));
    for (const line of [
      'held JobHeldUser 1',
      'running n1 1',
      'pending Resources 1',
      'today done 1',
      'ended walltime 1',
    ])
      expect(states.filter((one) => one.startsWith(line))).toHaveLength(1);
    const { steps } = JSON.parse(await slateOk(home, ['jobs', '--by', 'time', '--over', '1h', '--json'])) as {
      steps: { inFlight: number; ended: number }[];
    };
    expect(steps).toHaveLength(30);
    expect(steps[0]?.inFlight).toBe(4);
    expect(steps.reduce((sum, { ended }) => sum + ended, 0)).toBe(2);
  });

  it('tells what an engine refuses, of whose stages, and what is to be done', async () => {
    const told = {
      what: 'refused',
      engine: 'cluster',
      kind: 'slurm',
      stages: ['a'],
      why: 'Invalid partition\u001b[2J',
    };
    const content = {
      ...{ host: 'far', pid: 7, bootId: '', pidSpace: '', startTicks: '', started: '', version: '', stages: ['a'] },
      ...{ slots: 1, state: 'blocked', message: '', done: 0, failed: 0, rssMb: 1, load1: 0, entries: [] },
      engineTroubles: [{ ...told, since: '2026-11-21T12:00:00Z', again: '2026-11-21T12:01:00Z' }],
    };
    fs.writeFileSync(boardPath(home, 'processes/k3f1.run.a.7.far'), JSON.stringify({ counter: 1, ...content }));
    fs.writeFileSync(boardPath(home, 'processes/dead.lost.a.7.far'), JSON.stringify({ counter: 1, ...content }));
    const some = await slate(home, ['--board', 'b', 'jobs', 'd1']);
    expect(words(some.stderr)).toEqual([
      expect.stringMatching(
        /^slate: engine cluster refuses jobs of a, since 11-21T12:00:00Z \(.*\), says k3f1 on far:$/,
      ),
      'Invalid partition\\x1b[2J',
      expect.stringMatching(/^mend what it names .* at 11-21T12:01:00Z; the entries wait$/),
    ]);
    expect([some.code, words(some.stdout).length]).toEqual([0, 2]);
    const { troubles } = JSON.parse(await slateOk(home, ['jobs', '--by', 'state', '--json'])) as { troubles: object[] };
    expect(troubles).toMatchObject([{ ...told, processes: [{ id: 'k3f1', host: 'far' }], advice: expect.any(String) }]);
    for (const narrowed of [
      ['--engine', 'other'],
      ['--stage', 'b'],
    ])
      expect((await slate(home, ['--board', 'b', 'jobs', ...narrowed])).stderr).not.toContain('refuses');
  });

  it('tells of all boards, and says what can not be', async () => {
    await slateOk(home, ['create', 'quiet', '--pipeline', 'p']);
    expect(words(await slateOk(home, ['jobs', '--all', 'd1']))[1]).toMatch(/^b d1 /);
    const { boards } = JSON.parse(await slateOk(home, ['jobs', '--all', '--json'])) as {
      boards: { board: string; jobs: unknown[] }[];
    };
    expect(boards.map(({ board, jobs }) => [board, jobs.length])).toEqual([
      ['b', 6],
      ['quiet', 0],
    ]);
    expect(await slate(home, ['--board', 'b', 'jobs', '--state', 'asleep'])).toMatchObject({ code: 2 });
    expect(await slate(home, ['--board', 'b', 'jobs', '--by', 'state', 'd1'])).toMatchObject({ code: 2 });
    const none = await slate(home, ['--board', 'quiet', 'jobs']);
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(none.stderr).toContain('board quiet has no jobs with engines like that');
    const absent = await slate(home, ['jobs', '--all', 'd1', 'nosuch']);
    expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining('no such dataset: nosuch') });
    expect(await slate(home, ['--board', 'quiet', 'jobs', 'nosuch'])).toMatchObject({ code: 3, stdout: '' });
    // It is asked for only where that is wished: here is none that could be.
    const asked = await slate(home, ['--board', 'b', 'jobs', '--ask']);
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain('engine cluster: engines.yaml has none of that name any more');
    expect(asked.stdout).toContain('17_0');
  });
});
