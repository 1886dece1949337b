/** Commands on entries: lists, filters, verbs, waiting. */
import { readFileSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, Home, lines, untilGo } from './names-and-commands-home.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(async () => {
  await home.dispose();
});

/** Entries in all states, as files that anybody could have made. */
function zoo(): void {
  home.plain('check', 'calibrate', 'detect', 'preview');
  const now = new Date().toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
  home.put('failed/50.20260101T000000.cf__.002.acs.fail1@2-x2');
  home.put('failed/50.20260101T000001.cf__.002.wfc.fail2@2-s9');
  home.put('held/10.20260101T000002.h___.000.acs.held1');
  home.put('active/20.20260101T000003.c2__.003.acs.retry1');
  home.put(`queue/05.${now}.w___.000.-.young`);
  home.put('done/2026-01-01/50.20260101T000004.cccc.004.-.done1');
  home.put('removed/2026-01-01/50.20260101T000005.w___.000.-.gone1');
}

const listed = (...args: string[]): string[] => lines(home.ok('ls', '-q', ...args));

describe('slate ls', () => {
  it('lists all entries in the order in which they are served', () => {
    zoo();
    expect(listed()).toEqual(['young', 'held1', 'retry1', 'fail1', 'fail2', 'done1']);
    const table = home.ok('ls');
    for (const dataset of ['young', 'held1', 'retry1', 'fail1', 'fail2', 'done1']) expect(table).toContain(dataset);
    expect(table).not.toContain('\u001b');
  });

  it('--json carries schemaVersion; --tsv, -0 and -q are for programs', () => {
    zoo();
    const json = JSON.parse(home.ok('ls', '--json', 'state:failed')) as {
      schemaVersion: number;
      entries: Record<string, unknown>[];
    };
    expect(json.schemaVersion).toBe(1);
    expect(json.entries.map((e) => e.dataset)).toEqual(['fail1', 'fail2']);
    expect(json.entries[0]).toMatchObject({
      class: 'acs',
      rank: 50,
      state: 'failed',
      letters: 'cf__',
      epoch: 2,
      name: '50.20260101T000000.cf__.002.acs.fail1@2-x2',
      folder: 'failed',
    });
    const rows = lines(home.ok('ls', '--tsv')).map((line) => line.split('\t'));
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    expect(rows.map((row) => row[0])).toEqual(listed());
    expect(home.ok('ls', '-0', 'state:failed')).toBe('fail1\0fail2\0');
    expect(home.ok('ls', '-q', 'state:failed')).toBe('fail1\nfail2\n');
    expect(lines(home.ok('ls', '--names', 'state:held'))).toEqual(['held/10.20260101T000002.h___.000.acs.held1']);
  });

  it('an empty list is 0', () => {
    home.plain('one');
    expect(home.slate(['ls', '-q'])).toMatchObject({ code: 0, out: '' });
    expect(home.slate(['ls', '-0'])).toMatchObject({ code: 0, out: '' });
    expect(home.slate(['ls', '--tsv'])).toMatchObject({ code: 0, out: '' });
    expect(home.slate(['ls', 'state:failed']).code).toBe(0);
    const json = JSON.parse(home.ok('ls', '--json')) as { schemaVersion: number; entries: unknown[] };
    expect(json).toMatchObject({ schemaVersion: 1, entries: [] });
  });
});

