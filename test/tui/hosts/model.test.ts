import { describe, expect, it } from 'vitest';
import { type HostLine, hostLine, stageKeys } from '../../../src/tui/hosts/model.ts';
import { filtered, type Order, SORTS, sorted } from '../../../src/tui/hosts/order.ts';
import { againText, deathText } from '../../../src/tui/hosts/problems.ts';
import { slotsCell } from '../../../src/tui/hosts/words.ts';
import { type FakeHost, fakeHost, fakeProcess, fakeWish, NOW_MS } from '../data.ts';
import { HOSTS, PROCESSES, REASON } from './fixtures.ts';

const STAGES = ['verify', 'calibrate', 'detect', 'preview', 'archive'];
const rows = HOSTS.map(fakeHost);
const processes = PROCESSES.map(fakeProcess);
const KEYS = stageKeys(rows, processes, STAGES);

function lineOf(host: FakeHost, all = processes): HostLine {
  return hostLine(fakeHost(host), KEYS, all, NOW_MS);
}

const LINES = HOSTS.map((host) => lineOf(host));

describe('columns', () => {
  it('are the stages of the board, then what is wished for together', () => {
    expect(KEYS).toEqual([...STAGES, 'calibrate+detect']);
  });

  it('are those that kept processes serve together, and stages that the board has not', () => {
    const together = fakeProcess({ id: 'aaaa', stages: ['verify', 'archive'], content: { kept: true } });
    const byHand = fakeProcess({ id: 'bbbb', stages: ['detect', 'preview'] });
    const unknown = fakeHost({ host: 'x', wishes: [fakeWish('reduce=1', { state: 'refused' })] });
    expect(stageKeys([unknown], [together, byHand], STAGES)).toEqual([...STAGES, 'archive+verify', 'reduce']);
  });
});

describe('what is wanted beside what runs', () => {
  it.each([
    ['node1', ['2/2', '3/4', '-', '-', '-', '-'], 'running'],
    ['node2', ['-', '8/8', '-', '-', '-', '-'], 'leaving'],
    ['node3', ['1/1', '-', '0/4!', '-', '-', '-'], 'crashing'],
    ['node4', ['-', '-', '-', '-', '0/1!', '-'], 'missing'],
    ['node5', ['-', '-', '0/?!', '-', '-', '-'], 'unclear'],
    // Nobody has wished for it; one process counts for each of its stages, and a dead one for none.
    ['node6', ['4/-', '4/-', '-', '-', '-', '-'], 'by hand'],
    ['node7', ['-', '-', '-', '-', '-', '0/2!'], 'missing'],
  ])('on %s', (host, cells, state) => {
    const line = LINES.find(({ row }) => row.host === host);
    expect(line?.stages.map((stage) => slotsCell(stage).text)).toEqual(cells);
    expect(line?.stages.map((stage) => stage.state)).toContain(state);
  });

  it('is an extra where a kept process has outlived its wish', () => {
    const { stages } = lineOf({ host: 'node1' });
    expect(stages[0]).toMatchObject({ key: 'verify', state: 'extra', slots: 2, busy: 1 });
  });
});

describe('what is to be thought of a host', () => {
  it.each([
    ['node1', 'up', 'good'],
    ['node2', 'draining', 'warn'],
    ['node3', 'CRASHING', 'bad'],
    ['node4', 'SILENT', 'bad'],
    ['node5', 'UNCLEAR', 'bad'],
    ['node6', 'by hand', 'plain'],
    ['node7', 'NO AGENT', 'bad'],
  ])('%s is %s', (host, word, tone) => {
    expect(LINES.find(({ row }) => row.host === host)?.verdict).toMatchObject({ word, tone });
  });

  it.each<[Omit<FakeHost, 'host'>, string, string]>([
    [{ isDown: true }, 'down', ''],
    [{ agent: 'none' }, 'off', ''],
    [{ wishes: [fakeWish('detect=1', { state: 'starting' })] }, 'changing', ''],
    [{ isUnread: true, trouble: 'failed (ELOOP)' }, 'UNREAD', "hosts/x can't be read: failed (ELOOP); what runs"],
    [{ trouble: 'no space left (ENOSPC)' }, 'TROUBLE', 'its agent says: no space left (ENOSPC)'],
    [
      { wishes: [fakeWish('c=1', { state: 'refused', why: "the board has no stage 'c'" })] },
      'WISHES',
      'c=1: the board',
    ],
    [{ foreign: [['a=many', 'many is no number']] }, 'WISHES', 'a=many is no wish: many is no number'],
    [
      { wishes: [fakeWish('detect=1', { state: 'waiting', deaths: 1, why: 'killed' })] },
      'retrying',
      'detect=1 died: killed',
    ],
    // What can't be read is worse than what it holds.
    [{ isUnread: true, trouble: 'x', foreign: [['y', 'z']] }, 'UNREAD', "hosts/x can't"],
  ])('%j: %s', (more, word, text) => {
    const { verdict, problems } = lineOf({ host: 'x', ...more });
    expect(verdict.word).toBe(word);
    expect(problems[0]?.text ?? '').toContain(text);
  });

  it('a process that is not heard of is told of', () => {
    const silent = fakeProcess({ id: 'zzzz', host: 'x', isSilent: true, beatMs: 48_000 });
    expect(lineOf({ host: 'x' }, [silent])).toMatchObject({
      verdict: { word: 'SILENT' },
      problems: [{ text: 'process zzzz has not been heard of for 48s' }],
    });
  });
});

