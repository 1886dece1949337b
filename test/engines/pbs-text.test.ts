/** What PBS is told and what it says: forms as documented (named beside them), and Slurm's own `qstat` as seen. */
import { describe, expect, it } from 'vitest';
import { findByName, parseQueue } from '../../src/engines/pbs-states.ts';
import {
  cancelWords,
  clock,
  dialectOf,
  isOfGone,
  isRefusal,
  isWithoutHistory,
  parseSubmitted,
  pbsName,
  splitId,
  submitWords,
} from '../../src/engines/pbs-text.ts';
import { plainEngine } from '../../src/model/engine.ts';

const NEEDS = { milliCpus: 0, memoryMb: 0, walltimeMs: undefined };
const ORDER = { jobName: 'slate.b.k3f1.1', script: '/h/jobs/k3f1.1/job.sh', count: 3, needs: NEEDS };
const NAME = pbsName(ORDER.jobName);

it.each([
  ['pbs_version = 23.06.06\n', 'openpbs'],
  ['Version: 6.1.3\nCommit: 8d1b5e0\n', 'torque'],
  ['version: 4.2.10\n', 'torque'],
  ['Unknown option: version\nUsage:\n    qstat [-f]', 'slurm'],
  ['who knows', 'openpbs'],
])('%j is of %s', (said, dialect) => expect(dialectOf(said)).toBe(dialect));

describe('words for qsub', () => {
  it('leave to the system what nobody has said', () => {
    expect(submitWords('openpbs', plainEngine('pbs'), ORDER)).toEqual([
      ...['-N', NAME, '-r', 'y', '-j', 'oe', '-o', '/dev/null', '-m', 'n', '-S', '/bin/sh', '-J', '0-2'],
      '/h/jobs/k3f1.1/job.sh',
    ]);
  });

  it('make no array of one: PBS Pro has none', () => {
    const words = submitWords('openpbs', plainEngine('pbs'), { ...ORDER, count: 1 });
    expect(words).not.toContain('-J');
    expect(words[words.indexOf('-r') + 1]).toBe('n');
  });

  it.each([
    ['openpbs', {}, undefined],
    ['openpbs', { milliCpus: 2500 }, 'select=1:ncpus=3'],
    ['openpbs', { memoryMb: 8192 }, 'select=1:ncpus=1:mem=8192mb'],
    ['openpbs', { milliCpus: 4000, memoryMb: 100, walltimeMs: 90_500 }, 'select=1:ncpus=4:mem=100mb,walltime=00:01:31'],
    ['torque', { milliCpus: 4000, memoryMb: 100, walltimeMs: 90_500 }, 'nodes=1:ppn=4,mem=100mb,walltime=00:01:31'],
    ['slurm', { milliCpus: 500, walltimeMs: 60_000 }, 'nodes=1:ppn=1,walltime=00:01:00'],
  ] as const)('%s, %o: %s', (dialect, needs, list) => {
    const words = submitWords(dialect, plainEngine('pbs'), { ...ORDER, needs: { ...NEEDS, ...needs } });
    expect(words.includes('-l') ? words[words.indexOf('-l') + 1] : undefined).toBe(list);
  });

  it('have Torque’s own of an array, and the site’s last', () => {
    const engine = { ...plainEngine('pbs'), partition: 'long', account: 'hst', options: ['-l', 'place=excl'] };
    expect(submitWords('torque', engine, ORDER).slice(-9)).toEqual([
      ...['-t', '0-2', '-q', 'long', '-A', 'hst', '-l', 'place=excl'],
      '/h/jobs/k3f1.1/job.sh',
    ]);
  });

  it('are quoted for Slurm’s, which makes a line of shell of them', () => {
    const words = submitWords('slurm', plainEngine('pbs'), { ...ORDER, count: 1, script: "/h/it's here/job.sh" });
    expect(words.at(-1)).toBe(`'/h/it'\\''s here/job.sh'`);
    expect(words).not.toContain('-S');
  });
});

it('makes names of 15 characters, another one for each submission', () => {
  const names = Array.from({ length: 1000 }, (_, number) => pbsName(`slate.b.k3f1.${number}`));
  expect(new Set(names).size).toBe(1000);
  for (const name of names) expect(name).toMatch(/^s[0-9a-z]{14}$/);
});

it.each([
  [1, '00:00:01'],
  [90_000, '00:01:30'],
  [360_000_000, '100:00:00'],
])('%i ms are %s', (ms, text) => expect(clock(ms)).toBe(text));

it.each([
  ['1234.pbs01\n', '1234.pbs01'],
  ['a note of the site\n1234[].pbs-01.site.org\n', '1234[].pbs-01.site.org'],
  ['12\n', '12'],
  ['qsub: waiting', undefined],
  ['', undefined],
])('the number in %j is %s', (text, id) => expect(parseSubmitted(text)).toBe(id));

