import { describe, expect, it } from 'vitest';
import type { Verb } from '../../../src/board/operate.ts';
import { verbLayer } from '../../../src/tui/layers/verb.ts';
import { answerTo, type VerbState } from '../../../src/tui/layers/verb-state.ts';
import type { Ask, Effect, LayerSpec } from '../../../src/tui/view.ts';
import { type FakeContextOptions, fakeContext, fakeData, keyOf, located, resized } from '../data.ts';
import { Driver } from './drive.ts';

type Spec = Extract<LayerSpec, { name: 'verb' }>;

const failed = (number: number): string[] =>
  Array.from(
    { length: number },
    (_, index) => `failed/50.20261121T120000.ccf__.003.acs.j9abc${String(index).padStart(5, '0')}q@3-x2`,
  );
const DONE = 'done/2026-11-21/50.20261121T110000.ccccc.005.acs.k9done';
const HELD = 'held/50.20261121T100000.ch___.001.acs.k9held@2-o';

interface Options extends Omit<FakeContextOptions, 'filter'> {
  readonly verb?: Ask['verb'];
  readonly scope?: Ask['scope'];
  readonly filter?: string;
  readonly answersPlans?: boolean;
  /** Keys that were chosen and are no longer there. */
  readonly gone?: readonly string[];
  readonly stage?: string;
}

function drive(entries: readonly string[], options: Options = {}): Driver<Spec, VerbState> {
  const { verb = 'repipe', scope = 'marks', filter = '', answersPlans = true, gone = [], stage, ...common } = options;
  const context = fakeContext(fakeData({ entries }), common);
  const ask: Ask = { verb, scope, filter, keys: [...entries.map(keyOf), ...gone], stage };
  return new Driver(verbLayer, { name: 'verb', ask }, context, answersPlans);
}

const plansOf = (driver: Driver<Spec, VerbState>): Verb[] =>
  driver.effects.flatMap((effect) => (effect.kind === 'plan' ? [effect.verb] : []));
const applyOf = (effects: readonly Effect[]): Extract<Effect, { kind: 'apply' }> | undefined =>
  effects.find((effect) => effect.kind === 'apply');

describe('the way of a train wreck', () => {
  it('takes Enter, the number and Enter', () => {
    const driver = drive(failed(300), { scope: 'filter', filter: 'state:failed cause:x2' });
    expect(plansOf(driver)).toEqual([{ verb: 'repipe' }]);
    driver.press('enter').type('300').press('enter');
    expect(driver.effects).toHaveLength(2);
    expect(applyOf(driver.effects)).toMatchObject({ verb: { verb: 'repipe' }, reason: undefined });
    expect(applyOf(driver.effects)?.keys).toEqual(failed(300).map(keyOf));
    expect(driver.state.step).toBe('applying');
  });

  it('takes the number right away as well', () => {
    const driver = drive(failed(21)).type('21').press('enter');
    expect(applyOf(driver.effects)?.keys).toHaveLength(21);
  });

  it('holds 30,000', () => {
    const driver = drive(failed(30_000)).type('30000').press('enter');
    expect(applyOf(driver.effects)?.keys).toHaveLength(30_000);
    driver.tell({ kind: 'progress', done: 15_000, of: 30_000 });
    expect(driver.text).toContain('15,000 of 30,000');
  });
});

