/** What a stage process does to names: letters, epochs, logs, products, causes. */
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { byParameter, eventually, Home, today, untilGo } from './names-and-commands-home.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(async () => {
  await home.dispose();
});

function posted(dataset: string): string {
  return home.entry(dataset).name.split('.')[1] ?? '';
}

describe('a run that goes well', () => {
  it('takes the entry from queue/ to done/ by UTC day, and leaves logs and products by their names', () => {
    home.stage('verify', '[/bin/sh, -c, "echo out; echo err >&2"]');
    home.stage(
      'calibrate',
      '[/bin/sh, -c, \'mkdir "$SLATE_PRODUCTS/sub"; echo x > "$SLATE_PRODUCTS/sub/f"; touch t\']',
      'products: true\n',
    );
    home.stage('archive', '[/bin/sh, -c, \'cat "$SLATE_IN_CALIBRATE/sub/f"\']');
    home.pipeline('p', ['stage: verify', 'stage: calibrate', 'stage: archive']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd', '--class', 'acs');
    const at = posted('d');
    const from = today();
    home.ok('run', '--until-idle');
    const { folder, name, path } = home.entry('d');
    expect([`done/${from}`, `done/${today()}`]).toContain(folder);
    expect(name).toBe(`50.${at}.ccc.003.acs.d`);
    expect(home.names('ids')).toEqual([]);
    expect(statSync(path).nlink).toBe(1);
    expect(home.names('logs/d')).toEqual([
      `${at}.archive.003.ok.log`,
      `${at}.calibrate.002.ok.log`,
      `${at}.verify.001.ok.log`,
    ]);
    expect(readFileSync(home.path('logs/d', `${at}.verify.001.ok.log`), 'utf8')).toBe('out\nerr\n');
    expect(readFileSync(home.path('logs/d', `${at}.archive.003.ok.log`), 'utf8')).toBe('x\n');
    expect(home.names(`products/d/${at}`)).toEqual(['calibrate.002', 'calibrate.002.ok']);
    expect(readFileSync(home.path(`products/d/${at}/calibrate.002/sub/f`), 'utf8')).toBe('x\n');
    expect(home.names('scratch')).toEqual([]);
    expect(home.names('processes')).toEqual([]);
    expect(home.names('active')).toEqual([]);
    expect(home.names('queue')).toEqual([]);
  });

  it('opens branches together and joins them', () => {
    for (const stage of ['a', 'l', 'r', 'z']) home.stage(stage, byParameter(stage));
    home.pipeline('p', ['stage: a', '{stage: l, after: [a]}', '{stage: r, after: [a]}', '{stage: z, after: [l, r]}']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'good');
    home.ok('post', 'bad', '--param', 'code_l=4');
    home.ok('post', 'first');
    expect(home.letters('good')).toBe('w___');
    expect(home.slate(['run', '--until-idle', '--stage', 'a']).code).toBe(0);
    expect(home.letters('first')).toBe('cww_');
    expect(home.entry('first').folder).toBe('active');
    expect(home.slate(['run', '--until-idle']).code).toBe(1);
    expect(home.entry('good').name).toMatch(/\.cccc\.004\.-\.good$/);
    // A failed branch stops what comes after it and nothing else.
    expect(home.entry('bad').name).toMatch(/\.cfc_\.003\.-\.bad@2-x4$/);
    expect(home.entry('bad').folder).toBe('failed');
  });

  it('starts a stage with no parents at once', () => {
    for (const stage of ['a', 'l']) home.stage(stage, '[/bin/true]');
    home.pipeline('p', ['stage: a', '{stage: l, after: []}']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    expect(home.letters('d')).toBe('ww');
  });

  it('serves by rank, then by posted time', () => {
    home.plain('one');
    home.ok('post', 'late', '--rank', '90');
    home.ok('post', 'mid');
    home.ok('post', 'early', '--rank', '05');
    home.ok('run', '--until-idle', '--slots', '1');
    const claims = home.journal().filter((line) => line.event === 'claim');
    expect(claims.map((line) => line.dataset)).toEqual(['early', 'mid', 'late']);
  });
});

describe('while a step runs', () => {
  it('the claim stands in the name, the log says run, the status file is by its name', async () => {
    home.stage('one', untilGo);
    home.stage('two', '[/bin/true]');
    home.pipeline('p', ['stage: one', 'stage: two']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    const at = posted('d');
    const run = home.start(['run']);
    await eventually('the step is at work', () => run.err().includes('step-started'));
    const { folder, name, path } = home.entry('d');
    expect(folder).toBe('active');
    const [, id] = new RegExp(`^50\\.${at}\\.p_\\.001\\.-\\.d@1-([a-z0-9]{4})-1-1$`).exec(name) ?? [];
    expect(id, name).toBeDefined();
    expect(statSync(path).ino).toBe(statSync(home.path('ids/d')).ino);
    expect(home.names('logs/d')).toEqual([`${at}.one.001.run.log`]);
    const scratch = await eventually('a scratch folder', () => home.names('scratch')[0]);
    expect(scratch).toMatch(/one/);
    const [status, ...more] = home.names('processes');
    expect(more).toEqual([]);
    const [process, order, stages, pid, ...host] = (status ?? '').split('.');
    expect([process, order, stages, pid]).toEqual([id, 'run', 'one+two', String(run.pid)]);
    expect(host.join('.')).toContain(hostname().split('.')[0]?.toLowerCase() ?? '');
    home.file('go', '');
    await eventually('it is done', () => home.entries('d').some((e) => e.folder.startsWith('done/')));
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(143);
    expect(home.names('processes')).toEqual([]);
    expect(home.names('logs/d')).toEqual([`${at}.one.001.ok.log`, `${at}.two.002.ok.log`]);
  });

  it('an mv of the claim away from p stops the step: it publishes nothing', async () => {
    home.stage('one', untilGo, 'products: true\n');
    home.stage('two', '[/bin/true]');
    home.pipeline('p', ['stage: one', 'stage: two']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    const run = home.start(['run']);
    await eventually('the step is at work', () => run.err().includes('step-started'));
    const { name, path } = home.entry('d');
    renameSync(path, home.path('held', name.replace('.p_.', '.h_.').replace(/@.*/, '')));
    await eventually('the step is stopped', () => run.err().includes('step-taken'));
    expect(home.letters('d')).toBe('h_');
    expect(home.names(`products/d/${posted('d')}`).filter((f) => f.endsWith('.ok'))).toEqual([]);
    run.child.kill('SIGTERM');
    await run.ended;
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s stops it, gives the entry back and ends with %i', async (signal, code) => {
    home.stage('one', untilGo);
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    const run = home.start(['run']);
    await eventually('the step is at work', () => run.err().includes('step-started'));
    run.child.kill(signal);
    expect(await run.ended).toMatchObject({ code });
    // The epoch never becomes less.
    expect(home.entry('d').name).toMatch(/\.w\.001\.-\.d$/);
    expect(home.entry('d').folder).toBe('queue');
    expect(home.names('processes')).toEqual([]);
    home.file('go', '');
    home.ok('run', '--until-idle');
    expect(home.entry('d').name).toMatch(/\.c\.002\.-\.d$/);
  });
});

describe('causes in names', () => {
  it('x2: the exit code; not mapped is default, and default is fail', () => {
    home.plain('one', 'two', 'three');
    home.ok('post', 'd', '--param', 'code_two=2');
    const at = posted('d');
    expect(home.slate(['run', '--until-idle']).code).toBe(1);
    expect(home.entry('d')).toMatchObject({ folder: 'failed', name: `50.${at}.cf_.002.-.d@2-x2` });
    expect(home.names('logs/d')).toEqual([`${at}.one.001.ok.log`, `${at}.two.002.x2.log`]);
    expect(statSync(home.path('ids/d')).nlink).toBe(2);
  });

  it('s9: the signal', () => {
    home.stage('one', "[/bin/sh, -c, 'kill -9 $$']");
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    home.slate(['run', '--until-idle']);
    expect(home.entry('d').name).toMatch(/\.f\.001\.-\.d@1-s9$/);
    expect(home.names('logs/d')[0]).toMatch(/\.one\.001\.s9\.log$/);
  });

  it('t: the time limit', () => {
    home.stage('one', "[/bin/sh, -c, 'while :; do sleep 0.1; done']", 'timeout: 200ms\n');
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    home.slate(['run', '--until-idle']);
    expect(home.entry('d').name).toMatch(/\.f\.001\.-\.d@1-t$/);
    expect(home.names('logs/d')[0]).toMatch(/\.one\.001\.t\.log$/);
  });

  it('keeps the working folder of a failed try, by its name, and marks no products', () => {
    home.stage('one', '[/bin/sh, -c, \'echo x > left; echo x > "$SLATE_PRODUCTS/p"; exit 2\']', 'products: true\n');
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    home.slate(['run', '--until-idle']);
    expect(home.names('scratch/d.one.001')).toEqual(['left']);
    expect(home.names(`products/d/${posted('d')}`)).toEqual(['one.001']);
  });

  it('a digit counts failed tries that will be made again, not before the mtime', async () => {
    home.stage('one', byParameter('one'), 'exits: {75: retry}\nretries: 3\nbackoff: {first: 1h}\n');
    home.stage('two', '[/bin/true]');
    home.pipeline('p', ['stage: one', 'stage: two']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd', '--param', 'code=75');
    const run = home.start(['run', '--until-idle']);
    await eventually('a digit', () => home.entries('d').some((e) => e.name.includes('.1_.001.-.d')));
    expect(home.entry('d').name).toMatch(/\.1_\.001\.-\.d$/);
    expect(home.entry('d').folder).toBe('active');
    expect(statSync(home.entry('d').path).mtimeMs).toBeGreaterThan(Date.now() + 30 * 60_000);
    // --until-idle counts due times: it goes on.
    expect(run.child.exitCode).toBeNull();
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(143);
    expect(home.letters('d')).toBe('1_');
  });

  it('retries that are used up become f with the cause; SLATE_TRY counts', () => {
    home.stage(
      'one',
      '[/bin/sh, -c, \'echo "$SLATE_TRY $SLATE_EPOCH"; exit 75\']',
      'exits: {75: retry}\nretries: 2\nbackoff: {first: 1ms}\n',
    );
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    expect(home.slate(['run', '--until-idle']).code).toBe(1);
    expect(home.entry('d').name).toMatch(/\.f\.003\.-\.d@1-x75$/);
    const logs = home.names('logs/d');
    expect(logs.map((log) => log.split('.').slice(1).join('.'))).toEqual([
      'one.001.x75.log',
      'one.002.x75.log',
      'one.003.x75.log',
    ]);
    expect(logs.map((log) => Number(readFileSync(home.path('logs/d', log), 'utf8').split(' ')[0]))).toEqual([1, 2, 3]);
  });

  it('a try that succeeds after a failed one is c, and the epoch says how many claims there were', () => {
    home.stage(
      'one',
      "[/bin/sh, -c, '[ $SLATE_TRY = 2 ] || exit 75']",
      'exits: {75: retry}\nretries: 2\nbackoff: {first: 1ms}\n',
    );
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    home.ok('run', '--until-idle');
    expect(home.entry('d').name).toMatch(/\.c\.002\.-\.d$/);
  });

  it('hold: an exit code that asks for a person', () => {
    home.stage('one', byParameter('one'), 'exits: {0: complete, 3: hold}\n');
    home.stage('two', '[/bin/true]');
    home.pipeline('p', ['stage: one', 'stage: two']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd', '--param', 'code=3');
    home.slate(['run', '--until-idle']);
    expect(home.entry('d').folder).toBe('held');
    expect(home.entry('d').name).toMatch(/\.h_\.001\.-\.d@1-x3$/);
  });

  it('skip, set and default of exits', () => {
    home.stage(
      'one',
      byParameter('one'),
      'exits: {0: complete, 10: {skip: [three]}, 11: {set: {three: h}}, 12: fail, default: hold}\n',
    );
    home.stage('two', '[/bin/true]');
    home.stage('three', '[/bin/true]');
    home.pipeline('p', ['stage: one', 'stage: two', 'stage: three']);
    home.ok('create', 'b', '--pipeline', 'p');
    for (const code of ['0', '10', '11', '12', '99']) home.ok('post', `d${code}`, '--param', `code=${code}`);
    home.slate(['run', '--until-idle']);
    expect(home.letters('d0')).toBe('ccc');
    expect(home.letters('d10')).toBe('ccs');
    expect(home.entry('d10').folder).toMatch(/^done\//);
    expect(home.letters('d11')).toBe('cch');
    expect(home.entry('d11').folder).toBe('held');
    expect(home.entry('d12').name).toMatch(/\.f__\.001\.-\.d12@1-x12$/);
    expect(home.letters('d99')).toBe('h__');
  });

  it('a class that a stage does not serve gets s', () => {
    home.stage('one', '[/bin/true]', 'classes: [acs]\n');
    home.stage('two', '[/bin/true]', 'classes: [acs, wfc]\n');
    home.stage('three', '[/bin/true]');
    home.pipeline('p', ['stage: one', 'stage: two', 'stage: three']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'a', '--class', 'acs');
    home.ok('post', 'w', '--class', 'wfc');
    home.ok('post', 'none');
    expect([home.letters('a'), home.letters('w'), home.letters('none')]).toEqual(['w__', 'sw_', 'ssw']);
    home.ok('run', '--until-idle');
    expect([home.letters('a'), home.letters('w'), home.letters('none')]).toEqual(['ccc', 'scc', 'ssc']);
    expect(home.entry('none').name).toMatch(/\.001\.-\.none$/);
  });

  it('a program that is missing uses up no try and ends no process by a crash', () => {
    home.stage('one', '[no-such-program-here]');
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    const done = home.slate(['run', '--until-idle']);
    expect(done.code).toBe(1);
    expect(done.err).toContain('no-such-program-here');
    expect(home.letters('d')).not.toBe('c');
  });
});

describe('what a step sees', () => {
  it('SLATE_* in its environment, its working folder, and the stage env', () => {
    home.stage('make-it', '[/bin/sh, -c, \'echo made > "$SLATE_PRODUCTS/f"\']', 'products: true\n');
    home.stage(
      'look',
      '[/bin/sh, -c, \'env > "$SLATE_PRODUCTS/env"; pwd > "$SLATE_PRODUCTS/pwd"; cat "$SLATE_PARAMS" > "$SLATE_PRODUCTS/params"; ls -A > "$SLATE_PRODUCTS/ls"; cat > "$SLATE_PRODUCTS/stdin"\']',
      "products: true\nenv: {OMP_NUM_THREADS: '1', WHO: '{{ dataset }} of {{ class }}'}\n",
    );
    home.pipeline('p', ['stage: make-it', 'stage: look']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd', '--class', 'acs', '--rank', '07', '--param', 'k=a b');
    home.ok('run', '--until-idle');
    const products = home.path('products/d', posted('d'));
    const read = (file: string): string => readFileSync(join(products, 'look.002', file), 'utf8');
    const env = Object.fromEntries(
      read('env')
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    expect(env).toMatchObject({
      SLATE_HOME: home.dir,
      SLATE_BOARD: 'b',
      SLATE_PIPELINE: 'p',
      SLATE_STAGE: 'look',
      SLATE_DATASET: 'd',
      SLATE_CLASS: 'acs',
      SLATE_RANK: '07',
      SLATE_TRY: '1',
      SLATE_PRODUCTS: join(products, 'look.002'),
      SLATE_IN_MAKE_IT: join(products, 'make-it.001'),
      OMP_NUM_THREADS: '1',
      WHO: 'd of acs',
    });
    expect(Number(env.SLATE_EPOCH)).toBe(2);
    expect(env.SLATE_SCRATCH).toBe(read('pwd').trim());
    expect(env.SLATE_SCRATCH?.startsWith(home.path('scratch'))).toBe(true);
    expect(read('ls')).toBe('');
    expect(read('stdin')).toBe('');
    expect(JSON.parse(read('params'))).toMatchObject({ k: 'a b' });
  });

  it('has no SLATE_PRODUCTS when the stage publishes nothing, nor SLATE_IN of a skipped stage', () => {
    home.stage('one', '[/bin/true]', 'products: true\nclasses: [acs]\n');
    home.stage('two', "[/bin/sh, -c, 'env | grep -c -e ^SLATE_PRODUCTS -e ^SLATE_IN_ || true']");
    home.pipeline('p', ['stage: one', 'stage: two']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    home.ok('run', '--until-idle');
    expect(home.ok('log', 'd', 'two')).toBe('0\n');
    expect(existsSync(home.path('products/d', posted('d'), 'two.001'))).toBe(false);
  });
});

describe('the journal', () => {
  it('is JSON lines below journal/<day>/, one writer a file', () => {
    home.plain('one', 'two');
    home.ok('post', 'd', '--param', 'code_two=2');
    home.slate(['run', '--until-idle']);
    home.ok('repipe', 'd', '--reason', 'once more');
    const days = home.names('journal');
    for (const day of days) expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
    const files = days.flatMap((day) => readdirSync(home.path('journal', day)));
    for (const file of files) expect(file).toMatch(/^[^.]+\.[^.]+\.jsonl$/);
    const all = home.journal();
    const process = all.find((line) => line.event === 'claim')?.process;
    expect(files.some((file) => file.endsWith(`.${String(process)}.jsonl`))).toBe(true);
    const story = all.filter((line) => line.dataset === 'd');
    for (const event of ['post', 'claim', 'finish', 'repipe']) {
      expect(story.map((line) => line.event)).toContain(event);
    }
    expect(story.find((line) => line.event === 'repipe')).toMatchObject({
      reason: 'once more',
      from: 'cf',
      to: 'cw',
      by: expect.any(String),
    });
    const failed = story.find((line) => line.event === 'finish' && line.stage === 'two');
    expect(failed).toMatchObject({ code: 2, epoch: 2, try: 1, posted: posted('d') });
    expect(failed?.stageFile).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('mv', () => {
  it('repipes, holds, skips, ranks', () => {
    home.plain('one', 'two');
    home.ok('post', 'd', '--param', 'code_two=2');
    home.slate(['run', '--until-idle']);
    home.stage('two', '[/bin/true]');
    const move = (change: (name: string) => string, folder: string): void => {
      const { name, path } = home.entry('d');
      renameSync(path, home.path(folder, change(name)));
    };
    move((name) => name.replace('.cf.', '.cw.').replace(/@.*/, ''), 'active');
    home.ok('run', '--until-idle');
    expect(home.entry('d').name).toMatch(/^50\..*\.cc\.003\.-\.d$/);
    home.ok('post', 'e');
    const e = home.entry('e');
    renameSync(e.path, home.path('queue', e.name.replace(/^50/, '10').replace('.w_.', '.s_.')));
    home.ok('run', '--until-idle');
    expect(home.entry('e').name).toMatch(/^10\..*\.sc\.001\.-\.e$/);
    expect(home.entry('e').folder).toMatch(/^done\//);
  });

  it('in place or into the wrong folder: housekeeping puts it right', () => {
    home.plain('one', 'two');
    home.ok('post', 'inplace', 'wrong');
    const inplace = home.entry('inplace');
    renameSync(inplace.path, home.path('queue', inplace.name.replace('.w_.', '.h_.')));
    const wrong = home.entry('wrong');
    renameSync(wrong.path, home.path('failed', wrong.name));
    home.ok('sweep');
    expect(home.entry('inplace').folder).toBe('held');
    expect(home.entry('wrong').folder).toBe('queue');
  });

  it('a tag that does not fit its letter is ignored, and dropped at the next rename', () => {
    home.plain('one', 'two');
    home.ok('post', 'claimed', 'ranked');
    for (const dataset of ['claimed', 'ranked']) {
      const { path } = home.entry(dataset);
      renameSync(path, `${path}@1-x2`);
    }
    home.ok('rank', '20', 'ranked');
    expect(home.entry('ranked').name).toMatch(/^20\..*\.w_\.000\.-\.ranked$/);
    home.ok('run', '--until-idle');
    expect(home.entry('claimed').name).toMatch(/\.cc\.002\.-\.claimed$/);
  });

  it('a p without a claim is a lost claim, an e without one becomes f', () => {
    home.plain('one', 'two');
    home.ok('post', 'p', 'e');
    for (const letter of ['p', 'e']) {
      const entry = home.entry(letter);
      renameSync(entry.path, home.path('active', entry.name.replace('.w_.', `.${letter}_.`)));
    }
    home.ok('sweep');
    expect(home.letters('p')).not.toContain('p');
    expect(home.letters('e')).toBe('f_');
    expect(home.entry('e').folder).toBe('failed');
  });

  it.each([
    ['POSTED', '.2026', '.2025'],
    ['CLASS', '.acs.', '.wfc.'],
    ['DATASET', '.acs.d', '.acs.other'],
  ])('a change of %s by hand is reported, not run', (_field, from, to) => {
    const year = new Date().toISOString().slice(0, 4);
    home.plain('one', 'two');
    home.ok('post', 'd', '--class', 'acs');
    const { name, path } = home.entry('d');
    renameSync(path, home.path('queue', name.replace(from.replace('2026', year), to)));
    const told = home.slate(['check']);
    expect(told.code).toBe(1);
    expect(`${told.out}${told.err}`).toContain('by hand');
    home.slate(['run', '--until-idle']);
    expect(home.journal().filter((line) => line.event === 'finish')).toEqual([]);
    expect(home.names('done')).toEqual([]);
  });

  it('a set hold ahead is a breakpoint', () => {
    home.plain('one', 'two', 'three');
    home.ok('post', 'd');
    const { name, path } = home.entry('d');
    renameSync(path, home.path('queue', name.replace('.w__.', '.wh_.')));
    home.ok('run', '--until-idle');
    expect(home.letters('d')).toBe('ch_');
    home.ok('release', 'd');
    home.ok('run', '--until-idle');
    expect(home.letters('d')).toBe('ccc');
  });
});