it.each([
  ['123[4].pbs01', { id: '123[].pbs01', index: 4 }],
  ['123.pbs01', { id: '123.pbs01', index: 0 }],
  ['123', { id: '123', index: 0 }],
  ['123[].pbs01', undefined],
])('%s is %o', (text, at) => expect(splitId(text)).toEqual(at));

it.each([
  ['openpbs', '7[].s', [0, 1, 2, 5], ['7[0-2].s', '7[5].s']],
  ['torque', '7[].s', [0, 1, 2, 5], ['-t', '0-2,5', '7[].s']],
  ['torque', '7.s', [0], ['7.s']],
  ['slurm', '7', [0], ['7']],
] as const)('qdel of %s, %s %o', (dialect, id, indexes, words) =>
  expect(cancelWords(dialect, id, indexes)).toEqual(words),
);

it.each([
  ['qsub: Unknown queue', true],
  ['qsub: Job violates queue and/or server resource limits', true],
  ['qsub: cannot submit non-rerunable Array Job', true],
  ['qstat: cannot connect to server pbs01 (errno=15010)', false],
  ['pbs_iff: cannot connect to host\nNo Permission.', false],
  ['Problem loading jobs.', false],
])('%s: refused %s', (text, refused) => expect(isRefusal(text)).toBe(refused));

it.each([
  ['openpbs', 'qstat: Unknown Job Id 12[].s\nqstat: 13.s Job has finished, use -x or -H to obtain it\n', true],
  ['openpbs', 'qstat: Unknown Job Id 12[].s\nqstat: Communication failure.\n', false],
  ['openpbs', '', false],
  ['slurm', '', true],
] as const)('%s: %j is of jobs that are gone: %s', (dialect, text, gone) => expect(isOfGone(dialect, text)).toBe(gone));

it.each([
  ['qstat: PBS is not configured to maintain job history 12[].s', true],
  ['qselect: Server not configured for job history', true],
  ['qstat: job_history_enable is set to false', true],
  ['qstat: 13.s Job has finished, use -x or -H to obtain it', false],
  ['qstat: Unknown Job Id 12[].s', false],
])('%s: no history %s', (text, without) => expect(isWithoutHistory(text)).toBe(without));

function job(dialect: 'openpbs' | 'torque' | 'slurm', lines: readonly string[]): unknown {
  const indent = dialect === 'slurm' ? '\t' : '    ';
  const text = `Job Id: 7${dialect === 'slurm' ? '' : '[3].s'}\n${lines.map((line) => `${indent}${line}\n`).join('')}\n`;
  return [...parseQueue(dialect, text).values()][0];
}

describe('what became of a job of OpenPBS', () => {
  // Exit statuses: src/include/job.h; comments: test/tests/functional/pbs_exceeded_resources_notification.py, both of OpenPBS.
  it.each([
    [
      ['job_state = Q', 'comment = Not Running: Server job limit reached'],
      'pending',
      'Not Running: Server job limit reached',
    ],
    [['job_state = W'], 'pending', 'waiting for its time'],
    [['job_state = H', 'Hold_Types = us'], 'held', 'held (us)'],
    [['job_state = R', 'exec_host = n1/0*4+n2/0'], 'running', undefined],
    [['job_state = E', 'exec_host = n1/0'], 'running', undefined],
    [['job_state = X', 'Exit_status = 0', 'run_count = 1'], 'ended', undefined],
    [['job_state = F', 'Exit_status = 2'], 'ended', undefined],
    [['job_state = F', 'Exit_status = 137'], 'ended', undefined],
    [['job_state = X'], 'ended', undefined],
    [
      [
        'job_state = F',
        'comment = Job run at Wed Jul 22 at 07:48 on (n1:ncpus=64) and exceeded resource walltime',
        'Exit_status = -29',
      ],
      'walltime',
      'exit status -29: Job run at Wed Jul 22 at 07:48 on (n1:ncpus=64) and exceeded resource walltime',
    ],
    [['job_state = F', 'Exit_status = -27'], 'memory', 'exit status -27'],
    [['job_state = F', 'Exit_status = -26'], 'memory', 'exit status -26'],
    [['job_state = F', 'Exit_status = -28'], 'walltime', 'exit status -28'],
    [
      ['job_state = F', 'comment = job killed: vmem 192GB exceeded limit 190GB', 'Exit_status = 271'],
      'memory',
      /^over its limit/,
    ],
    [
      ['job_state = X', 'Exit_status = 271', 'resources_used.walltime = 00:01:01', 'Resource_List.walltime = 00:01:00'],
      'walltime',
      'its walltime is over',
    ],
    [['job_state = F', 'Exit_status = 271', 'substate = 91'], 'cancelled', 'exit status 271'],
    [['job_state = F', 'substate = 91'], 'cancelled', 'deleted'],
    [['job_state = F', 'Exit_status = 143', 'substate = 91'], 'cancelled', 'exit status 143'],
    [['job_state = F', 'Exit_status = -20'], 'node', 'exit status -20'],
    [['job_state = F', 'Exit_status = -4'], 'node', 'exit status -4'],
    [['job_state = X', 'Exit_status = 0', 'run_count = 2'], 'node', 'it was started 2 times'],
    [['job_state = F', 'Exit_status = -1'], 'launch', 'exit status -1'],
    [['job_state = F', 'Exit_status = -10'], 'launch', 'exit status -10'],
  ] as const)('%o: %s', (lines, kind, reason) => {
    const state = job('openpbs', lines) as { kind: string; fault?: string; reason?: string };
    expect(state.fault ?? state.kind).toBe(kind);
    if (reason instanceof RegExp) expect(state.reason).toMatch(reason);
    else expect(state.reason).toBe(reason);
  });

  it('has node and memory from what it says besides', () => {
    const lines = ['resources_used.mem = 3624kb', 'job_state = R', 'exec_host = n1/0*4+n2/0'];
    expect(job('openpbs', lines)).toEqual({ kind: 'running', node: 'n1', peakMb: 3.5 });
  });

  it('is told of what holds for the whole array', () => {
    const text = [
      ...['Job Id: 7[].s', '    job_state = H', '    Hold_Types = u', ''],
      ...['Job Id: 7[0].s', '    job_state = Q', ''],
      ...['Job Id: 8[].s', '    job_state = B', '    comment = Not Running: no CPUs', ''],
      ...['Job Id: 8[0].s', '    job_state = Q', ''],
    ].join('\n');
    expect([...parseQueue('openpbs', text)]).toEqual([
      ['7[].s_0', { kind: 'held', reason: 'held (u)' }],
      ['8[].s_0', { kind: 'pending', reason: 'Not Running: no CPUs' }],
    ]);
  });

  it('is not taken from variables of the job', () => {
    const text = [
      'Job Id: 7.s',
      '    job_state = R',
      '    comment = Job run at Wed Jul 22 at 07:48 on (a-long-name-of-a-node:ncpus=64:mem=2',
      '\t46415360kb)',
      '    Variable_List = A=x,',
      '\tjob_state = F,B=1',
      '    job_state = F',
      '}',
      '\tExit_status = -29',
    ].join('\n');
    expect([...parseQueue('openpbs', text)]).toEqual([['7.s_0', { kind: 'running', node: '' }]]);
  });
});