describe('the answer', () => {
  it.each<[Ask['verb'], number, boolean]>([
    ['repipe', 1, false],
    ['repipe', 20, false],
    ['repipe', 21, true],
    ['remove', 1, false],
    ['remove', 2, true],
    ['remove', 21, true],
  ])('%s of %d is typed: %s', (verb, number, isTyped) => {
    const wanted = answerTo(verb, number);
    expect(wanted.isTyped).toBe(isTyped);
    expect(wanted.hint).toBe(isTyped ? `type ${number} to go on` : 'y/N');
  });

  it.each<[string, number, string[]]>([
    ['Enter alone, of a few', 2, ['enter', 'enter', 'enter']],
    ['Enter alone, of many', 30, ['enter', 'enter', 'enter']],
    ['another number', 30, ['enter', '2', '9', 'enter']],
    ['a longer number', 30, ['enter', '3', '0', '0', 'enter']],
    ['y, of many', 30, ['enter', 'y', 'enter']],
    ['digits, of a few', 2, ['enter', '2', 'enter']],
    ['other letters', 2, ['enter', 'Y', 'x', 'space', 'enter']],
  ])('does nothing: %s', (_, number, keys) => {
    const driver = drive(failed(number)).press(...keys);
    expect(applyOf(driver.effects)).toBeUndefined();
    expect(driver.isClosed).toBe(false);
    expect(driver.state.note).toContain('Esc to cancel');
  });

  it.each(['escape', 'n', 'q'])('is no, by %s', (key) => {
    for (const before of [[], ['enter'], ['enter', '3']]) {
      const driver = drive(failed(30)).press(...before, key);
      expect(driver.isClosed).toBe(true);
      expect(applyOf(driver.effects)).toBeUndefined();
    }
  });

  it('is y for a few', () => {
    const driver = drive(failed(2)).press('enter', 'y');
    expect(applyOf(driver.effects)?.keys).toEqual(failed(2).map(keyOf));
  });

  it('is not pasted', () => {
    const driver = drive(failed(30)).press('enter').paste('30').press('enter');
    expect(applyOf(driver.effects)).toBeUndefined();
    expect([driver.state.answer.text, driver.state.reason.text]).toEqual(['', '']);
  });

  it('is made of digits only', () => {
    const driver = drive(failed(30)).press('x', 'Y');
    expect(driver.state.step).toBe('stage');
    driver.press('enter', '3', 'a', 'space', '0');
    expect(driver.state.answer.text).toBe('30');
  });

  it('waits for the plan', () => {
    const driver = drive(failed(2), { answersPlans: false }).press('enter', 'y', 'enter');
    expect(driver.effects).toHaveLength(1);
    expect(driver.text).toContain('working out what would change');
    expect(driver.state.note).toContain('wait');
    driver.plan({ kind: 'plan', verb: { verb: 'repipe' }, keys: driver.state.ask.keys });
    expect(applyOf(driver.press('y').effects)?.keys).toHaveLength(2);
  });

  it('closes where nothing can be done', () => {
    const driver = drive([DONE]).press('enter');
    expect(driver.text).toContain('There is nothing that could be done');
    driver.press('y');
    expect(driver.isClosed).toBe(true);
    expect(applyOf(driver.effects)).toBeUndefined();
  });
});

