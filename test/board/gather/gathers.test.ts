/** What an entry waits for is evaluated on names, and lets it go on in one rename. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createBoard } from '../../../src/board/board.ts';
import { checkBoard } from '../../../src/board/check.ts';
import { finish } from '../../../src/board/finish.ts';
import { type GatherLook, Gathers } from '../../../src/board/gather/gathers.ts';
import { BoardNames } from '../../../src/board/gather/names.ts';
import { changedMembers, waitLines, waitReports } from '../../../src/board/gather/report.ts';
import { membersFile, readMembers } from '../../../src/board/gather/step-members.ts';
import { nothingSwept, sweepPosts } from '../../../src/board/housekeep.ts';
import { operate } from '../../../src/board/operate.ts';
import { type PostRequest, post } from '../../../src/board/post.ts';
import { retain } from '../../../src/board/retention.ts';
import type { Located } from '../../../src/board/scan.ts';
import { makeProductFolder, markPublished } from '../../../src/board/tries.ts';
import { loadStories } from '../../../src/history/story.ts';
import { type Needs, parseNeeds } from '../../../src/model/needs.ts';
import { Bench, type BenchOptions, everyCrash, NEVER, stagesOf } from '../bench.ts';

/** A board with two stages; groups wait in the second, members stand in the first. */
function makeBench(options: BenchOptions = {}): Bench {
  return new Bench({ columns: ['cal', 'sum'], gather: { sum: {} }, ...options });
}