describe('what became of a job of Torque', () => {
  // "Job Exit Status" of the Torque 6.1.2 administrator guide.
  it.each([
    [['job_state = C', 'exit_status = 0'], 'ended'],
    [['job_state = C', 'exit_status = 271'], 'cancelled'],
    [
      ['job_state = C', 'exit_status = 265', 'resources_used.walltime = 00:01:00', 'Resource_List.walltime = 00:01:00'],
      'walltime',
    ],
    [['job_state = C', 'exit_status = -10'], 'memory'],
    [['job_state = C', 'exit_status = -11'], 'walltime'],
    [['job_state = C', 'exit_status = -3'], 'node'],
    [['job_state = C', 'exit_status = -8'], 'launch'],
  ] as const)('%o: %s', (lines, kind) => {
    const state = job('torque', lines) as { kind: string; fault?: string };
    expect(state.fault ?? state.kind).toBe(kind);
  });

  it('is found by its name, with which a number goes', () => {
    const of = (id: string, own: string): string =>
      `Job Id: ${id}.torque01\n    Job_Name = ${own}\n    job_state = C\n\n`;
    const text = ['48[1]', '48[2]', '47[2]'].map((id) => of(id, `${NAME}-${id.at(-2)}`)).join('') + of('9', 'other');
    expect(findByName('torque', text, NAME)).toEqual(['48[].torque01', '47[].torque01']);
    expect(findByName('torque', text, 'none')).toEqual([]);
    expect(findByName('torque', text, 'other')).toEqual(['9.torque01']);
  });
});

describe('what Slurm’s own qstat says', () => {
  const TIMES = ['mtime = Mon Nov 30 07:16:41 2026', 'ctime = Mon Nov 30 07:17:44 2026'];
  it.each([
    [['job_state = Q', 'Priority = 4294901758'], 'pending'],
    [['job_state = Q', 'Priority = 0'], 'held'],
    [['job_state = R', 'exec_host = n2/1'], 'running'],
    [['job_state = S'], 'running'],
    [['job_state = C', ...TIMES, 'Resource_List.walltime = 00:02:00'], 'ended'],
    [['job_state = C', ...TIMES, 'Resource_List.walltime = Infinite'], 'ended'],
    [['job_state = C', ...TIMES, 'Resource_List.walltime = 00:01:00'], 'walltime'],
    [['job_state = U'], 'memory'],
  ] as const)('%o: %s', (lines, kind) => {
    const state = job('slurm', lines) as { kind: string; fault?: string };
    expect(state.fault ?? state.kind).toBe(kind);
  });
});