describe('the plan', () => {
  it('is asked for again when the stage changes, and only then', () => {
    const driver = drive(failed(2)).press('enter', 'tab', 'tab', 'enter', 'S-tab', 'down', 'down', 'enter');
    expect(plansOf(driver)).toEqual([{ verb: 'repipe' }, { verb: 'repipe', stage: 'calibrate' }]);
    expect(driver.text).toContain('2 failed at detect -> rerun calibrate, detect, preview, archive');
    driver.press('S-tab', 'g', 'enter', 'y');
    expect(plansOf(driver)).toHaveLength(3);
    expect(applyOf(driver.effects)?.verb).toEqual({ verb: 'repipe' });
  });

  it('is asked for again when the rank changes', () => {
    const driver = drive(failed(2), { verb: 'rank' });
    expect(plansOf(driver)).toEqual([]);
    driver.press('enter');
    expect(driver.text).toContain('two digits are wanted');
    driver.type('057').press('enter');
    expect(plansOf(driver)).toEqual([{ verb: 'rank', rank: 5 }]);
    driver.press('S-tab', 'backspace', '6', 'enter', 'y');
    expect(plansOf(driver).at(-1)).toEqual({ verb: 'rank', rank: 6 });
    expect(applyOf(driver.effects)?.verb).toEqual({ verb: 'rank', rank: 6 });
  });

  it('counts what is refused and what is gone; only the others are applied', () => {
    const driver = drive([...failed(2), DONE], { gone: ['k9gone 20261121T120000'] }).press('enter');
    expect(driver.text).toContain('2 failed at detect -> rerun detect, preview, archive');
    expect(driver.text).toContain('1 done refused: nothing of it has failed');
    expect(driver.text).toContain('1 no longer on the board');
    driver.press('y');
    expect(applyOf(driver.effects)?.keys).toEqual(failed(2).map(keyOf));
  });

  it('finds out which are gone, wherever they stood', () => {
    const entries = failed(6);
    const driver = drive(entries, { answersPlans: false });
    const keys = entries.map(keyOf);
    const there = keys.filter((_, index) => ![0, 2, 3, 5].includes(index));
    driver.plan({ kind: 'plan', verb: { verb: 'repipe' }, keys: there });
    expect(driver.state.plan).toMatchObject({
      able: there,
      gone: ['j9abc00000q', 'j9abc00002q', 'j9abc00003q', 'j9abc00005q'],
    });
  });

  it('is not of entries whose names only begin or end alike', () => {
    const driver = drive(failed(1), { answersPlans: false });
    const [key = ''] = failed(1).map(keyOf);
    for (const other of [key.replace('j9', 'j9j9'), key.replace('j9', 'k9'), key.replace('T12', 'T13')]) {
      const [dataset, posted] = other.split(' ');
      const entry = located(`failed/50.${posted}.ccf__.003.acs.${dataset}@3-x2`);
      const plan = { entry, ok: true, letters: 'ccw__', state: 'active', text: 'rerun detect' };
      expect(driver.tell({ kind: 'planned', plans: [plan], gone: 0 }).state.plan).toBeUndefined();
    }
  });

  it('is held in short: neither entries nor what was planned for each', () => {
    const { state, context } = drive([...failed(30), DONE, HELD]);
    expect(state.plan).toMatchObject({ able: { length: 31 }, refused: [{ dataset: 'k9done' }] });
    const { entries } = context.data;
    const foreign = new Set<unknown>(state.ask.keys.map((key) => entries.find(key)));
    const seen = new Set<unknown>();
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || seen.has(value)) return;
      seen.add(value);
      for (const part of value instanceof Map ? [...value.keys(), ...value.values()] : Object.values(value)) walk(part);
    };
    walk(state);
    expect([...seen].filter((value) => foreign.has(value))).toEqual([]);
  });

  it('of a rank is the same for entries of all ranks and states', () => {
    const ranks = ['05', '50', '99'].map((rank, index) => `queue/${rank}.20261121T120000.w____.000.acs.j9r${index}`);
    const REMOVED = 'removed/2026-11-21/50.20261121T110000.ccf__.005.acs.k9removed@3-x2';
    const driver = drive([...ranks, DONE, HELD, REMOVED], { verb: 'rank' })
      .type('07')
      .press('enter');
    expect(driver.state.plan?.breakdown).toEqual([
      '3 queue at verify -> rank 07',
      '1 done -> rank 07',
      '1 held at calibrate -> rank 07',
      '1 removed refused: it was removed from the board; post it again',
    ]);
    expect(driver.text).toContain('rank 5 entries? [y/N]');
    expect(applyOf(driver.press('y').effects)?.keys).toEqual([...ranks, DONE, HELD].map(keyOf));
  });

  it('of another dialog, answered late, is not taken for this one', () => {
    const driver = drive(failed(2), { answersPlans: false });
    const other = drive([HELD], { verb: 'release', answersPlans: false });
    const { entries } = other.context.data;
    const [entry] = [entries.find(keyOf(HELD))];
    if (entry === undefined) throw new Error('no entry');
    driver.tell({
      kind: 'planned',
      plans: [{ entry, ok: true, letters: 'cw___', state: 'active', text: 'release calibrate' }],
      gone: 0,
    });
    expect(driver.state.plan).toBeUndefined();
    // Nor one that nobody has asked for.
    const rank = drive(failed(2), { verb: 'rank' });
    rank.tell({ kind: 'planned', plans: [], gone: 2 });
    expect(rank.state.plan).toBeUndefined();
  });

  it('answered while the rank is looked at again is not lost', () => {
    const driver = drive(failed(2), { verb: 'rank', answersPlans: false }).type('05').press('enter', 'S-tab');
    driver.plan({ kind: 'plan', verb: { verb: 'rank', rank: 5 }, keys: driver.state.ask.keys });
    driver.press('enter', 'y');
    expect(applyOf(driver.effects)?.keys).toHaveLength(2);
  });
});

