/** Logs of jobs on a site, in turn and to their ends: a simulated site, no shell. */
import { expect, it } from 'vitest';
import { Following } from '../../../src/process/engine/following.ts';
import type { Asked } from '../../../src/process/engine/site-scripts.ts';

const MINUTE = 60_000;

/** Jobs that run, what of their logs is here, and what there. */
class Site {
  readonly following = new Following();
  readonly have: number[];
  readonly size: number[];

  constructor(count: number, size: number) {
    this.have = Array.from({ length: count }, () => 0);
    this.size = this.have.map(() => size);
  }

  get asked(): Asked[] {
    return [
      { folder: 'f', name: 's', jobs: this.have.map((have, index) => ({ index, work: `work/b/${index}`, have })) },
    ];
  }

  /**
   * @param changed those of which the site tells the size, beside those that it is asked for by name
   * @param most bytes that it brings of a log
   * @returns those that were fetched
   */
  look(nowMs: number, changed: readonly number[], most = Number.POSITIVE_INFINITY): number[] {
    const { works } = this.following.ask(this.asked, nowMs);
    const isTold = (index: number): boolean => changed.includes(index) || works.includes(`work/b/${index}`);
    const told = this.size.map((size, index) => [`work/b/${index}`, size] as const);
    this.following.heard(new Map(told.filter((_, index) => isTold(index))), this.asked, nowMs);
    const next = this.following.next(this.asked);
    const fetched = next.flatMap(({ jobs }) => jobs.map(({ index }) => index));
    for (const index of fetched) {
      const have = this.have[index] ?? 0;
      this.have[index] = Math.max(have, Math.min(this.size[index] ?? 0, have + most));
    }
    this.following.fetched(next, (_name, index) => this.have[index] ?? 0);
    return fetched;
  }
}

it('lets none wait while others are fetched again', () => {
  const site = new Site(500, 10);
  const all = site.have.map((_, index) => index);
  const times = all.map(() => 0);
  for (let look = 1; look <= 6; look++) {
    for (const index of site.look(look * MINUTE, all)) times[index] = (times[index] ?? 0) + 1;
    for (const index of all) site.size[index] = (site.size[index] ?? 0) + 5;
    if (look % 3 === 0) expect(Math.min(...times)).toBe(look / 3);
  }
});

it('fetches a burst to its end though nothing is told of it any more, and asks no more for a log that was cut', () => {
  const site = new Site(2, 100);
  const looks = [1, 2, 3, 4].map((look) => site.look(look * MINUTE, [], 40));
  expect([looks, site.have]).toEqual([
    [[0, 1], [0, 1], [0, 1], []],
    [100, 100],
  ]);
  site.size[0] = 120;
  site.look(5 * MINUTE, [0], 0);
  expect(site.look(6 * MINUTE, [], 40)).toEqual([]);
  site.size[0] = 130;
  expect(site.look(7 * MINUTE, [0], 40)).toEqual([0]);
});

it.each<[string, number | undefined, number, number, string[]]>([
  ['at first by name', undefined, 0, 2, ['work/b/0', 'work/b/1']],
  ['half a minute later', 0, MINUTE / 2, 3, []],
  ['after an hour in which nobody could look', 0, 60 * MINUTE, 62, []],
  ['when the clock was set back', 60 * MINUTE, 0, 2, []],
])('asks for sizes: %s', (_what, heardMs, nowMs, minutes, works) => {
  const site = new Site(2, 0);
  if (heardMs !== undefined) site.look(heardMs, []);
  expect(site.following.ask(site.asked, nowMs)).toEqual({ minutes, works });
});
