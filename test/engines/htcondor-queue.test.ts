/** What `condor_q -json` of a real HTCondor 23.9 has said of jobs, and what that means. */
import { describe, expect, it } from 'vitest';
import { clusterOf, idOf, isEndedByHold, parseQueue, scheddOf, scheddOfKey } from '../../src/engines/htcondor-queue.ts';

const state = (ad: Readonly<Record<string, unknown>>): unknown =>
  parseQueue(JSON.stringify([{ GlobalJobId: 'games@vm#12.3#1796025785', ProcId: 3, ...ad }]))?.get('12@games@vm_3');

const REMOVED =
  "The job attribute PeriodicRemove expression '(JobStatus == 1 && NumJobStarts > 0) || (…)' evaluated to TRUE";
const NOT_FOUND =
  "Error from slot1_3@n1@vm: Failed to execute '/h/job.sh' with arguments 600: (errno=2: 'No such file or directory')";

describe('a job that', () => {
  it.each([
    ['waits', { JobStatus: 1, NumShadowStarts: 0 }, { kind: 'pending', reason: 'idle' }],
    [
      'matches nothing',
      { JobStatus: 1, LastRejMatchReason: 'no match found ' },
      { kind: 'pending', reason: 'no match found' },
    ],
    // The watcher was begun, and could not have the slot.
    [
      'did not get its slot',
      { JobStatus: 1, NumShadowStarts: 1, NumJobStarts: 0 },
      { kind: 'pending', reason: 'idle' },
    ],
    [
      'runs',
      {
        JobStatus: 2,
        RemoteHost: 'slot1_2@n1@vm',
        NumJobStarts: 0,
        NumShadowStarts: 1,
        JobCurrentStartDate: 1796023452,
      },
      { kind: 'running', node: 'n1@vm', startedMs: 1796023452000 },
    ],
    [
      'is watched anew',
      {
        JobStatus: 2,
        RemoteHost: 'slot1_2@n1',
        NumShadowStarts: 2,
        JobDisconnectedDate: null,
        ResidentSetSize_RAW: 590840,
      },
      { kind: 'running', node: 'n1', peakMb: 577 },
    ],
    ['writes its output', { JobStatus: 6, RemoteHost: 'slot1_2@n1' }, { kind: 'running', node: 'n1' }],
    ['is suspended', { JobStatus: 7, RemoteHost: 'slot1_2@n1' }, { kind: 'running', node: 'n1' }],
    ['has ended', { JobStatus: 4, ExitCode: 0, NumJobStarts: 1, NumShadowStarts: 1 }, { kind: 'ended' }],
    [
      'has failed',
      { JobStatus: 4, ExitCode: 3, NumJobStarts: 1, LastRemoteHost: 'slot1_1@n2' },
      { kind: 'ended', node: 'n2' },
    ],
    ['was ended by a signal', { JobStatus: 4, ExitSignal: 9, NumJobStarts: 1 }, { kind: 'ended' }],
    ['has failed when watched anew', { JobStatus: 4, ExitCode: 137, NumShadowStarts: 2 }, { kind: 'ended' }],
    [
      'is held by a user',
      { JobStatus: 5, HoldReasonCode: 1, HoldReason: 'via condor_hold (by user x)' },
      { kind: 'held', reason: 'via condor_hold (by user x)' },
    ],
    [
      'is held from the start',
      { JobStatus: 5, HoldReasonCode: 15, HoldReason: 'submitted on hold' },
      { kind: 'held', reason: 'submitted on hold' },
    ],
    [
      'is held by the site',
      { JobStatus: 5, HoldReasonCode: 26, HoldReason: 'quota' },
      { kind: 'held', reason: 'quota' },
    ],
    [
      'is held by the node’s policy',
      { JobStatus: 5, HoldReasonCode: 21, HoldReasonSubCode: 7, HoldReason: 'no' },
      { kind: 'held', reason: 'no' },
    ],
    [
      'is about to be held',
      { JobStatus: 5, HoldReasonCode: 1, RemoteHost: 'slot1@n1' },
      { kind: 'running', node: 'n1' },
    ],
    [
      'is about to be removed',
      { JobStatus: 3, RemoteHost: 'slot1@n1', RemoveReason: 'via condor_rm (by user x)' },
      { kind: 'running', node: 'n1' },
    ],
  ])('%s', (_, ad, expected) => expect(state(ad)).toEqual(expected));

  it.each([
    [
      'was removed',
      { JobStatus: 3, RemoveReason: 'via condor_rm (by user x)' },
      'cancelled',
      'via condor_rm (by user x)',
    ],
    [
      'was removed by the site',
      { JobStatus: 3, RemoveReason: "The system macro SYSTEM_PERIODIC_REMOVE expression 'TRUE' evaluated to TRUE" },
      'cancelled',
      /SYSTEM_PERIODIC_REMOVE/,
    ],
    [
      'was removed out of a hold',
      { JobStatus: 3, LastHoldReasonCode: 6, RemoveReason: 'via condor_rm (by user x)' },
      'cancelled',
      /condor_rm/,
    ],
    [
      'was not started',
      { JobStatus: 5, HoldReasonCode: 6, HoldReasonSubCode: 2, HoldReason: NOT_FOUND, NumJobStarts: 1 },
      'launch',
      NOT_FOUND,
    ],
    [
      'had no folder',
      { JobStatus: 5, HoldReasonCode: 14, HoldReason: 'Cannot access initial working directory /x' },
      'launch',
      /initial working/,
    ],
    [
      'was not started, and cleared away',
      { JobStatus: 3, LastHoldReasonCode: 6, LastHoldReason: NOT_FOUND, RemoveReason: REMOVED },
      'launch',
      NOT_FOUND,
    ],
    [
      'ran too long',
      { JobStatus: 5, HoldReasonCode: 3, HoldReasonSubCode: 47, HoldReason: 'it ran for more than 60 s' },
      'walltime',
      'it ran for more than 60 s',
    ],
    [
      'ran too long, and was cleared away',
      {
        JobStatus: 3,
        LastHoldReasonCode: 3,
        LastHoldReasonSubCode: 47,
        LastHoldReason: 'too long',
        RemoveReason: REMOVED,
      },
      'walltime',
      'too long',
    ],
    [
      'ran too long by a site’s option',
      { JobStatus: 5, HoldReasonCode: 47, HoldReason: 'The job exceeded allowed execute duration of 00:20' },
      'walltime',
      /00:20/,
    ],
    [
      'had too much memory',
      { JobStatus: 5, HoldReasonCode: 3, HoldReasonSubCode: 34, HoldReason: 'it used 576 MB' },
      'memory',
      'it used 576 MB',
    ],
    [
      'was ended by its control group',
      { JobStatus: 5, HoldReasonCode: 34, HoldReason: 'Job has gone over memory limit' },
      'memory',
      /limit/,
    ],
    [
      'was ended by the node’s memory policy',
      { JobStatus: 5, HoldReasonCode: 21, HoldReasonSubCode: 102, HoldReason: 'usage' },
      'memory',
      'usage',
    ],
    [
      'was put off its node',
      { JobStatus: 1, NumJobStarts: 1, LastRemoteHost: 'slot1_1@n1' },
      'preempted',
      'it was put off its node (last on n1)',
    ],
    [
      'was put off, and cleared away',
      { JobStatus: 3, NumJobStarts: 1, RemoveReason: REMOVED, LastRemoteHost: 'slot1@n1' },
      'preempted',
      /put off/,
    ],
    [
      'was held, and let go',
      { JobStatus: 1, NumJobStarts: 1, LastHoldReasonCode: 1, LastHoldReason: 'via condor_hold' },
      'preempted',
      'it was put off its node: via condor_hold',
    ],
    [
      'lost its node',
      { JobStatus: 1, NumJobStarts: 1, JobDisconnectedDate: 1796023542, LastRemoteHost: 'slot1@n2' },
      'node',
      'its node was lost (last on n2)',
    ],
    [
      'lost its node for longer than it may run',
      { JobStatus: 5, HoldReasonCode: 3, HoldReasonSubCode: 47, JobDisconnectedDate: 1796023542 },
      'node',
      'its node was lost',
    ],
    // The second run ends at once.
    [
      'ran again',
      { JobStatus: 4, ExitCode: 0, NumJobStarts: 2, NumShadowStarts: 2, JobDisconnectedDate: 1796023542 },
      'node',
      'its node was lost',
    ],
    [
      'ran again, and its watcher had died',
      { JobStatus: 4, ExitCode: 0, NumJobStarts: 1, NumShadowStarts: 2 },
      'preempted',
      'it was put off its node',
    ],
  ])('%s: %3$s', (_, ad, fault, reason) => {
    expect(state(ad)).toMatchObject({
      kind: 'fault',
      fault,
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
  });
});

it('has HTCondor clear away what is an end for us, and nothing else', () => {
  expect(isEndedByHold()).toBe(
    'JobStatus == 5 && !(member(HoldReasonCode, {1, 15, 16, 26, 27}) || (HoldReasonCode == 3 && !member(HoldReasonSubCode, {34, 47})) || (HoldReasonCode == 21 && HoldReasonSubCode != 102))',
  );
});

it('says nothing where there are no jobs, and knows what was cut off', () => {
  expect(parseQueue('')?.size).toBe(0);
  expect(parseQueue('[\n]\n')?.size).toBe(0);
  expect(parseQueue('[{"JobStatus": 1}, null, 5]')?.size).toBe(0);
  expect(parseQueue('[\n{\n  "ClusterId": 1,')).toBeUndefined();
  expect(parseQueue('{}')).toBeUndefined();
});

it.each([
  ['vm#12.3#1796025785', '12@vm', 'vm'],
  ['second@my_host_2#7.0#1796025785\n', '7@second@my_host_2', 'second@my_host_2'],
])('the submission of %s is %s', (text, id, schedd) => {
  expect(idOf(text)).toBe(id);
  expect(scheddOf(id)).toBe(schedd);
  expect(scheddOfKey(`${id}_4`)).toBe(schedd);
  expect(`${clusterOf(id)}@${schedd}`).toBe(id);
});

it('finds no submission where none is named', () => {
  expect(idOf('')).toBeUndefined();
  expect(idOf('-- Failed to fetch ads')).toBeUndefined();
});