describe('the reason', () => {
  it('is typed, with letters that mean something elsewhere, and pasted', () => {
    const driver = drive(failed(2)).press('enter', 'tab').type('no q, yes').paste(': n\n1').press('enter', 'y');
    expect(applyOf(driver.effects)?.reason).toBe('no q, yes: n 1');
  });

  it('is shown in the command', () => {
    const driver = drive(failed(2)).press('enter', 'tab').type("it's");
    expect(driver.text).toContain("slate repipe --reason 'it'\\''s' --board hst j9abc00000q j9abc00001q");
  });

  it('of spaces is none', () => {
    const driver = drive(failed(2)).press('enter', 'tab', 'space', 'S-tab', 'y');
    expect(applyOf(driver.effects)?.reason).toBeUndefined();
  });
});

describe('while it is applied', () => {
  it.each(['escape', 'q'])('%s stops it, and it stays until it has stopped', (key) => {
    const driver = drive(failed(2)).press('enter', 'y', key);
    expect(driver.effects.at(-1)).toEqual({ kind: 'stopApply' });
    expect(driver.isClosed).toBe(false);
    expect(driver.text).toContain('stopping');
    driver.tell({ kind: 'applied', done: 1, refused: [], absent: [], left: 1, fault: undefined });
    expect(driver.text).toContain('1 repiped, 1 not looked at');
  });

  it('ends with a toast if all went well', () => {
    const driver = drive(failed(2)).press('enter', 'y');
    driver.tell({ kind: 'applied', done: 2, refused: [], absent: [], left: 0, fault: undefined });
    expect(driver.isClosed).toBe(true);
    expect(driver.effects.at(-1)).toEqual({ kind: 'toast', text: '2 repiped', isError: false });
  });

  it('ends with a list of what did not, also of what the plan had refused', () => {
    const driver = drive([...failed(2), DONE], { gone: ['k9gone 20261121T120000'] }).press('enter', 'y');
    driver.tell({
      kind: 'applied',
      done: 1,
      refused: [{ dataset: 'j9abc00001q', why: 'it is now running' }],
      absent: [],
      left: 0,
      fault: undefined,
    });
    expect(driver.isClosed).toBe(false);
    for (const text of [
      '1 repiped, 2 refused, 1 absent',
      'j9abc00001q: it is now running',
      'k9done: nothing of it has failed',
      'k9gone: it is no longer on the board',
    ])
      expect(driver.text).toContain(text);
    driver.press('y', 'e');
    const [copy, list] = driver.effects.slice(-2);
    expect(copy).toMatchObject({ kind: 'copy', what: 'the list' });
    expect(list).toMatchObject({ kind: 'open', layer: { name: 'output' } });
    expect(driver.press('enter').isClosed).toBe(true);
  });

  it('says what the disk refused', () => {
    const driver = drive(failed(2)).press('enter', 'y');
    driver.tell({ kind: 'applied', done: 1, refused: [], absent: [], left: 1, fault: 'ENOSPC: the disk is full' });
    expect(driver.text).toContain('it stopped: ENOSPC: the disk is full');
  });

  it('scrolls a long list of refusals', () => {
    const driver = drive(failed(100)).press('enter').type('100').press('enter');
    const refused = failed(100).map((entry, index) => ({
      dataset: keyOf(entry).split(' ')[0] ?? '',
      why: `why ${index}`,
    }));
    driver.tell({ kind: 'applied', done: 0, refused, absent: [], left: 0, fault: undefined });
    expect(driver.text).toContain('why 0');
    expect(driver.press('G').text).toContain('why 99');
    expect(driver.press('k').text).not.toContain('why 99');
    // Page by page nothing is passed over.
    driver.press('g');
    const seen = new Set<string>();
    for (let page = 0; page < 20; page++) {
      for (const [why] of driver.text.matchAll(/why \d+/g)) seen.add(why);
      driver.press('pagedown');
    }
    expect(seen.size).toBe(100);
    // On a screen that has become smaller as well.
    driver.follow(resized(driver.context, 60, 15)).press('G');
    expect(driver.text).toContain('why 99');
    expect(driver.press('g').text).toContain('why 0');
    expect(driver.mouse('wheeldown', 5, 5).text).not.toMatch(/why 0\b/);
  });
});

