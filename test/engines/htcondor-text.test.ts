import { describe, expect, it } from 'vitest';
import {
  description,
  findWords,
  hasEnded,
  hasNoHistory,
  isRefusal,
  jobWords,
  parseSubmitted,
  pollWords,
} from '../../src/engines/htcondor-text.ts';
import { type JobNeeds, plainEngine } from '../../src/model/engine.ts';

const NEEDS: JobNeeds = { milliCpus: 0, memoryMb: 0, walltimeMs: undefined };
const ORDER = { jobName: 'slate.b.k3f1.1', script: '/h/jobs/k3f1.1/job.sh', count: 3, needs: NEEDS };
const lines = (engine = plainEngine('htcondor'), order = ORDER): string[] => description(engine, order).split('\n');

describe('the submit description', () => {
  it('leaves to the site what nobody has said', () => {
    expect(lines().slice(0, 9)).toEqual([
      'universe = vanilla',
      'batch_name = slate.b.k3f1.1',
      'executable = /h/jobs/k3f1.1/job.sh',
      'transfer_executable = false',
      'should_transfer_files = NO',
      'initialdir = /',
      'environment = "SLATE_JOB=$(Process)"',
      'notification = never',
      'MY.SlateJob = true',
    ]);
    expect(lines().slice(-2)).toEqual(['queue 3', '']);
  });

  it.each([
    [{ milliCpus: 500 }, 'request_cpus = 1'],
    [{ milliCpus: 2500 }, 'request_cpus = 3'],
    [{ memoryMb: 8191.5 }, 'request_memory = 8192'],
    [
      { walltimeMs: 90_500 },
      'periodic_hold = JobStatus == 2 && ((time() - (JobCurrentStartExecutingDate ?: time())) > 91)',
    ],
    [
      { memoryMb: 64 },
      'periodic_hold = JobStatus == 2 && (((ResidentSetSize ?: 0) > 65536 && (ResidentSetSize_RAW ?: ResidentSetSize) > 65536))',
    ],
  ])('%o: %s', (needs, line) => {
    expect(lines(undefined, { ...ORDER, needs: { ...NEEDS, ...needs } })).toContain(line);
  });

  it('says by which limit a job is held', () => {
    const both = lines(undefined, { ...ORDER, needs: { milliCpus: 0, memoryMb: 64, walltimeMs: 60_000 } });
    const subcode = both.find((line) => line.startsWith('periodic_hold_subcode'));
    expect(subcode).toBe(
      'periodic_hold_subcode = ifThenElse((time() - (JobCurrentStartExecutingDate ?: time())) > 60, 47, 34)',
    );
  });

  it('has the site’s own behind needs, and before what no site may change', () => {
    const engine = { ...plainEngine('htcondor'), account: 'hst', options: ['request_memory = 5', '+Project = "x"'] };
    const all = lines(engine, { ...ORDER, needs: { ...NEEDS, memoryMb: 7 } });
    expect(all).toContain('accounting_group = hst');
    expect(all.indexOf('request_memory = 5')).toBeGreaterThan(all.indexOf('request_memory = 7'));
    expect(all.indexOf('+Project = "x"')).toBeLessThan(all.findIndex((line) => line.startsWith('periodic_remove')));
  });

  it('keeps a path from being a macro', () => {
    expect(lines(undefined, { ...ORDER, script: '/h/a $(Process)/$x' })).toContain(
      'executable = /h/a $(DOLLAR)(Process)/$(DOLLAR)x',
    );
  });
});

it.each([
  ['12.0 - 12.99\n', '12'],
  ['9.0 - 9.0\n', '9'],
  ["WARNING: the line 'qos = low' was unused by condor_submit. Is it a typo?\n9.0 - 9.1", '9'],
  ['', undefined],
  ['12.0 - 13.9', undefined],
])('the number in %j is %s', (text, id) => expect(parseSubmitted(text)).toBe(id));

it('looks for a submission by its name', () => {
  expect(findWords('slate.b.k3f1.1').at(-1)).toBe('JobBatchName == "slate.b.k3f1.1"');
});

it('asks another host by its name', () => {
  expect(pollWords(undefined)[0]).toBe('-json');
  expect(pollWords(undefined)[2]?.split(',')).toEqual(expect.arrayContaining(['GlobalJobId', 'ClusterId', 'ProcId']));
  expect(pollWords(undefined)).toContain('-allusers');
  expect(pollWords('a@vm').slice(0, 3)).toEqual(['-name', 'a@vm', '-json']);
});

it.each([
  ['ERROR: Parse error in expression: \n\tRequirements = (((() && (TARGET.Arch == "X86_64")', true],
  ["ERROR: I don't know about the 'bogus' universe.", true],
  ['ERROR: Executable file /tmp/nonexist does not exist', true],
  ['ERROR: Cannot allocate a cluster id', true],
  [
    'ERROR: Failed to connect to local queue manager\nCEDAR:6001:Failed to connect to <127.0.0.1:39497?alias=vm>',
    false,
  ],
  [
    '-- Failed to fetch ads from: <127.0.0.1:39497?alias=vm> : vm\nCEDAR:6001:Failed to connect to <127.0.0.1:39497>',
    false,
  ],
  ['DCSchedd::actOnJobs:6001:Failed to connect to schedd\nNo result found for job 4.0', false],
  ["ERROR: Can't find address of local schedd", false],
])('%j: refused %s', (text, refused) => expect(isRefusal(text)).toBe(refused));

it.each([
  ['\nJob 14.1 already marked for removal\nJob 99.0 not found\n', true],
  ['\nJob 14.1 not found\n', true],
  ['\nJob 14.1 not found\nPermission denied to remove job 15.0\n', false],
  ['DCSchedd::actOnJobs:6001:Failed to connect to schedd\nNo result found for job 4.0', false],
  ['', false],
])('%j says that jobs have ended: %s', (text, ended) => expect(hasEnded(text)).toBe(ended));

it.each([
  ['Error: No passed search file and configuration key HISTORY is unset.', true],
  ['\nExtra Info: The variable HISTORY is not defined in your config file.', true],
  ['CEDAR:6001:Failed to connect', false],
])('%j says that there is no history: %s', (text, none) => expect(hasNoHistory(text)).toBe(none));

it('names jobs as condor_rm does', () => {
  expect(jobWords(undefined, '7@vm', [9, 1, 1])).toEqual(['7.1', '7.9']);
  expect(jobWords('a@vm', '7@a@vm', [0])).toEqual(['-name', 'a@vm', '7.0']);
});
