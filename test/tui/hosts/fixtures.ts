/** Hosts in every state, and the processes on them. */
import { type FakeHost, type FakeProcess, fakeWish } from '../data.ts';

export const REASON = 'exit code 2; hosts/node3/logs/detect.log: stage detect: command is no list';

export const HOSTS: readonly FakeHost[] = [
  {
    host: 'node1',
    wishes: [fakeWish('verify=2', { processes: ['k3f1'] }), fakeWish('calibrate=4', { processes: ['k3f2'] })],
    facts: { load1: 3.25, cpus: 8, freeMb: 122_880, scratchMb: 51_200, clockMs: 12 },
  },
  { host: 'node2', isDown: true, wishes: [fakeWish('calibrate=8', { state: 'leaving', processes: ['n2a1'] })] },
  {
    host: 'node3',
    wishes: [
      fakeWish('detect=4', { state: 'crashing', deaths: 4, why: REASON, next: '2026-11-21T14:03:14Z' }),
      fakeWish('verify=1', { processes: ['n3a1'] }),
    ],
    facts: { load1: 0.1, cpus: 8, freeMb: 700, clockMs: -2_640 },
    seenMs: 1_000,
  },
  { host: 'node4', agent: 'silent', wishes: [fakeWish('archive=1', { state: 'missing' })], seenMs: 184_000 },
  {
    host: 'node5',
    wishes: [
      fakeWish('detect=2 detect=3', {
        key: 'detect',
        slots: undefined,
        state: 'unclear',
        why: 'they contradict each other',
      }),
    ],
    foreign: [['note.txt', 'it is not written as STAGE=SLOTS']],
  },
  { host: 'node6', agent: 'none', isListed: false, agentPid: undefined, facts: { load1: 1, cpus: 2 }, seenMs: 3_000 },
  {
    host: 'node7',
    agent: 'none',
    wishes: [fakeWish('calibrate+detect=2', { state: 'missing' })],
    facts: {},
    seenMs: undefined,
  },
];

const kept = { kept: true, state: 'idle' as const };

export const PROCESSES: readonly FakeProcess[] = [
  { id: 'k3f1', host: 'node1', stages: ['verify'], content: { ...kept, slots: 2, busy: 1, state: 'busy' } },
  { id: 'k3f2', host: 'node1', stages: ['calibrate'], content: { ...kept, slots: 3 } },
  { id: 'n2a1', host: 'node2', stages: ['calibrate'], content: { ...kept, slots: 8, busy: 2, state: 'draining' } },
  { id: 'n3a1', host: 'node3', stages: ['verify'], content: { ...kept, slots: 1 } },
  { id: 'n6a1', host: 'node6', stages: ['verify', 'calibrate'], content: { slots: 4, busy: 3, state: 'busy' } },
  { id: 'dead', host: 'node6', stages: ['detect'], isDead: true, order: 'lost', content: { slots: 9 } },
];