describe('numbers', () => {
  it('are grouped, but for the answer that is typed', () => {
    const refused = Array.from({ length: 1_500 }, (_, index) => DONE.replace('k9done', `k9d${index}`));
    const driver = drive([...failed(10_000), ...refused], { gone: ['k9gone 20261121T120000'] });
    expect(driver.text).toContain('repipe 11,501 entries');
    expect(driver.text).toContain('10,000 entries would be repiped, 1,500 would be refused, 1 absent:');
    driver.press('enter', '1');
    for (const text of [
      '10,000 failed at detect -> rerun detect, preview, archive',
      '1,500 done refused: nothing of it',
      '11,501 entries: j9abc00000q',
      'and 11,498 more: --from0',
      'repipe 10,000 entries? [type 10000 or 10k to go on] 1',
    ])
      expect(driver.text).toContain(text);
    driver.type('0k').press('enter');
    driver.tell({ kind: 'applied', done: 8_000, refused: [], absent: [], left: 2_000, fault: undefined });
    expect(driver.text).toContain('8,000 repiped, 1,500 refused, 1 absent, 2,000 not looked at');
  });

  it('are grouped in the toast', () => {
    const driver = drive(failed(2)).press('enter', 'y');
    driver.tell({ kind: 'applied', done: 10_000, refused: [], absent: [], left: 0, fault: undefined });
    expect(driver.effects.at(-1)).toMatchObject({ kind: 'toast', text: '10,000 repiped' });
  });
});

describe('the stage that is offered first', () => {
  it('is asked about at once, and gone on with by Enter', () => {
    const driver = drive([HELD], { verb: 'release', stage: 'calibrate' });
    expect(plansOf(driver)).toEqual([{ verb: 'release', stage: 'calibrate' }]);
    expect(driver.text).toContain('▸ calibrate');
    expect(driver.text).toContain('1 entry would be released: Enter goes on');
    driver.press('enter', 'y');
    expect(plansOf(driver)).toHaveLength(1);
    expect(applyOf(driver.effects)?.verb).toEqual({ verb: 'release', stage: 'calibrate' });
  });

  it('is none if the board has no such stage', () => {
    expect(plansOf(drive([HELD], { verb: 'release', stage: 'gone' }))).toEqual([{ verb: 'release' }]);
  });

  it('is told of only while the cursor is on it', () => {
    const driver = drive([HELD], { verb: 'release', stage: 'calibrate' }).press('k');
    expect(driver.text).toContain('Enter shows what would change');
    expect(driver.press('j').text).toContain('1 entry would be released');
  });
});

