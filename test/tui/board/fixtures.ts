/** A small board with something of everything, for the tests of the board view. */
import type { StoryState } from '../../../src/tui/data.ts';
import { type FakeData, type FakeOptions, fakeData, keyOf, located } from '../data.ts';

export const FAILED = 'failed/50.20261121T120000.ccf__.003.acs.j8a20101q@3-x2';
export const RUNNING = 'active/50.20261121T135000.ccpp_.004.acs.j8a20103q@3-k3f1-3-1+4-a2b4-4-2';
export const HELD = 'held/50.20261121T110000.ch___.001.acs.j8a20104q@2-o';
export const RETRY = 'active/50.20261121T125000.c2___.003.acs.j8a20105q';

export const ENTRIES: readonly string[] = [
  'active/10.20261121T135900.cw___.001.wfc3.j8a20102q',
  FAILED,
  RUNNING,
  HELD,
  RETRY,
  'active/50.20261121T134500.cccce.005.acs.j8a20106q@5-zz99-5-1',
  'gather/50.20261121T100000.cccsg.004.acs.j8a20107q',
  'failed/50.20261120T120000.ccccf.007.acs.j8a20108q@5-l',
  'queue/50.20261121T130000.w____.000.-.j8a20109q',
  'queue/70.20261121T130500.w____.000.wfc3.j8a2010aq',
  'done/2026-11-21/50.20261121T080000.ccccc.005.acs.j8a2010bq',
  'done/2026-11-21/50.20261121T081500.ccscc.004.acs.j8a2010cq',
  'removed/2026-11-21/50.20261121T070000.w____.000.acs.j8a2010dq',
];

/** A board of many: 4 in 8 queued, 2 done, 1 failed, 1 running. */
export function manyEntries(number: number): string[] {
  return Array.from({ length: number }, (_, index) => {
    const dataset = `j${(index + 36 ** 5).toString(36)}q`;
    const second = String(index % 60).padStart(2, '0');
    const minute = String(Math.floor(index / 60) % 60).padStart(2, '0');
    const hour = String(Math.floor(index / 3600) % 14).padStart(2, '0');
    const posted = `20261121T${hour}${minute}${second}`;
    switch (index % 8) {
      case 0:
        return `failed/50.${posted}.ccf__.003.acs.${dataset}@3-x${1 + ((index / 8) % 3)}`;
      case 1:
        return `active/50.${posted}.ccp__.003.acs.${dataset}@3-k3f1-3-1`;
      case 2:
      case 3:
        return `done/2026-11-21/50.${posted}.ccccc.005.acs.${dataset}`;
      default:
        return `queue/50.${posted}.w____.000.acs.${dataset}`;
    }
  });
}

export const STORY: StoryState = {
  kind: 'story',
  stories: [
    { posted: '20261115T120000', entry: undefined, params: {}, paramsFault: undefined, tries: [], acts: [] },
    {
      posted: '20261121T120000',
      entry: located(FAILED),
      params: { input: '/data/incoming/j8a20101q_flt.fits.gz', threshold: 1.5 },
      paramsFault: undefined,
      tries: [
        {
          stage: 'verify',
          epoch: 1,
          try: 1,
          process: 'k3f1',
          host: 'node1',
          started: '2026-11-21T12:00:01.000Z',
          ended: '2026-11-21T12:00:02.500Z',
          seconds: 1.5,
          outcome: 'complete',
        },
        {
          stage: 'calibrate',
          epoch: 2,
          try: 1,
          process: 'k3f1',
          host: 'node1',
          started: '2026-11-21T12:00:03.000Z',
          ended: '2026-11-21T12:04:15.000Z',
          seconds: 252,
          outcome: 'complete',
        },
        {
          stage: 'detect',
          epoch: 3,
          try: 1,
          process: 'a2b4',
          host: 'node3',
          started: '2026-11-21T12:05:00.000Z',
          ended: '2026-11-21T12:05:46.000Z',
          seconds: 46,
          outcome: 'failed',
          code: 2,
          reason: 'bad header NAXIS',
        },
      ],
      acts: [
        {
          t: '2026-11-21T12:00:00.000Z',
          event: 'post',
          host: 'node1',
          by: 'jr',
          dataset: 'j8a20101q',
          posted: '20261121T120000',
          rank: 50,
        },
        {
          t: '2026-11-21T12:04:30.000Z',
          event: 'rank',
          host: 'node1',
          by: 'jr',
          dataset: 'j8a20101q',
          posted: '20261121T120000',
          rank: 50,
          was: 70,
          reason: 'wanted by noon',
        },
      ],
    },
  ],
};

export function smallBoard(options: Partial<FakeOptions> = {}): FakeData {
  return fakeData({
    entries: ENTRIES,
    processes: [
      { id: 'k3f1', host: 'node1', stages: ['verify', 'calibrate', 'detect'] },
      {
        id: 'a2b4',
        host: 'node3',
        pid: 815,
        stages: ['preview'],
        content: {
          stages: ['preview'],
          state: 'busy',
          entries: [{ dataset: 'j8a20103q', stage: 'preview', epoch: 4, since: '2026-11-21T14:01:02.000Z' }],
        },
      },
    ],
    stories: { j8a20101q: STORY },
    logTails: {
      [keyOf(FAILED)]: [
        '13:58:04 detect: reading j8a20101q_flt.fits.gz',
        '13:58:06 detect: ERROR bad header NAXIS',
        'Traceback (most recent call last):',
        'the last line',
      ],
    },
    files: {
      [keyOf(FAILED)]: [
        { path: 'failed/50.20261121T120000.ccf__.003.acs.j8a20101q@3-x2', bytes: 61, kind: 'entry', note: '' },
        { path: 'logs/j8a20101q/20261121T120000.detect.003.x2.log', bytes: 1536, kind: 'log', note: 'exit code 2' },
        {
          path: 'products/j8a20101q/20261121T120000/calibrate.002',
          bytes: 25_165_824,
          kind: 'product',
          note: 'official',
        },
      ],
    },
    past: {
      donePerMinute: 412,
      etaMs: (toDo) => (toDo / 412) * 60_000 * 10_000,
      series: () => ({ stepMs: 60_000, endMs: 0, points: Array.from({ length: 60 }, (_, at) => (at * 7) % 23) }),
    },
    ...options,
  });
}
