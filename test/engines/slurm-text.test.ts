import { describe, expect, it } from 'vitest';
import {
  isRefusal,
  jobWord,
  parseQueue,
  parseSubmitted,
  slurmTime,
  submitWords,
} from '../../src/engines/slurm-text.ts';
import { plainEngine } from '../../src/model/engine.ts';

const NEEDS = { milliCpus: 0, memoryMb: 0, walltimeMs: undefined };
const ORDER = { jobName: 'slate.b.k3f1.1', log: '/h/jobs/k3f1.1/engine.log', count: 3, needs: NEEDS };

describe('words for sbatch', () => {
  it('leaves to the system what nobody has said', () => {
    expect(submitWords(plainEngine('slurm'), ORDER)).toEqual([
      '--parsable',
      '--no-requeue',
      '--job-name=slate.b.k3f1.1',
      '--array=0-2',
      '--output=/h/jobs/k3f1.1/engine.log',
      '--open-mode=append',
      '--chdir=/',
    ]);
  });

  it.each([
    [{ milliCpus: 500 }, '--cpus-per-task=1'],
    [{ milliCpus: 2500 }, '--cpus-per-task=3'],
    [{ memoryMb: 8192 }, '--mem=8192M'],
    [{ walltimeMs: 90_500 }, '--time=1:31'],
  ])('%o: %s', (needs, word) => {
    expect(submitWords(plainEngine('slurm'), { ...ORDER, needs: { ...NEEDS, ...needs } })).toContain(word);
  });

  it('has the site’s own last, so that they hold', () => {
    const engine = { ...plainEngine('slurm'), partition: 'main', account: 'hst', options: ['--qos=low', '--mem=1G'] };
    expect(submitWords(engine, { ...ORDER, needs: { ...NEEDS, memoryMb: 5 } }).slice(-5)).toEqual([
      '--partition=main',
      '--account=hst',
      '--mem=5M',
      '--qos=low',
      '--mem=1G',
    ]);
  });

  it('keeps a percent sign of a path from being a pattern', () => {
    expect(submitWords(plainEngine('slurm'), { ...ORDER, log: '/h/100%j/x' })).toContain('--output=/h/100%%j/x');
  });
});

it.each([
  [1, '0:01'],
  [60_000, '1:00'],
  [3_600_000, '60:00'],
])('%i ms are %s', (ms, text) => expect(slurmTime(ms)).toBe(text));

it.each([
  ['123\n', '123'],
  ['123;cluster\n', '123'],
  ['sbatch: a warning of the site\n123\n', '123'],
  ['', undefined],
  ['error', undefined],
])('the number in %j is %s', (text, id) => expect(parseSubmitted(text)).toBe(id));

describe('lines of squeue', () => {
  it.each([
    ['PENDING||Resources', { kind: 'pending', reason: 'Resources' }],
    ['PENDING||None', { kind: 'pending', reason: 'PENDING' }],
    ['CONFIGURING|n1|None', { kind: 'pending', reason: 'CONFIGURING' }],
    ['PENDING||JobHeldUser', { kind: 'held', reason: 'JobHeldUser' }],
    ['PENDING||launch failed requeued held', { kind: 'held', reason: 'launch failed requeued held' }],
    ['RUNNING|n2|None', { kind: 'running', node: 'n2' }],
    ['COMPLETING|n2|None', { kind: 'running', node: 'n2' }],
    ['COMPLETED|n2|None', { kind: 'ended' }],
    ['FAILED|n2|NonZeroExitCode', { kind: 'ended' }],
    ['FAILED|n2|JobLaunchFailure', { kind: 'ended' }],
    ['TIMEOUT|n2|TimeLimit', { kind: 'fault', fault: 'walltime', reason: 'TIMEOUT on n2 (TimeLimit)' }],
    ['OUT_OF_MEMORY|n2|OutOfMemory', { kind: 'fault', fault: 'memory', reason: 'OUT_OF_MEMORY on n2 (OutOfMemory)' }],
    ['NODE_FAIL|n2|NodeDown', { kind: 'fault', fault: 'node', reason: 'NODE_FAIL on n2 (NodeDown)' }],
    ['PREEMPTED|n2|None', { kind: 'fault', fault: 'preempted', reason: 'PREEMPTED on n2' }],
    ['CANCELLED||None', { kind: 'fault', fault: 'cancelled', reason: 'CANCELLED' }],
  ])('%s', (rest, state) => {
    expect([...parseQueue(`12|3|${rest}\n`)]).toEqual([['12_3', state]]);
  });

  it('passes by what is no job of an array', () => {
    expect(parseQueue('12|N/A|RUNNING|n1|None\nrubbish\n\n').size).toBe(0);
  });
});

it.each([
  ['sbatch: error: Batch job submission failed: Invalid partition name specified', true],
  ['sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified', true],
  ['sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)', false],
  ['sbatch: error: Batch job submission failed: Socket timed out on send/recv operation', false],
  ['sbatch: error: Batch job submission failed: Message receive failure', false],
  ['sbatch: error: Batch job submission failed: Connection reset by peer', false],
  ['sbatch: error: Batch job submission failed: Connection timed out', false],
  ['sbatch: error: Batch job submission failed: Broken pipe', false],
  ['slurm_load_jobs error: Unable to contact slurm controller (connect failure)', false],
])('%s: refused %s', (text, refused) => expect(isRefusal(text)).toBe(refused));

it.each([
  [[3], '7_[3]'],
  [[0, 1, 2, 5], '7_[0-2,5]'],
  [[9, 8, 1, 1], '7_[1,8-9]'],
])('%o is %s', (indexes, word) => expect(jobWord('7', indexes)).toBe(word));