describe('where nothing could be done', () => {
  it('the list of stages says why', () => {
    const { text } = drive([...failed(3), DONE], { verb: 'release' });
    expect(text).toContain('0 entries would be released, 4 would be refused: Enter goes on');
    expect(text).toContain('3 failed at detect refused: nothing of it is held');
    expect(text).toContain('1 done refused: nothing of it is held');
  });

  it('a few rows are all that it takes', () => {
    const states = ['queue/50.20261121T100000.w____.000.acs.a', 'active/50.20261121T100000.cw___.000.acs.b', DONE];
    const [few, many] = [drive([DONE]), drive(states)].map((driver) => driver.lines(60, 15));
    expect(few?.join('\n')).toContain('1 done refused: nothing of it has failed; name the stage');
    expect(few?.join('\n')).toContain('  to start again from with --stage');
    // A question, a summary, three rows: what is more is cut.
    const rule = many?.findIndex((row) => /│─+│/.test(row)) ?? -1;
    expect(many?.slice(rule + 1).findIndex((row) => row.includes('└'))).toBe(5);
    expect(many?.join('\n')).toMatch(/…\s*│/);
  });

  it('the stage of the cursor stays in sight', () => {
    const stages = Array.from({ length: 9 }, (_, index) => `step${index}`);
    const entry = 'done/2026-11-21/50.20261121T110000.ccccccccc.005.acs.k9done';
    const context = fakeContext(fakeData({ entries: [entry], stages }), { cols: 60, rows: 15 });
    const ask: Ask = { verb: 'release', scope: 'marks', filter: '', keys: [keyOf(entry)], stage: 'step5' };
    const driver = new Driver(verbLayer, { name: 'verb', ask }, context, false);
    expect(driver.text).toContain('▸ step5');
    driver.plan({ kind: 'plan', verb: { verb: 'release', stage: 'step5' }, keys: ask.keys });
    expect(driver.text).toContain('0 entries would be released');
    expect(driver.text).toContain('▸ step5');
    for (const key of ['j', 'j', 'j', 'k', 'k', 'k', 'k', 'k', 'k'])
      expect(driver.press(key).text).toContain(`▸ ${stages[driver.state.stageAt - 1]}`);
  });
});

describe('opening', () => {
  it.each<[string, readonly string[], Options]>([
    ['without entries', [], {}],
    ['for parameters', failed(1), { verb: 'set' }],
  ])('%s, it says why it closes', (_, entries, options) => {
    const driver = drive(entries, options);
    expect(driver.isClosed).toBe(true);
    expect(driver.effects).toMatchObject([{ kind: 'toast', isError: true }]);
  });

  it.each<[Ask['verb'], number]>([
    ['hold', 1],
    ['release', 1],
    ['skip', 1],
    ['remove', 1],
    ['rank', 0],
  ])('%s asks for %d plan', (verb, number) => {
    expect(plansOf(drive(failed(1), { verb }))).toHaveLength(number);
  });

  it('moves in the list of stages, with the mouse as well', () => {
    const driver = drive(failed(1)).press('j', 'down', 'G', 'k').mouse('wheelup', 1, 1);
    expect(driver.state.stageAt).toBe(3);
    expect(driver.text).toContain('▸ detect');
  });
});

describe('screens', () => {
  const hostile = ['failed/50.20261121T120000.ccf__.003.acs.j9~a%b,c=d@3-x2'];
  it.each<[string, readonly string[], Options, string[]]>([
    ['verb-stage', [...failed(37), DONE], { scope: 'filter', filter: 'state:failed cause:x2' }, ['down']],
    ['verb-number', [...failed(37), DONE], { scope: 'filter', filter: 'state:failed /\u202e/' }, ['enter', '3']],
    ['verb-marks', failed(37), {}, ['enter', 'tab', 'b', 'a', 'd']],
    ['verb-one', hostile, { scope: 'cursor', verb: 'hold' }, ['j', 'j', 'enter']],
    ['verb-rank', failed(2), { verb: 'rank' }, ['0', '5']],
  ])('%s', async (name, entries, options, keys) => {
    const driver = drive(entries, options).press(...keys);
    for (const [cols, rows] of [
      [80, 24],
      [120, 32],
      [60, 15],
    ] as const) {
      const text = `${driver.lines(cols, rows).join('\n')}\n`;
      await expect(text).toMatchFileSnapshot(`screens/${name}-${cols}x${rows}.txt`);
    }
  });

  it('shows the question on the smallest screen, whatever the breakdown', () => {
    const kinds = [...failed(4), DONE, HELD, 'queue/50.20261121T100000.w____.000.acs.k9queued'];
    const driver = drive(kinds, { cols: 60, rows: 15 }).press('enter');
    const lines = driver.lines(60, 15);
    expect(lines.join('\n')).toContain('repipe 5 entries? [y/N]');
    expect(lines.join('\n')).not.toContain('slate repipe');
    expect(driver.press('pagedown', 'pagedown').lines(60, 15).join('\n')).toContain('slate repipe');
  });
});