function needs(value: unknown): Needs {
  const parsed = parseNeeds(value, Date.now());
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

function put(bench: Bench, dataset: string, value?: unknown, more: Partial<PostRequest> = {}): Located {
  const result = post(bench.board, { dataset, ...(value === undefined ? {} : { needs: needs(value) }), ...more });
  if (!result.ok) throw new Error(result.why);
  return result.entry;
}

/** The stage is done by hand. */
function doStage(bench: Bench, dataset: string, column: number, products = false): void {
  const held = bench.win({ entry: bench.one(dataset), column });
  if (products) {
    makeProductFolder(bench.board, held.try);
    markPublished(bench.board, held.try);
  }
  finish(bench.board, held, { kind: 'complete' });
}

/** Looks until nothing more goes on: a glob's members are to be seen twice. */
function look(bench: Bench, gathers = new Gathers(bench.board)): GatherLook['went'] {
  const waiting = (): Located[] => bench.all().filter(({ name }) => name.letters.includes('g'));
  const first = gathers.look(waiting(), true).went;
  const until = performance.now() + 60;
  while (performance.now() < until);
  return [...first, ...gathers.look(waiting(), true).went];
}

/** Datasets that went on. */
function gone(went: GatherLook['went']): string[] {
  return went.map(({ entry }) => entry.name.dataset).sort();
}

describe('an entry with needs', () => {
  test('opens its gathering stage as g, and goes on in one rename when its members are done', () => {
    const bench = makeBench({ columns: ['cal', 'sum', 'end'] });
    put(bench, 'group', { members: ['a', 'b'], until: 'cal' });
    put(bench, 'a');
    doStage(bench, 'group', 0);
    expect(bench.where('group')).toEqual(['gather cg_.001']);
    doStage(bench, 'a', 0);
    const gathers = new Gathers(bench.board);
    // Members have that stage too, and nothing to wait for there.
    expect(gone(look(bench, gathers))).toEqual(['a']);
    put(bench, 'b');
    expect(gone(look(bench, gathers))).toEqual([]);
    doStage(bench, 'b', 0);
    expect(gone(look(bench, gathers))).toEqual(['b', 'group']);
    expect(bench.where('group')).toEqual(['active cw_.001']);
    expect(bench.lines().find(({ event, dataset }) => event === 'gathered' && dataset === 'group')).toMatchObject({
      event: 'gathered',
      from: 'cg_',
      to: 'cw_',
      members: 2,
      outcome: 'w',
    });
  });

  test('waits in its first stages where none gathers, also after hold and release, and after a repipe', () => {
    const bench = makeBench({ columns: ['a', 'b:', 'c:a+b'], gather: {} });
    put(bench, 'group', { members: 'x' });
    expect(bench.where('group')).toEqual(['gather gg_.000']);
    operate(bench.board, bench.one('group'), { verb: 'hold' });
    expect(bench.where('group')).toEqual(['held hh_.000@1-o+2-o']);
    operate(bench.board, bench.one('group'), { verb: 'release' });
    expect(bench.where('group')).toEqual(['gather gg_.000']);
    put(bench, 'x', undefined, { hold: true });
    operate(bench.board, bench.one('x'), { verb: 'skip', stage: 'a' });
    operate(bench.board, bench.one('x'), { verb: 'skip', stage: 'b' });
    operate(bench.board, bench.one('x'), { verb: 'skip', stage: 'c' });
    expect(look(bench)).toHaveLength(2);
    expect(bench.where('group')).toEqual(['queue ww_.000']);
    // Both in one rename.
    expect(
      bench
        .lines()
        .filter(({ event }) => event === 'gathered')
        .map(({ to }) => to),
    ).toEqual(['ww_', 'ww_']);
    doStage(bench, 'group', 0);
    operate(bench.board, bench.one('group'), { verb: 'repipe', stage: 'a' });
    expect(bench.where('group')).toEqual(['active gw_.001']);
  });

  test('posted held waits once it is released; an entry without needs goes on at once', () => {
    const bench = makeBench({ columns: ['sum'] });
    put(bench, 'group', { members: 'x' }, { hold: true });
    put(bench, 'free');
    expect(bench.where('group')).toEqual(['held h.000']);
    operate(bench.board, bench.one('group'), { verb: 'release' });
    expect(bench.where('group')).toEqual(['gather g.000']);
    expect(bench.where('free')).toEqual(['gather g.000']);
    expect(look(bench)).toMatchObject([{ entry: { name: { dataset: 'free' } }, members: 0 }]);
    expect(bench.where('free')).toEqual(['queue w.000']);
  });

  test.each<[string, unknown, RegExp]>([
    ['itself', { members: ['a', 'group'] }, /wait for itself/],
    ['a board that is not there', { members: 'exp:a' }, /no board 'exp'/],
    ['a stage that is not there', { members: 'a', until: 'call' }, /no stage 'call'.*it has cal, sum/],
  ])('that names %s is refused', (_, value, why) => {
    const bench = makeBench();
    const result = post(bench.board, { dataset: 'group', needs: needs(value) });
    expect(result).toMatchObject({ ok: false, refusal: 'needs' });
    expect(result.ok ? '' : result.why).toMatch(why);
    expect(bench.names('groups')).toEqual([]);
  });
});

describe('a member', () => {
  test('counts by its latest run: long done, posted again, removed', () => {
    const bench = makeBench({ columns: ['sum'] });
    fs.mkdirSync(bench.path('done/2026-01-05'));
    bench.put('done/2026-01-05/50.20260105T120000.c.001.-.a');
    put(bench, 'group', { members: 'a' });
    put(bench, 'a');
    const gathers = new Gathers(bench.board);
    // The new run of it gathers as well, at once; then it is to be run.
    expect(look(bench, gathers)).toMatchObject([{ entry: { name: { dataset: 'a' } } }]);
    operate(bench.board, bench.all().find(({ file }) => file.includes('.w.')) as Located, { verb: 'remove' });
    expect(look(bench, gathers)).toMatchObject([{ entry: { name: { dataset: 'group' } } }]);
  });

  test('that a glob names is any but the group itself, and there must be enough', () => {
    const bench = makeBench({ columns: ['cal', 'sum'] });
    put(bench, 'group', { members: [{ glob: 'g*', atLeast: 2 }], until: 'cal' });
    doStage(bench, 'group', 0);
    const gathers = new Gathers(bench.board);
    put(bench, 'g1');
    doStage(bench, 'g1', 0);
    expect(gone(look(bench, gathers))).toEqual(['g1']);
    expect(bench.where('group')).toEqual(['gather cg.001']);
    put(bench, 'g2');
    // In the queue, it matches and is not there.
    expect(look(bench, gathers)).toEqual([]);
    expect(waitLines(waitReports(bench.board, bench.one('group'))[0] as never, Date.now())).toEqual([
      '1 of 2 members are there',
      'missing: b:g2  waiting at cal',
    ]);
    doStage(bench, 'g2', 0);
    expect(gone(look(bench, gathers))).toEqual(['g2', 'group']);
  });

  test('on another board is looked for there', () => {
    const bench = makeBench({ columns: ['sum'] });
    const pipeline = {
      ...{ name: 'q', title: 'Q', stages: stagesOf(['cal', 'arc']), inFlight: 2000, durability: 'none' as const },
      ...{ landing: [], timers: [], transaction: false, retention: NEVER, file: 'q' },
    };
    const other = createBoard(bench.home, 'exp', pipeline);
    put(bench, 'group', { members: 'exp:a', until: 'cal' });
    const gathers = new Gathers(bench.board);
    expect(look(bench, gathers)).toEqual([]);
    const file = '50.20260105T120000.cw.001.-.a';
    fs.writeFileSync(other.path(`active/${file}`), '');
    expect(gathers.isPolled).toBe(true);
    expect(look(bench, gathers)).toHaveLength(1);
  });

  test('that is repiped after it was gathered leaves its products to the step, and show tells of it', () => {
    const bench = makeBench();
    put(bench, 'group', { members: ['a', 'b'], until: 'cal' });
    for (const dataset of ['a', 'b']) put(bench, dataset, undefined, { params: { of: dataset } });
    for (const dataset of ['a', 'b']) doStage(bench, dataset, 0, true);
    doStage(bench, 'group', 0);
    look(bench);
    expect(bench.where('group')).toEqual(['active cw.001']);
    operate(bench.board, bench.one('a'), { verb: 'repipe', stage: 'cal' });
    operate(bench.board, bench.one('b'), { verb: 'remove' });
    const held = bench.win({ entry: bench.one('group'), column: 1 });
    const path = membersFile(bench.board, held) ?? '';
    const members = readMembers(bench.board, path);
    expect(members.map(({ dataset, ready, params }) => [dataset, ready, params])).toEqual([
      ['a', true, { of: 'a' }],
      ['b', true, { of: 'b' }],
    ]);
    expect(members[0]?.products.cal).toMatch(/products\/a\/\w+\/cal\.001$/);
    doStage(bench, 'a', 0, true);
    expect(changedMembers(bench.board, bench.one('group')).map(({ dataset, text }) => [dataset, text])).toEqual([
      ['a', 'has run again since it was gathered'],
      ['b', 'was removed after it was gathered'],
    ]);
  });
});

describe('files and times', () => {
  test('files count by size and age', () => {
    const bench = makeBench({ columns: ['sum'] });
    const glob = `${bench.home}/in/d?/*.fits`;
    put(bench, 'group', { files: [{ glob, atLeast: 2, size: 3, age: '10s' }] });
    expect(look(bench)).toEqual([]);
    const write = (name: string, text: string, ageS: number): void => {
      const path = `${bench.home}/in/${name}`;
      fs.mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      fs.writeFileSync(path, text);
      fs.utimesSync(path, Date.now() / 1000 - ageS, Date.now() / 1000 - ageS);
    };
    write('d1/a.fits', 'abc', 60);
    write('d2/small.fits', 'ab', 60);
    write('d2/young.fits', 'abc', 1);
    write('d2/other.txt', 'abc', 60);
    expect(look(bench)).toEqual([]);
    expect(waitReports(bench.board, bench.one('group'))[0]?.files).toEqual([{ glob, found: 1, atLeast: 2 }]);
    write('d2/b.fits', 'abc', 60);
    expect(look(bench)).toHaveLength(1);
  });

  test('not before a time, whatever is there', () => {
    const bench = makeBench({ columns: ['sum'] });
    put(bench, 'group', { notBefore: '1h' });
    const { went, dueMs } = new Gathers(bench.board).look(bench.all());
    expect(went).toEqual([]);
    expect(dueMs - performance.now()).toBeLessThan(5_000);
    put(bench, 'past', { members: 'free', notBefore: '2020-01-01' });
    put(bench, 'free', undefined, { hold: true });
    operate(bench.board, bench.one('free'), { verb: 'skip' });
    expect(look(bench)).toMatchObject([{ entry: { name: { dataset: 'past' } } }]);
  });

  test.each([
    ['run', 'queue w.000', 'w'],
    ['hold', 'held h.000@1-deadline', 'h'],
    ['fail', 'failed f.000@1-deadline', 'f'],
  ])('at its deadline it does as told: %s', (then, where, letter) => {
    const bench = makeBench({ columns: ['sum'] });
    put(bench, 'late', { members: ['a', 'b'], deadline: '2020-01-01', then });
    put(bench, 'a', undefined, { hold: true });
    operate(bench.board, bench.one('a'), { verb: 'skip' });
    expect(look(bench)).toMatchObject([{ letter, members: 2, missing: 1 }]);
    expect(bench.where('late')).toEqual([where]);
    if (letter !== 'h') return;
    operate(bench.board, bench.one('late'), { verb: 'release' });
    expect(bench.where('late')).toEqual(['queue w.000']);
  });

  test('what is complete at its deadline goes on as usual', () => {
    const bench = makeBench({ columns: ['sum'] });
    put(bench, 'late', { members: 'a', deadline: '2020-01-01', then: 'fail' });
    put(bench, 'a', undefined, { hold: true });
    operate(bench.board, bench.one('a'), { verb: 'skip' });
    expect(look(bench)).toMatchObject([{ letter: 'w', missing: 0 }]);
  });

  test("the stage's deadline counts from the post", () => {
    const bench = makeBench({ columns: ['sum'], gather: { sum: { deadlineMs: 1_000, atDeadline: 'fail' } } });
    put(bench, 'late', { members: 'a' }, { posted: '20260105T120000' });
    expect(look(bench)).toMatchObject([{ letter: 'f' }]);
  });
});

describe('the file of a group', () => {
  test('survives what people do to it: edited, faulty, deleted, of another run', () => {
    const bench = makeBench({ columns: ['sum'] });
    const { name } = put(bench, 'group', { members: ['a', 'b'] });
    put(bench, 'a', undefined, { hold: true });
    operate(bench.board, bench.one('a'), { verb: 'skip' });
    const told: string[] = [];
    const gathers = new Gathers(bench.board, (where, why) => told.push(`${where}: ${why}`));
    const text = bench.read('groups/group');
    bench.put('groups/group', text.replace('members', 'membres'));
    expect(look(bench, gathers)).toEqual([]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^groups\/group: .*did you mean 'members'/);
    fs.unlinkSync(bench.path('groups/group'));
    expect(look(bench, gathers)).toEqual([]);
    expect(bench.read('groups/group')).toBe(text);
    // An earlier run's: this one's is made anew of its content.
    bench.put('groups/group', text.replace(name.posted, '20200101T000000').replace(',\n    "b"', ''));
    expect(look(bench, gathers)).toEqual([]);
    expect(bench.read('groups/group')).toBe(text);
    bench.put('groups/group', text.replace(',\n    "b"', ''));
    expect(look(bench, gathers)).toHaveLength(1);
  });

  test('goes with its entry, and not with an earlier run of it', () => {
    const bench = makeBench({ columns: ['sum'] });
    put(bench, 'group', { members: 'a' });
    operate(bench.board, bench.one('group'), { verb: 'remove' });
    expect(bench.names('groups')).toEqual([]);
    put(bench, 'group', { members: 'b' });
    expect(bench.names('groups')).toEqual(['group']);
    expect(bench.read('groups/group')).toContain('"b"');
  });

  test('is there before the entry can be seen, at whichever call its poster dies', () => {
    let bench = new Bench();
    const deaths = everyCrash(
      (dying) => {
        bench = makeBench({ columns: ['sum'] });
        // An earlier run that waited for something else.
        fs.mkdirSync(bench.path('done/2026-01-05'));
        bench.put('done/2026-01-05/50.20260105T120000.c.001.-.x');
        bench.put('groups/x', '{"dataset":"x","posted":"20260105T120000","members":["old"]}');
        post(bench.open({ fs: dying }), { dataset: 'x', needs: needs({ members: 'new' }) });
      },
      (left) => {
        const seen = sweepPosts(bench.board, new Set(), nothingSwept());
        sweepPosts(bench.board, seen, nothingSwept());
        const [entry] = bench.all().filter(({ folder }) => folder === 'gather');
        if (entry !== undefined) expect(bench.read('groups/x'), `${left} calls`).toContain('"new"');
        const again = post(bench.board, { dataset: 'x', needs: needs({ members: 'newer' }) });
        expect(again.ok, `${left} calls`).toBe(entry === undefined);
        expect(look(bench), `${left} calls`).toEqual([]);
        expect(bench.faults(), `${left} calls`).toEqual([]);
      },
    );
    expect(deaths).toBe(5);
  });

  test('keeps the members that it names from retention, on every board', () => {
    const bench = makeBench({ columns: ['sum'], retention: { doneMs: 0, logsMs: 0, productsMs: 0 } });
    for (const dataset of ['a', 'b1', 'c']) {
      fs.mkdirSync(bench.path(`products/${dataset}/20260105T120000`), { recursive: true });
      fs.mkdirSync(bench.path(`logs/${dataset}`), { recursive: true });
      fs.mkdirSync(bench.path('done/2026-01-05'), { recursive: true });
      bench.put(`done/2026-01-05/50.20260105T120000.c.001.-.${dataset}`);
      const old = new Date('2026-01-05');
      for (const folder of [`products/${dataset}/20260105T120000`, `products/${dataset}`, `logs/${dataset}`])
        fs.utimesSync(bench.path(folder), old, old);
    }
    fs.utimesSync(bench.path('columns'), new Date('2026-01-01'), new Date('2026-01-01'));
    put(bench, 'group', { members: ['a', 'b*', 'zz'] });
    retain(bench.board);
    expect(bench.names('done/2026-01-05').map((file) => file.slice(-2))).toEqual(['.a', 'b1']);
    expect(bench.names('products')).toEqual(['a', 'b1']);
    expect(bench.names('logs')).toEqual(['a', 'b1']);
    operate(bench.board, bench.one('group'), { verb: 'remove' });
    retain(bench.board);
    expect(bench.names('products')).toEqual([]);
    expect(bench.names('done')).toEqual([]);
  });
});

test('an entry goes on once, at whichever call its evaluator dies, and its step has its members', () => {
  let bench = new Bench();
  const deaths = everyCrash(
    (dying) => {
      bench = makeBench({ columns: ['cal', 'sum'] });
      put(bench, 'group', { members: 'a', until: 'cal' });
      put(bench, 'a');
      doStage(bench, 'a', 0, true);
      doStage(bench, 'group', 0);
      new Gathers(bench.open({ fs: dying })).look([bench.one('group')], true);
    },
    (left) => {
      look(bench);
      expect(bench.where('group'), `${left} calls`).toEqual(['active cw.001']);
      const held = bench.win({ entry: bench.one('group'), column: 1 });
      const path = membersFile(bench.board, held) ?? '';
      expect(
        readMembers(bench.board, path).map(({ dataset }) => dataset),
        `${left} calls`,
      ).toEqual(['a']);
    },
  );
  expect(deaths).toBe(3);
});

describe('what the kernel tells', () => {
  test('of a member that is done is believed without reading the day again, and looked at itself', () => {
    const bench = makeBench({ columns: ['sum'] });
    fs.mkdirSync(bench.path(`done/${bench.board.today()}`));
    put(bench, 'group', { members: ['a', 'b'] });
    const names = new BoardNames(bench.board);
    names.want({ datasets: new Set(['a', 'b']), globs: new Set(), onlyDone: true });
    const day = `done/${bench.board.today()}`;
    names.refresh(performance.now());
    bench.put(`${day}/50.20260105T120000.c.001.-.a`);
    names.hear(day, '50.20260105T120000.c.001.-.a');
    names.hear(day, '50.20260105T120000.c.001.-.b');
    expect(names.newest('a')).toBeUndefined();
    names.refresh(performance.now());
    expect(names.newest('a')?.name.posted).toBe('20260105T120000');
    expect(names.newest('b')).toBeUndefined();
    fs.unlinkSync(bench.path(`${day}/50.20260105T120000.c.001.-.a`));
    names.hear(day, '50.20260105T120000.c.001.-.a');
    names.refresh(performance.now(), true);
    expect(names.newest('a')).toBeUndefined();
  });
});

describe('check', () => {
  const told = (bench: Bench, fix = false): string[] =>
    checkBoard(bench.board, { fix }).map(({ where, message, fixed }) => `${fixed ? 'fixed ' : ''}${where}: ${message}`);

  test('tells of files that are faulty, left over or badly named, and removes what is left over', () => {
    const bench = makeBench({ columns: ['sum'] });
    put(bench, 'good', { members: 'a' });
    put(bench, 'bad', { members: 'a' });
    bench.put('groups/bad', '{');
    bench.put('groups/odd@1', '');
    bench.put('groups/gone', '{"dataset":"gone","posted":"20260105T120000","members":["a"]}');
    bench.put('groups/gone@20260105T120000.sum.001', '');
    expect(told(bench)).toEqual([
      expect.stringMatching(/^groups\/bad: it is no JSON: .*Delete the file to have it made anew/),
      expect.stringMatching(/^groups\/gone: no entry of dataset gone is left/),
      expect.stringMatching(/^groups\/gone@20260105T120000.sum.001: no entry of dataset gone is left/),
      expect.stringMatching(/^groups\/odd@1: is not named like/),
    ]);
    expect(told(bench, true).filter((text) => text.startsWith('fixed'))).toHaveLength(2);
    expect(bench.names('groups')).toEqual(['bad', 'good', 'odd@1']);
  });

  test('tells of entries that wait for each other, or for what can not come, once', () => {
    const bench = makeBench({ columns: ['sum'] });
    put(bench, 'x', { members: ['y', 'free'] });
    put(bench, 'y', { members: 'z' });
    put(bench, 'z', { members: 'x' });
    put(bench, 'alone', { members: ['x'] });
    const text = bench.read('groups/alone');
    bench.put('groups/alone', text.replace('"x"', '"nowhere:x"'));
    expect(told(bench)).toEqual([
      expect.stringMatching(/^groups\/alone: there is no board 'nowhere'.*edit this file/),
      expect.stringMatching(/: these entries wait for each other: (x → y → z → x|y → z → x → y|z → x → y → z);/),
    ]);
  });
});

test('the story of a gathering entry says what it waits for', async () => {
  const bench = makeBench({ columns: ['sum'] });
  fs.mkdirSync(`${bench.home}/stages`);
  fs.writeFileSync(`${bench.home}/stages/sum.yaml`, 'stage: sum\ncommand: [run]\ngather: members\n');
  put(bench, 'group', { members: ['a', 'b'] });
  put(bench, 'a', undefined, { hold: true });
  const [story] = await loadStories(bench.board, 'group');
  expect(story?.waits).toEqual([
    '0 of 2 members are there',
    'missing: b:a  held at sum',
    'missing: b:b  on no board yet',
  ]);
});
