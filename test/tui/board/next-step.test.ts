import { describe, expect, it } from 'vitest';
import { nextSteps } from '../../../src/tui/board/next-step.ts';
import { type FakeProcess, fakeData, located } from '../data.ts';

const next = (path: string, processes: readonly FakeProcess[] = []): string =>
  nextSteps(located(path), fakeData({ processes })).join(' | ');

describe('next', () => {
  it.each([
    ['failed/50.20261121T120000.ccf__.003.acs.x@3-x2', 'repipe sends it back to detect, then archive; or skip it'],
    ['failed/50.20261121T120000.ccccf.003.acs.x@5-x2', 'repipe sends it back to archive; or skip it'],
    ['failed/50.20261121T120000.ccff_.003.acs.x', 'repipe sends it back to detect, preview, then archive; or skip it'],
    [
      'failed/50.20261121T120000.cf___.003.acs.x@2-n',
      'mend what the history says; then repipe sends it back to calibrate, then detect, preview, archive; or skip it',
    ],
    ['held/50.20261121T120000.ch___.003.acs.x@2-o', 'release, then calibrate, then detect, preview, archive'],
    ['held/50.20261121T120000.cccch.003.acs.x@5-n', 'mend what the history says; then release, then archive'],
    ['gather/50.20261121T120000.cccsg.003.acs.x', 'waits until what archive gathers is there'],
    [
      'done/2026-11-21/50.20261121T120000.ccccc.005.acs.x',
      'nothing: it is done; repipe runs a stage and all that comes after it again',
    ],
    [
      'removed/2026-11-21/50.20261121T120000.w____.000.acs.x',
      'nothing: it was removed from the board; post it again to run it',
    ],
    [
      'active/50.20261121T120000.ccpp_.004.acs.x@3-k3f1-3-1+4-a2b4-4-1',
      'k3f1 does detect, then archive | a2b4 does preview, then archive',
    ],
    [
      'active/50.20261121T120000.cp___.004.acs.x',
      "calibrate is nobody's: it goes back to waiting, at the latest after two leases",
    ],
    ['active/50.20261121T120000.cccce.005.acs.x@5-k3f1-5-1', 'archive has succeeded: its products are being published'],
    [
      'active/50.20261121T120000.c2___.003.acs.x',
      'waits to be tried again: 2 failed at calibrate; repipe tries it at once',
    ],
    [
      'queue/50.20261121T120000.ww___.003.acs.x',
      'waits for a stage process that serves verify: none does | calibrate waits for the stages before it',
    ],
  ])('%s', (path, wanted) => {
    expect(next(path)).toBe(wanted);
  });

  const waiting = 'queue/50.20261121T120000.w____.000.acs.x';
  const none = 'waits for a stage process that serves verify: none does';
  it.each<[string, FakeProcess[], string]>([
    ['another stage', [{ id: 'k3f1', stages: ['detect'] }], none],
    ['a dead one', [{ id: 'k3f1', isDead: true }], none],
    ['one', [{ id: 'k3f1' }], 'waits for verify: k3f1 serves it'],
    ['two', [{ id: 'k3f1' }, { id: 'a2b4' }], 'waits for verify: 2 processes serve it'],
    [
      'one paused',
      [{ id: 'k3f1', order: 'pause' }],
      'waits for a stage process that serves verify: k3f1 got the order pause',
    ],
    ['one paused of two', [{ id: 'k3f1', order: 'pause' }, { id: 'a2b4' }], 'waits for verify: a2b4 serves it'],
    [
      'all told to stop',
      [
        { id: 'k3f1', order: 'drain' },
        { id: 'a2b4', order: 'halt' },
      ],
      'waits for a stage process that serves verify: 2 processes got the order drain, halt',
    ],
    [
      'a name without room',
      [{ id: 'k3f1', stages: [], content: { stages: ['verify'] } }],
      'waits for verify: k3f1 serves it',
    ],
    ['no content', [{ id: 'k3f1', isUnread: true }], 'waits for verify: k3f1 serves it'],
  ])('of what waits, with %s', (_, processes, wanted) => {
    expect(next(waiting, processes)).toBe(wanted);
  });
});