describe('filters', () => {
  it.each<[string[], string[]]>([
    [['state:failed,held'], ['held1', 'fail1', 'fail2']],
    [['state:done'], ['done1']],
    [['state:removed'], ['gone1']],
    [['state:queue'], ['young']],
    [['state:active'], ['retry1']],
    [['stage:calibrate'], ['retry1', 'fail1', 'fail2']],
    [['stage:check'], ['young', 'held1']],
    [['stage:calibrate state:failed'], ['fail1', 'fail2']],
    [
      ['stage:calibrate', 'state:failed'],
      ['fail1', 'fail2'],
    ],
    [['stage:detect'], []],
    [['class:acs'], ['held1', 'retry1', 'fail1']],
    [['class:acs,wfc'], ['held1', 'retry1', 'fail1', 'fail2']],
    [['rank<20'], ['young', 'held1']],
    [['rank<=20'], ['young', 'held1', 'retry1']],
    [['rank>=50'], ['fail1', 'fail2', 'done1']],
    [['rank=10'], ['held1']],
    [['age>2h'], ['held1', 'retry1', 'fail1', 'fail2', 'done1']],
    [['age<2h'], ['young']],
    [['try>=2'], ['retry1']],
    [['cause:x2'], ['fail1']],
    [['cause:x2,s9'], ['fail1', 'fail2']],
    [['/^fail/'], ['fail1', 'fail2']],
    [['/1$/'], ['held1', 'retry1', 'fail1', 'done1']],
    [['*1'], ['held1', 'retry1', 'fail1', 'done1']],
    [['fail*'], ['fail1', 'fail2']],
    [['f*', 'class:acs'], ['fail1']],
    [
      ['--where', '-state:done -state:failed'],
      ['young', 'held1', 'retry1'],
    ],
    [
      ['--where', '-fail*'],
      ['young', 'held1', 'retry1', 'done1'],
    ],
    [['--where', 'state:failed class:acs'], ['fail1']],
    [
      ['--state', 'failed,held'],
      ['held1', 'fail1', 'fail2'],
    ],
    [
      ['--stage', 'calibrate'],
      ['retry1', 'fail1', 'fail2'],
    ],
    [['--class', 'wfc'], ['fail2']],
    [
      ['--rank', '<20'],
      ['young', 'held1'],
    ],
    [
      ['--age', '2h'],
      ['held1', 'retry1', 'fail1', 'fail2', 'done1'],
    ],
    [['--tries', '2'], ['retry1']],
    [['--cause', 's9'], ['fail2']],
    [
      ['--match', 'fail*'],
      ['fail1', 'fail2'],
    ],
    [['--match', '/^d/'], ['done1']],
    [['--state', 'failed', 'class:acs'], ['fail1']],
  ])('%j', (words, datasets) => {
    zoo();
    expect(listed(...words)).toEqual(datasets);
  });

  it.each(['state:nonsense', 'rank<x', 'age>2', 'try>=x', '/(/', 'stage:nonsense', 'stat:failed'])(
    'a word that makes no sense is usage: %s',
    (word) => {
      zoo();
      const done = home.slate(['ls', word]);
      expect(done.code).toBe(2);
      expect(done.out).toBe('');
      expect(done.err).not.toBe('');
    },
  );
});