it('many that are not heard of are told of together', () => {
  const silent = ['aaaa', 'bbbb'].map((id, index) =>
    fakeProcess({ id, host: 'x', isSilent: true, beatMs: 48_000 + 2_000 * index }),
  );
  expect(lineOf({ host: 'x' }, silent).problems.map(({ text }) => text)).toEqual([
    '2 processes have not been heard of for 50s: aaaa, bbbb',
  ]);
});

describe('a crash loop', () => {
  const wish = fakeWish('detect=4', { state: 'crashing', deaths: 4, why: REASON, next: '2026-11-21T14:03:14Z' });

  it('is told with its reason and the next try', () => {
    expect(deathText(wish, fakeHost({ host: 'x' }), NOW_MS)).toBe(`died 4 times in a row, again in 43s: ${REASON}`);
  });

  it.each([
    // The agent tells the time by its own clock.
    [10_000, 'again in 33s'],
    [-10_000, 'again in 53s'],
    [43_500, 'again at once'],
    [undefined, 'again in 43s'],
  ])('of a host whose clock is %s ms ahead: %s', (clockMs, text) => {
    const facts = clockMs === undefined ? {} : { clockMs };
    expect(againText(wish, fakeHost({ host: 'x', facts }), NOW_MS)).toBe(text);
  });

  it.each([undefined, '', 'never'])('without a time that can be read (%j) tells none', (next) => {
    expect(againText({ ...wish, next }, fakeHost({ host: 'x' }), NOW_MS)).toBe('');
  });

  it('that is over is told as that', () => {
    expect(deathText({ ...wish, state: 'running' }, fakeHost({ host: 'x' }), NOW_MS)).toMatch(
      /^died 4 times in a row, up again: exit code 2/,
    );
  });
});

describe('the order', () => {
  const names = (order: Order): string =>
    sorted(LINES, order)
      .map(({ row }) => row.host.slice(-1))
      .join('');

  it.each<[Order['by'], string, string]>([
    ['host', '1234567', '7654321'],
    ['state', '3475261', '1625743'],
    // What is not known is last, and hosts that are alike stand by their names.
    ['load', '6124537', '7324516'],
    ['free', '3124567', '6712453'],
    ['clock', '3124567', '6724513'],
    ['seen', '4612537', '7312564'],
  ])('by %s', (by, wanted, reversed) => {
    expect(names({ by, isReversed: false })).toBe(wanted);
    expect([...names({ by, isReversed: true })].sort().join('')).toBe('1234567');
    expect(names({ by, isReversed: true })[0]).toBe(reversed[0]);
  });

  it('stays the same when hosts come in another order', () => {
    for (const by of SORTS) {
      const order = { by, isReversed: false };
      expect(sorted([...LINES].reverse(), order).map(({ row }) => row.host)).toEqual(
        sorted(LINES, order).map(({ row }) => row.host),
      );
    }
  });
});

describe('the filter', () => {
  it.each([
    ['', '1234567'],
    ['node3', '3'],
    ['NODE3', ''],
    ['crashing', '3'],
    ['calibrate', '1267'],
    ['calibrate -down', '167'],
    ['down', '2'],
    ['agent:none', '67'],
    ['command is no', '3'],
    ['-', '1234567'],
    ['-node', ''],
  ])('%s', (filter, wanted) => {
    expect(
      filtered(LINES, filter)
        .map(({ row }) => row.host.slice(-1))
        .join(''),
    ).toBe(wanted);
  });
});
