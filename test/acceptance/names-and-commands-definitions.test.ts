/** Definitions: templates, quoting, and their faults. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Home, lines } from './names-and-commands-home.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(async () => {
  await home.dispose();
});

const hostile = [
  'a b',
  'a  b\tc',
  "it's",
  '"quoted"',
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned #',
  ['$HOME ', '$', '{IFS}'].join(''),
  '* ? [a-z]',
  '\\',
  'a\nb',
  '-n',
  '{{ dataset }}',
  '{% raw %}',
  '<&amp;>',
  'é\u{1F52D}',
  "'; touch pwned; '",
  '~',
  '!x',
];

describe('templates', () => {
  it('command is argv: a value is one argument whatever it holds', () => {
    home.stage('one', "[node, '{{ home }}/tools/argv.mjs', '{{ params.v }}', 'x{{ params.v }}y', '', a b]");
    home.file('tools/argv.mjs', 'process.stdout.write(JSON.stringify(process.argv.slice(2)));');
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    const input = hostile.map((v, i) => JSON.stringify({ dataset: `d${i}`, params: { v } })).join('\n');
    expect(home.slate(['post', '--from', '-'], { input }).code).toBe(0);
    home.ok('run', '--until-idle');
    for (const [i, v] of hostile.entries()) {
      expect(JSON.parse(home.ok('log', `d${i}`))).toEqual([v, `x${v}y`, '', 'a b']);
    }
    expect(existsSync(join(home.dir, 'pwned'))).toBe(false);
  });

  it('shell puts each value in as one quoted word', () => {
    home.file('stages/one.yaml', 'stage: one\nshell: printf "%s\\n" {{ params.v }}end {{ dataset }} && ls\n');
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    const input = hostile.map((v, i) => JSON.stringify({ dataset: `d~${i}`, params: { v } })).join('\n');
    expect(home.slate(['post', '--from', '-'], { input }).code).toBe(0);
    home.ok('run', '--until-idle');
    for (const [i, v] of hostile.entries()) expect(home.ok('log', `d~${i}`)).toBe(`${v}end\nd~${i}\n`);
  });

  it('a command starts no shell', () => {
    home.stage('one', "[echo, '$HOME', '*', '&&', false]".replace('false', "'false'"));
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    home.ok('run', '--until-idle');
    expect(home.ok('log', 'd')).toBe('$HOME * && false\n');
  });

  it('a program with a slash is looked up from the home, one without on PATH', () => {
    home.file('tools/here.sh', '#!/bin/sh\necho here\n');
    home.stage('one', '[/bin/sh, -c, \'chmod +x "$SLATE_HOME/tools/here.sh"\']');
    home.stage('two', '[tools/here.sh]');
    home.stage('three', "['true']");
    home.pipeline('p', ['stage: one', 'stage: two', 'stage: three']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    home.ok('run', '--until-idle');
    expect(home.ok('log', 'd', 'two')).toBe('here\n');
  });

  it('knows the names of an entry', () => {
    home.stage(
      'one',
      "[echo, '{{ home }}', '{{ board }}', '{{ pipeline }}', '{{ stage }}', '{{ dataset }}', '{{ class }}', '{{ rank }}', '{{ try }}', '{{ params.k }}']",
    );
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd', '--class', 'acs', '--rank', '07', '--param', 'k=v');
    home.ok('run', '--until-idle');
    expect(home.ok('log', 'd')).toMatch(new RegExp(`^${home.dir} b p one d acs 0?7 1 v\\n$`));
  });

  it('a name that is not known is a fault with file, line and column', () => {
    home.file('stages/one.yaml', "stage: one\ncommand: [echo, '{{ datset }}']\n");
    home.pipeline('p', ['stage: one']);
    const done = home.slate(['check']);
    expect(done.code).toBe(1);
    expect(`${done.out}${done.err}`).toMatch(/stages\/one\.yaml:2:\d+: .*datset.*did you mean 'dataset'/);
    expect(home.slate(['create', 'b', '--pipeline', 'p']).code).toBe(2);
  });

  it('a member that an entry has not fails that entry, not the process, and names it', () => {
    home.stage('one', "[echo, '{{ params.absent }}']");
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'without');
    home.ok('post', 'with', '--param', 'absent=here');
    expect(home.slate(['run', '--until-idle']).code).toBe(1);
    expect(home.entry('without').folder).toMatch(/^(failed|held)$/);
    expect(home.ok('log', 'without')).toContain('absent');
    expect(home.letters('with')).toBe('c');
    expect(home.ok('log', 'with')).toBe('here\n');
  });

  it('a place in shell where quotes would not protect is refused when it is read', () => {
    home.pipeline('p', ['stage: one']);
    for (const line of ['echo "{{ dataset }}"', "echo '{{ dataset }}'", 'echo `echo {{ dataset }}`']) {
      home.file('stages/one.yaml', `stage: one\nshell: ${JSON.stringify(line)}\n`);
      const done = home.slate(['check']);
      expect(done.code, line).toBe(1);
      expect(`${done.out}${done.err}`).toMatch(/stages\/one\.yaml:2:\d+: /);
    }
  });
});

describe('slate check', () => {
  it('finds nothing wrong with what is right', () => {
    home.plain('one', 'two');
    const done = home.slate(['check']);
    expect(done.code).toBe(0);
    expect(home.slate(['check', 'b']).code).toBe(0);
    expect(home.slate(['check', 'nonsense']).code).toBe(2);
  });

  it('tells all faults at once, each with file, line and column, and what was meant', () => {
    home.file(
      'pipelines/p.yaml',
      'pipeline: p\nstages:\n  - stage: one\n  - {stage: mising, afer: [one]}\n  - {stage: two, after: [oen]}\n',
    );
    home.file('stages/one.yaml', 'stage: one\ncomand: [true]\nretries: 12\ntimeout: 30\n');
    home.file('stages/two.yaml', 'stage: two\ncommand: [echo]\nexits: {0: complet, 300: fail}\nproducts: yess\n');
    home.file('stages/torn.yaml', 'stage: torn\ncommand: [echo\n');
    home.file('stages/missing.yaml', 'stage: missing\ncommand: [echo]\n');
    const done = home.slate(['check']);
    expect(done.code).toBe(1);
    const told = lines(`${done.out}\n${done.err}`);
    const faults = [
      /^pipelines\/p\.yaml:4:\d+: .*mising/,
      /^pipelines\/p\.yaml:4:\d+: .*'afer'.*did you mean 'after'/,
      /^pipelines\/p\.yaml:5:\d+: .*oen/,
      /^stages\/one\.yaml:2:1: .*'comand'.*did you mean 'command'/,
      /^stages\/one\.yaml:3:\d+: .*retries/,
      /^stages\/one\.yaml:4:\d+: .*timeout/,
      /^stages\/two\.yaml:3:\d+: .*complet/,
      /^stages\/two\.yaml:3:\d+: .*300/,
      /^stages\/two\.yaml:4:\d+: .*products/,
      /^stages\/torn\.yaml:\d+:\d+: /,
    ];
    for (const fault of faults)
      expect(
        told.some((line) => fault.test(line)),
        `${fault}\n${told.join('\n')}`,
      ).toBe(true);
  });

  it.each<[string, string, string]>([
    ['a cycle', 'pipeline: p\nstages:\n  - {stage: one, after: [two]}\n  - {stage: two, after: [one]}\n', 'two'],
    ['a stage twice', 'pipeline: p\nstages:\n  - stage: one\n  - stage: one\n', 'one'],
    ['no stages', 'pipeline: p\nstages: []\n', 'stages'],
    ['a stage name that is not allowed', 'pipeline: p\nstages:\n  - stage: One.x\n', 'One.x'],
    ['a name that is not the file name', 'pipeline: other\nstages:\n  - stage: one\n', 'other'],
    ['a key twice', 'pipeline: p\npipeline: p\nstages:\n  - stage: one\n', 'pipeline'],
    ['durability of another kind', 'pipeline: p\nstages:\n  - stage: one\ndurability: some\n', 'durability'],
  ])('refuses a pipeline with %s', (_what, text, word) => {
    home.stage('one', '[/bin/true]');
    home.stage('two', '[/bin/true]');
    home.file('pipelines/p.yaml', text);
    const done = home.slate(['check']);
    expect(done.code).toBe(1);
    expect(`${done.out}${done.err}`).toMatch(new RegExp(`pipelines/p\\.yaml:\\d+:\\d+: .*${word}`));
    expect(home.slate(['create', 'b', '--pipeline', 'p']).code).toBe(2);
  });

  it.each<[string, string]>([
    ['more than nine retries', 'retries: 10'],
    ['a negative number of retries', 'retries: -1'],
    ['skip of a stage that is no descendant', 'exits: {10: {skip: [one]}}'],
    ['skip of a stage that is none', 'exits: {10: {skip: [nonsense]}}'],
    ['a duration without a unit', 'backoff: {first: 5}'],
    ['both command and shell', 'shell: echo'],
    ['a class that is not allowed', 'classes: [ACS]'],
  ])('refuses a stage with %s', (_what, line) => {
    home.stage('one', '[/bin/true]');
    home.stage('two', '[/bin/true]', `${line}\n`);
    home.pipeline('p', ['stage: one', 'stage: two']);
    const done = home.slate(['check']);
    expect(done.code).toBe(1);
    expect(`${done.out}${done.err}`).toMatch(/(stages\/two|pipelines\/p)\.yaml:\d+:\d+: /);
  });

  it('takes 32 stages and no more', () => {
    const names = Array.from({ length: 33 }, (_, i) => `s${i}`);
    for (const name of names) home.stage(name, '[/bin/true]');
    home.pipeline(
      'p',
      names.map((name) => `stage: ${name}`),
    );
    expect(home.slate(['check']).code).toBe(1);
    home.pipeline(
      'p',
      names.slice(0, 32).map((name) => `stage: ${name}`),
    );
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'x'.repeat(128), '--class', 'c'.repeat(16));
    home.ok('run', '--until-idle');
    expect(home.entry('x'.repeat(128)).name).toContain(`.${'c'.repeat(32)}.032.`);
    expect(lines(readFileSync(home.path('columns'), 'utf8'))).toHaveLength(32);
  });
});

describe('slate init', () => {
  it('makes a home that has no faults and runs', () => {
    const dir = join(home.root, 'new');
    expect(home.slate(['init', dir]).code).toBe(0);
    for (const folder of ['pipelines', 'stages', 'blackboard', 'tools']) {
      expect(existsSync(join(dir, folder)), folder).toBe(true);
    }
    expect(home.slate(['check'], { cwd: dir }).code).toBe(0);
    expect(home.slate(['create', 'demo', '--pipeline', 'example'], { cwd: dir }).code).toBe(0);
    expect(home.slate(['post', 'a', 'b'], { cwd: dir }).code).toBe(0);
    expect(home.slate(['run', '--until-idle'], { cwd: dir }).code).toBe(0);
    expect(home.slate(['ls', '-q', 'state:done'], { cwd: dir }).out).toBe('a\nb\n');
    expect(home.slate(['init', dir]).code).toBe(5);
  });
});