describe('counts, show, log', () => {
  it('counts agrees with the list', () => {
    zoo();
    const counts = JSON.parse(home.ok('counts', '--json')) as {
      schemaVersion: number;
      total: number;
      states: Record<string, number>;
      stages: { stage: string; letters: Record<string, number> }[];
    };
    expect(counts.schemaVersion).toBe(1);
    expect(counts.total).toBe(6);
    expect(counts.states).toMatchObject({ queue: 1, active: 1, gather: 0, failed: 2, held: 1, done: 1 });
    expect(counts.stages.find((s) => s.stage === 'calibrate')?.letters).toMatchObject({ f: 2, c: 1, '2': 1, _: 2 });
    expect(JSON.parse(home.ok('counts', '--json', 'state:failed'))).toMatchObject({ total: 2 });
  });

  it('show tells of the entry, its parameters and tries; 3 if nobody knows it', () => {
    home.plain('one', 'two');
    home.ok('post', 'd', '--param', 'code_two=2', '--param', 'flat=f1');
    home.slate(['run', '--until-idle']);
    const text = home.ok('show', 'd');
    for (const word of ['failed', 'one', 'two', 'x2']) expect(text).toContain(word);
    const json = JSON.parse(home.ok('show', 'd', '--json')) as { schemaVersion: number };
    expect(json.schemaVersion).toBe(1);
    expect(JSON.stringify(json)).toContain('"flat":"f1"');
    expect(home.slate(['show', 'absent'])).toMatchObject({ code: 3, out: '' });
  });

  it('log prints the log of the latest try, or of a stage; 3 if there is none', () => {
    home.stage('one', "[/bin/sh, -c, 'echo first']");
    home.stage('two', "[/bin/sh, -c, 'echo second; exit 2']");
    home.pipeline('p', ['stage: one', 'stage: two']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    home.slate(['run', '--until-idle']);
    expect(home.ok('log', 'd')).toBe('second\n');
    expect(home.ok('log', 'd', 'one')).toBe('first\n');
    expect(home.slate(['log', 'absent'])).toMatchObject({ code: 3, out: '' });
    expect(home.slate(['log', 'd', 'nonsense']).code).toBe(2);
  });

  it('log -f goes on until the try ends', async () => {
    home.stage('one', untilGo);
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    const run = home.start(['run', '--until-idle']);
    await eventually('the step is at work', () => run.err().includes('step-started'));
    const log = home.start(['log', 'd', 'one', '-f']);
    await eventually('the log so far', () => log.out() === 'begun\n');
    home.file('go', '');
    expect(await log.ended).toMatchObject({ code: 0, out: 'begun\nover\n' });
    expect((await run.ended).code).toBe(0);
  });
});

describe('slate wait', () => {
  it('0 when all are done, 1 when some failed, 3 when one is absent, 4 when the time is up', () => {
    home.plain('one');
    home.ok('post', 'good');
    home.ok('post', 'bad', '--param', 'code=2');
    expect(home.slate(['wait', 'good', '--timeout', '50ms']).code).toBe(4);
    home.slate(['run', '--until-idle']);
    expect(home.slate(['wait', 'good']).code).toBe(0);
    expect(home.slate(['wait', 'bad']).code).toBe(1);
    expect(home.slate(['wait']).code).toBe(1);
    expect(home.slate(['wait', 'class:-', 'state:done']).code).toBe(0);
    expect(home.slate(['wait', 'absent', '--timeout', '10s']).code).toBe(3);
  });

  it('waits for what another process does', async () => {
    home.plain('one', 'two');
    home.ok('post', 'd');
    const wait = home.start(['wait', 'd', '--timeout', '30s']);
    home.ok('run', '--until-idle');
    expect((await wait.ended).code).toBe(0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with %i', async (signal, code) => {
    home.plain('one');
    home.ok('post', 'd');
    const wait = home.start(['wait', 'd']);
    // It is up once it has opened something of the board: it says so, or has a handler; both show in its status.
    await eventually('it handles signals', () => {
      const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${wait.pid}/status`, 'utf8'))?.[1] ?? '0';
      return (BigInt(`0x${caught}`) & (1n << (signal === 'SIGINT' ? 1n : 14n))) !== 0n;
    });
    wait.child.kill(signal);
    const done = await wait.ended;
    expect(done.code ?? (done.signal === signal ? code : undefined)).toBe(code);
  });
});

describe('verbs on names', () => {
  it('hold and release', () => {
    home.plain('one', 'two', 'three');
    home.ok('post', 'd', 'e');
    home.ok('hold', 'd', '--reason', 'bad flat');
    expect(home.entry('d')).toMatchObject({ folder: 'held', name: expect.stringMatching(/\.h__\.000\.-\.d/) });
    expect(home.slate(['hold', 'd']).code).toBe(5);
    expect(home.slate(['hold', 'absent'])).toMatchObject({ code: 3 });
    expect(home.slate(['hold', 'absent', 'd', 'e']).code).toBe(1);
    expect(home.letters('e')).toBe('h__');
    home.ok('release', 'd', 'e');
    expect(home.letters('d')).toBe('w__');
    expect(home.entry('d').folder).toBe('queue');
    expect(home.slate(['release', 'd']).code).toBe(5);
    home.ok('hold', 'd', '--stage', 'two');
    expect(home.letters('d')).toBe('wh_');
    home.ok('release', 'd', '--stage', 'two');
    expect(home.letters('d')).toBe('w__');
    const hold = home.journal().find((line) => line.event === 'hold' && line.dataset === 'd');
    expect(hold).toMatchObject({ reason: 'bad flat', from: 'w__', to: 'h__', by: expect.any(String) });
  });

  it('repipe resets the descendants, also from done/, and takes the link first', () => {
    home.plain('one', 'two', 'three');
    home.ok('post', 'd');
    home.ok('post', 'f', '--param', 'code_two=2');
    home.slate(['run', '--until-idle']);
    home.ok('repipe', 'd', '--stage', 'two');
    expect(home.entry('d')).toMatchObject({ folder: 'active', name: expect.stringMatching(/\.cw_\.003\.-\.d$/) });
    expect(statSync(home.path('ids/d')).ino).toBe(statSync(home.entry('d').path).ino);
    expect(home.slate(['post', 'd']).code).toBe(5);
    home.ok('repipe', 'f');
    expect(home.entry('f').name).toMatch(/\.cw_\.002\.-\.f$/);
    expect(home.slate(['repipe', 'f', '--stage', 'three']).code).toBe(5);
    expect(home.slate(['repipe', 'f', '--stage', 'nonsense']).code).toBe(2);
    home.ok('set', 'code_two=0', 'f');
    home.ok('run', '--until-idle', '--stage', 'two', '--stage', 'three');
    expect(home.letters('f')).toBe('ccc');
    expect(home.entry('d').name).toMatch(/\.ccc\.005\.-\.d$/);
  });

  it('repipe from done/ is 5 while another run of the dataset is live', () => {
    home.plain('one');
    home.ok('post', 'd');
    home.ok('run', '--until-idle');
    const old = home.entry('d').name.split('.')[1] ?? '';
    home.ok('post', 'd');
    expect(home.slate(['repipe', 'd', '--posted', old]).code).toBe(5);
    expect(home.entries('d').map((e) => e.name.split('.')[2])).toEqual(['w', 'c']);
  });

  it('skip, rank, set, remove', () => {
    home.plain('one', 'two');
    home.ok('post', 'd', '--param', 'code_one=2', '--param', 'old=1');
    home.slate(['run', '--until-idle']);
    home.ok('skip', 'd', '--stage', 'one');
    expect(home.letters('d')).toBe('sw');
    expect(home.entry('d').name).not.toContain('@');
    home.ok('rank', '07', 'd');
    expect(home.entry('d').name).toMatch(/^07\./);
    expect(home.slate(['rank', '100', 'd']).code).toBe(2);
    const before = statSync(home.entry('d').path);
    home.ok('set', 'code_two=0', 'note=a b=c', 'd');
    const after = statSync(home.entry('d').path);
    expect(after.ino).toBe(before.ino);
    expect(after.nlink).toBe(2);
    expect(JSON.parse(readFileSync(home.entry('d').path, 'utf8'))).toMatchObject({
      code_two: '0',
      note: 'a b=c',
      old: '1',
      slate: { dataset: 'd' },
    });
    home.ok('remove', 'd', '--reason', 'no use');
    expect(home.entry('d').folder).toMatch(/^removed\/\d{4}-\d\d-\d\d$/);
    expect(home.names('ids')).toEqual([]);
    expect(listed()).toEqual([]);
    home.ok('post', 'd');
    expect(listed()).toEqual(['d']);
    expect(home.journal().map((line) => line.event)).toEqual(expect.arrayContaining(['skip', 'rank', 'set', 'remove']));
  });

  it.each(['hold', 'release', 'repipe', 'skip', 'remove'])('%s: a bare verb is usage, an absent name is 3', (verb) => {
    home.plain('one');
    home.ok('post', 'd');
    expect(home.slate([verb]).code).toBe(2);
    expect(home.slate([verb, '--yes']).code).toBe(2);
    const done = home.slate([verb, 'absent']);
    expect(done.code).toBe(3);
    expect(done.err).toContain('absent');
    expect(home.letters('d')).toBe('w');
  });

  it('cancels a running step by hold', async () => {
    home.stage('one', untilGo);
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    const run = home.start(['run', '--until-idle']);
    await eventually('the step is at work', () => run.err().includes('step-started'));
    home.ok('hold', 'd');
    await run.ended;
    expect(home.letters('d')).toBe('h');
    expect(home.entry('d').folder).toBe('held');
    expect(run.err()).toContain('step-taken');
  });
});

describe('verbs on filters', () => {
  it('need --yes where nobody can be asked, and change nothing without', () => {
    zoo();
    const done = home.slate(['repipe', '--state', 'failed']);
    expect(done.code).not.toBe(0);
    expect(done.err).toContain('--yes');
    expect(listed('state:failed')).toEqual(['fail1', 'fail2']);
  });

  it('--dry-run says what would be done and changes nothing', () => {
    zoo();
    const before = home.ok('ls', '--names');
    const done = home.slate(['repipe', '--where', 'state:failed', '--dry-run']);
    expect(done.code).toBe(0);
    expect(done.out).toContain('fail1');
    expect(done.out).toContain('fail2');
    expect(home.ok('ls', '--names')).toBe(before);
    expect(home.slate(['hold', 'held1', '--dry-run']).code).toBe(5);
    expect(home.slate(['hold', 'absent', '--dry-run']).code).toBe(3);
    expect(home.ok('ls', '--names')).toBe(before);
    expect(home.journal().filter((line) => line.event === 'repipe')).toEqual([]);
  });

  it('--yes does it in bulk, each told in the journal with the reason', () => {
    zoo();
    home.ok('repipe', '--where', 'state:failed', '--yes', '--reason', 'new flats');
    expect(home.letters('fail1')).toBe('cw__');
    expect(home.letters('fail2')).toBe('cw__');
    expect(home.letters('held1')).toBe('h___');
    const told = home.journal().filter((line) => line.event === 'repipe');
    expect(told.map((line) => [line.dataset, line.reason]).sort()).toEqual([
      ['fail1', 'new flats'],
      ['fail2', 'new flats'],
    ]);
  });

  it('3 if nothing matched, 5 if all were refused, 1 if some', () => {
    zoo();
    expect(home.slate(['hold', '--where', 'class:nothing', '--yes']).code).toBe(3);
    expect(home.slate(['hold', '--where', 'state:held', '--yes']).code).toBe(5);
    expect(home.slate(['hold', '--where', 'class:acs -fail*', '--yes']).code).toBe(1);
    expect(home.letters('retry1')).toBe('ch__');
  });

  it('rank, set and remove take filters as well', () => {
    zoo();
    home.ok('rank', '03', '--where', 'state:failed', '--yes');
    expect(listed().slice(0, 2)).toEqual(['fail1', 'fail2']);
    home.ok('set', 'k=v', '--where', 'state:failed', '--yes');
    expect(JSON.parse(readFileSync(home.entry('fail2').path, 'utf8'))).toMatchObject({ k: 'v' });
    home.ok('remove', '--where', 'state:failed', '--yes');
    expect(listed('state:failed')).toEqual([]);
    expect(home.entry('fail1').folder).toMatch(/^removed\//);
  });
});

describe('sweep, history, check', () => {
  it('sweep puts a misplaced entry right, never onto a name that exists', () => {
    home.plain('one', 'two');
    home.ok('post', 'd');
    const { name, path } = home.entry('d');
    renameSync(path, home.path('done', name));
    renameSync(home.path('done', name), home.path('gather', name));
    home.ok('sweep');
    expect(home.entry('d').folder).toBe('queue');
  });

  it('history tells what happened, by dataset, and as JSON', () => {
    home.plain('one');
    home.ok('post', 'd', 'e');
    home.ok('hold', 'd', '--reason', 'why not');
    const text = home.ok('history', 'd');
    expect(text).toContain('why not');
    expect(lines(text)).toHaveLength(2);
    const json = JSON.parse(home.ok('history', '--json')) as { schemaVersion: number; events: { event: string }[] };
    expect(json.schemaVersion).toBe(1);
    expect(json.events.map((e) => e.event)).toEqual(['post', 'post', 'hold']);
    const many = lines(home.ok('history', '--jsonl', '--event', 'post')).map((line) => JSON.parse(line) as object);
    expect(many).toHaveLength(2);
  });

  it('history skips torn lines', () => {
    home.plain('one');
    home.ok('post', 'd');
    const day = home.names('journal')[0] ?? '';
    home.put(`journal/${day}/elsewhere.zzzz.jsonl`, '{"t":"2026-01-01T00:00:00.000Z","event":"po');
    const done = home.slate(['history']);
    expect(done.code).toBe(0);
    expect(lines(done.out)).toHaveLength(1);
  });

  it('a lost entry is told by check and rebuilt with --fix', () => {
    home.plain('one', 'two');
    home.ok('post', 'd', '--rank', '07', '--class', 'acs', '--param', 'k=v');
    const { path } = home.entry('d');
    unlinkSync(path);
    const told = home.slate(['check']);
    expect(told.code).toBe(1);
    expect(`${told.out}${told.err}`).toContain('d');
    home.slate(['check', '--fix']);
    expect(home.entry('d').name).toMatch(/^07\.\d{8}T\d{6}\.[^.]*\.\d{3}\.acs\.d/);
    expect(statSync(home.path('ids/d')).ino).toBe(statSync(home.entry('d').path).ino);
    expect(home.slate(['check']).code).toBe(0);
  });
});
