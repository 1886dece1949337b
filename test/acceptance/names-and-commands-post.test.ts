/** Boards as they are made, and the names that posts get. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Home, lines } from './names-and-commands-home.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(async () => {
  await home.dispose();
});

describe('slate create', () => {
  it('makes the folders, board.yaml and the table of columns', () => {
    home.stage('one', '[/bin/true]', 'title: First\n');
    home.stage('two', '[/bin/true]', 'title: Second one\n');
    home.pipeline('p', ['stage: one', 'stage: two']);
    home.ok('create', 'b', '--pipeline', 'p');
    for (const folder of 'queue active gather failed held done removed ids groups logs products scratch processes journal locks tmp'.split(
      ' ',
    )) {
      expect(statSync(home.path(folder)).isDirectory(), folder).toBe(true);
    }
    expect(readFileSync(home.path('columns'), 'utf8')).toBe('1\tone\tFirst\n2\ttwo\tSecond one\n');
    const board = parse(readFileSync(home.path('board.yaml'), 'utf8')) as {
      format: number;
      pipeline: string;
      stages: { stage: string; after: string[] }[];
    };
    expect(board.format).toBeTypeOf('number');
    expect(board.pipeline).toBe('p');
    expect(board.stages.map((s) => s.stage)).toEqual(['one', 'two']);
    expect(board.stages[1]?.after).toEqual(['one']);
  });

  it('pins the columns: a later change of the pipeline changes no board', () => {
    home.plain('one', 'two');
    home.stage('three', '[/bin/true]');
    home.pipeline('p', ['stage: three', 'stage: one', 'stage: two']);
    home.ok('post', 'x');
    expect(home.letters('x')).toBe('w_');
    home.ok('run', '--until-idle');
    expect(home.letters('x')).toBe('cc');
  });

  it('follows a change of a stage file: stages are not pinned', () => {
    home.plain('one');
    home.stage('one', '[/bin/sh, -c, "exit 7"]');
    home.ok('post', 'x');
    home.slate(['run', '--until-idle']);
    expect(home.entry('x').name).toMatch(/\.f\.001\.-\.x@1-x7$/);
  });

  it.each(['A', 'b.c', '1b', 'a b', '../b', '', 'x'.repeat(33), 'b@'])('refuses the board name %j', (name) => {
    home.plain('one');
    const before = readdirSync(join(home.dir, 'blackboard'));
    const done = home.slate(['create', name, '--pipeline', 'p']);
    expect(done.code).toBe(2);
    expect(done.out).toBe('');
    expect(readdirSync(join(home.dir, 'blackboard'))).toEqual(before);
  });

  it('refuses a pipeline that is not there, and a board that is', () => {
    home.plain('one');
    expect(home.slate(['create', 'c', '--pipeline', 'q']).code).toBe(2);
    expect(existsSync(join(home.dir, 'blackboard', 'c'))).toBe(false);
    home.ok('post', 'x');
    expect(home.slate(['create', 'b', '--pipeline', 'p']).code).toBe(5);
    expect(home.entry('x').folder).toBe('queue');
  });
});

describe('the name of a posted entry', () => {
  beforeEach(() => home.plain('one', 'two', 'three'));

  it('is RANK.POSTED.COLUMNS.EPOCH.CLASS.DATASET, in queue/', () => {
    const compact = (): string => new Date().toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
    const from = compact();
    expect(home.ok('post', 'j8a20101q')).toBe('j8a20101q\n');
    const to = compact();
    const { folder, name } = home.entry('j8a20101q');
    expect(folder).toBe('queue');
    expect(name).toMatch(/^50\.\d{8}T\d{6}\.w__\.000\.-\.j8a20101q$/);
    const posted = name.split('.')[1] ?? '';
    expect(posted >= from && posted <= to).toBe(true);
  });

  it('is linked to ids/: one inode, two links, and nothing is left in tmp/', () => {
    home.ok('post', 'a', 'b.c');
    for (const dataset of ['a', 'b.c']) {
      const entry = statSync(home.entry(dataset).path);
      const id = statSync(home.path('ids', dataset));
      expect(id.ino).toBe(entry.ino);
      expect(entry.nlink).toBe(2);
    }
    expect(home.names('tmp')).toEqual([]);
  });

  it('has the rank, the class and, in the file, the parameters with rank, class and posted time', () => {
    home.ok('post', 'd', '--rank', '07', '--class', 'acs', '--param', 'flat=a "b" $(c)', '--param', 'e=f=g');
    const { name, path } = home.entry('d');
    expect(name).toMatch(/^07\.\d{8}T\d{6}\.w__\.000\.acs\.d$/);
    const content = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    expect(content.flat).toBe('a "b" $(c)');
    expect(content.e).toBe('f=g');
    expect(content.slate).toMatchObject({ dataset: 'd', class: 'acs', rank: 7, posted: name.split('.')[1] });
  });

  it('takes ranks 00 and 99 and nothing outside', () => {
    home.ok('post', 'first', '--rank', '00');
    home.ok('post', 'last', '--rank', '99');
    expect(home.entry('first').name).toMatch(/^00\./);
    expect(home.entry('last').name).toMatch(/^99\./);
    for (const rank of ['100', '-1', 'x', '', '1.5']) {
      expect(home.slate(['post', 'no', `--rank=${rank}`]).code, rank).toBe(2);
    }
    expect(home.entries('no')).toEqual([]);
  });

  it.each(['ACS', 'a.b', 'a b', 'x'.repeat(17), 'a@', 'a/b', ''])('refuses the class %j', (name) => {
    expect(home.slate(['post', 'no', `--class=${name}`]).code).toBe(2);
    expect(home.entries('no')).toEqual([]);
    expect(home.names('ids')).toEqual([]);
  });

  it('takes a class of sixteen characters', () => {
    home.ok('post', 'a', '--class', 'a-b_c0123456789x');
    expect(home.entry('a').name).toContain('.a-b_c0123456789x.a');
  });

  it('waits for a time with --after: the mtime of the file lies ahead', () => {
    home.ok('post', 'a', '--after', '2099-01-02T03:04:05Z');
    expect(home.letters('a')).toBe('w__');
    expect(statSync(home.entry('a').path).mtime.toISOString()).toBe('2099-01-02T03:04:05.000Z');
    home.ok('post', 'b', '--after', '+2h');
    expect(statSync(home.entry('b').path).mtimeMs).toBeGreaterThan(Date.now() + 3_600_000);
    expect(home.slate(['post', 'c', '--after', 'tomorrowish']).code).toBe(2);
    expect(home.entries('c')).toEqual([]);
  });

  it('is held from the start with --hold', () => {
    home.ok('post', 'a', '--hold');
    expect(home.entry('a').folder).toBe('held');
    expect(home.letters('a')).toBe('h__');
    home.ok('run', '--until-idle');
    expect(home.letters('a')).toBe('h__');
  });

  it.each([
    ['all that is allowed', 'A_9.,+=%~-z'],
    ['one character', '7'],
    ['128 characters', 'x'.repeat(128)],
    ['dots', 'a..b.fits.gz'],
  ])('takes %s', (_what, dataset) => {
    home.ok('post', dataset);
    expect(home.entry(dataset).name).toMatch(/^50\.\d{8}T\d{6}\.w__\.000\.-\./);
    expect(home.names('ids')).toEqual([dataset]);
    home.ok('run', '--until-idle');
    expect(home.letters(dataset)).toBe('ccc');
  });

  it.each([
    ['a@b', /'@'|"@"/],
    ['a/b', /'\/'|"\/"/],
    ['../../etc', /'\.'|"\."|'\/'/],
    ['a b', /space/i],
    ['a\u0007b', /U\+0007|\\u0007|\\x07|0x07/i],
    ['a\tb', /tab|U\+0009|\\t|\\u0009/i],
    ['a\nb', /U\+000A|\\n|\\u000a|newline/i],
    ['a$b', /'\$'|"\$"/],
    ['a;b', /';'|";"/],
    ['a`b', /'`'|"`"/],
    ['a"b', /'"'|"\\""/],
    ["a'b", /"'"|'''|'\\''/],
    ['a*b', /'\*'|"\*"/],
    ['caf\u00e9', /\u00e9|U\+00E9/i],
    ['.hidden', /'\.'|"\."/],
    ['-dash', /'-'|"-"/],
    ['x'.repeat(129), /128|129|long/],
    ['', /empty|name/],
  ])('refuses %j with 2 and says which character', (dataset, which) => {
    const done = home.slate(['post', '--', dataset]);
    expect(done.code).toBe(2);
    expect(done.out).toBe('');
    expect(done.err).toMatch(which);
    // Control characters of a name never reach a terminal as they are.
    expect(done.err).not.toContain('\u0007');
    expect(home.names('queue')).toEqual([]);
    expect(home.names('ids')).toEqual([]);
    expect(home.names('tmp')).toEqual([]);
  });

  it('refuses a live dataset with 5, wherever it stands; with others that go well it is 1', () => {
    home.ok('post', 'a');
    const { path } = home.entry('a');
    const done = home.slate(['post', 'a', '--rank', '10']);
    expect(done.code).toBe(5);
    expect(done.out).toBe('');
    expect(done.err).toContain('a');
    expect(home.entry('a').path).toBe(path);
    expect(home.slate(['post', 'b', 'a']).code).toBe(1);
    expect(home.letters('b')).toBe('w__');
    home.ok('hold', 'b');
    expect(home.slate(['post', 'b']).code).toBe(5);
    expect(home.slate(['post', 'a', 'b']).code).toBe(5);
  });

  it('posts a finished dataset again, with another posted time', () => {
    home.ok('post', 'a');
    home.ok('run', '--until-idle');
    home.ok('post', 'a');
    home.ok('run', '--until-idle');
    const posted = home.entries('a').map((e) => e.name.split('.')[1]);
    expect(posted).toHaveLength(2);
    expect(new Set(posted).size).toBe(2);
    expect(home.names('logs/a').length).toBe(6);
  });

  it('--from - reads lines and JSON lines', () => {
    const input = 'a\n\nb\n{"dataset":"c","class":"acs","rank":7,"params":{"k":"v","n":3}}\n';
    const done = home.slate(['post', '--from', '-', '--param', 'all=1'], { input });
    expect(done.err).toBe('');
    expect(done.code).toBe(0);
    expect(lines(done.out).sort()).toEqual(['a', 'b', 'c']);
    expect(home.entry('c').name).toMatch(/^07\..*\.acs\.c$/);
    const content = JSON.parse(readFileSync(home.entry('c').path, 'utf8')) as Record<string, unknown>;
    expect(content).toMatchObject({ k: 'v', n: 3 });
    expect(statSync(home.entry('b').path).nlink).toBe(2);
  });

  it('--from FILE posts what is good and ends with 1 if some were refused', () => {
    const file = join(home.root, 'list');
    writeFileSync(file, 'a\nb d\nc\n');
    const done = home.slate(['post', '--from', file]);
    expect(done.code).toBe(1);
    expect(lines(done.out).sort()).toEqual(['a', 'c']);
    expect(done.err).toMatch(/space/i);
    expect(home.slate(['post', '--from', join(home.root, 'absent')]).code).toBe(2);
    expect(home.slate(['post', '--from', '-'], { input: 'a\nc\n' }).code).toBe(5);
    expect(home.slate(['post', '--from', '-'], { input: '{"dataset":"z", broken\n' }).code).toBe(2);
  });

  it('posts many at once, each with a name and a link', () => {
    const all = Array.from({ length: 500 }, (_, i) => `d${i}`);
    const done = home.slate(['post', '--from', '-'], { input: `${all.join('\n')}\n` });
    expect(done.code).toBe(0);
    expect(home.names('queue')).toHaveLength(500);
    expect(home.names('ids')).toEqual([...all].sort());
    expect(home.names('tmp')).toEqual([]);
  });

  it('an entry made with touch in queue/ works as well', () => {
    home.put('queue/50.20260101T000000.w__.000.-.touched', '');
    home.ok('run', '--until-idle');
    expect(home.letters('touched')).toBe('ccc');
    expect(home.entry('touched').folder).toMatch(/^done\//);
  });

  it('leaves names alone that do not parse, and check lists them', () => {
    home.put('queue/no-entry', 'text');
    home.put('failed/50.20260101T000000.zzz.000.-.x', 'text');
    expect(home.ok('ls', '-q')).toBe('');
    home.ok('run', '--until-idle');
    home.ok('sweep');
    const done = home.slate(['check']);
    expect(`${done.out}${done.err}`).toContain('no-entry');
    expect(`${done.out}${done.err}`).toContain('50.20260101T000000.zzz.000.-.x');
    expect(home.names('queue')).toEqual(['no-entry']);
    expect(home.names('failed')).toEqual(['50.20260101T000000.zzz.000.-.x']);
  });

  it('a usage error needs no board to be an error of usage', () => {
    expect(home.slate(['post']).code).toBe(2);
    expect(home.slate(['post', 'a', '--no-such-option']).code).toBe(2);
    expect(home.slate(['no-such-command']).code).toBe(2);
    expect(home.slate(['post', 'a', '--param', 'novalue']).code).toBe(2);
    expect(home.entries('a')).toEqual([]);
  });
});
