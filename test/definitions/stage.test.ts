import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { homeOf, stage as stageText } from './home.ts';

/** What `skip` and `set` name. */
const others = Object.fromEntries(['a', 'b', 'detect'].map((name) => [`stages/${name}.yaml`, stageText(name)]));

function load(text: string | Uint8Array) {
  const { stages, faults } = loadHome(homeOf({ 'stages/cal.yaml': text, ...others }));
  return { stage: stages.get('cal'), faults: faults.map(formatFault) };
}

describe('a stage', () => {
  const head = 'stage: cal\ncommand: [run]\n';

  it('has defaults for all that is not given', () => {
    const { stage, faults } = load('stage: cal\ncommand: [node, cal.js]\n');
    expect(faults).toEqual([]);
    expect(stage).toEqual({
      name: 'cal',
      title: 'CAL',
      description: '',
      command: { kind: 'argv', argv: ['node', 'cal.js'] },
      exits: { codes: new Map([[0, { kind: 'complete' }]]), default: { kind: 'fail' } },
      retries: 0,
      backoff: { firstMs: 5_000, factor: 2, mostMs: 600_000 },
      timeoutMs: undefined,
      slots: undefined,
      products: false,
      checkpoint: false,
      cpus: undefined,
      memory: undefined,
      limits: {},
      freeBytes: undefined,
      env: {},
      files: [],
      classes: undefined,
      scratch: 'keep-failed',
      file: 'stages/cal.yaml',
      sha256: 'ad9e497b09c93d6ff3273f9e839d322c219d4d5f3f6296ac3483230eeb797c3b',
    });
  });

  it('keeps all that is given', () => {
    const { stage, faults } = load(
      [
        'stage: cal',
        'title: CALIB',
        'description: |',
        '  Flat, dark',
        '  and bias.',
        'shell: \'cal {{ dataset }} > "$SLATE_PRODUCTS"/out\'',
        'exits: {0: complete, 75: retry, 3: hold, 4: fail, 10: {skip: [detect]}, 11: {set: {detect: h}}, default: hold}',
        'retries: 3',
        'backoff: {first: 1m, factor: 1.5, most: 1h}',
        'timeout: 30m',
        'slots: 2',
        'products: true',
        "env: {OMP_NUM_THREADS: '1', OUT: '{{ products }}'}",
        'classes: [acs, wfc3]',
        'scratch: remove',
      ].join('\n'),
    );
    expect(faults).toEqual([]);
    expect(stage).toMatchObject({
      title: 'CALIB',
      description: 'Flat, dark\nand bias.\n',
      command: { kind: 'shell', line: 'cal {{ dataset }} > "$SLATE_PRODUCTS"/out' },
      retries: 3,
      backoff: { firstMs: 60_000, factor: 1.5, mostMs: 3_600_000 },
      timeoutMs: 1_800_000,
      slots: 2,
      products: true,
      env: { OMP_NUM_THREADS: '1', OUT: '{{ products }}' },
      classes: ['acs', 'wfc3'],
      scratch: 'remove',
    });
    expect(stage?.exits.default).toEqual({ kind: 'hold' });
    expect([...(stage?.exits.codes ?? [])]).toEqual([
      [0, { kind: 'complete' }],
      [3, { kind: 'hold' }],
      [4, { kind: 'fail' }],
      [10, { kind: 'skip', stages: ['detect'] }],
      [11, { kind: 'set', letters: { detect: 'h' } }],
      [75, { kind: 'retry' }],
    ]);
  });

  it('may take several entries', () => {
    expect(load(`${head}batch: {most: 50}\n`).stage?.batch).toEqual({ most: 50, withinMs: 0, idleMs: undefined });
    const { stage, faults } = load(`${head}batch: {most: 50, within: 5s, idle: 500ms}\nenv: {L: '{{ batch.path }}'}\n`);
    expect([faults, stage?.batch]).toEqual([[], { most: 50, withinMs: 5_000, idleMs: 500 }]);
  });

  it.each([
    ['batch: {within: 5s}', "3:8: 'batch.most' is missing; it is a whole number from 1 to 1000"],
    ['batch: {most: 1001}', "3:15: 'batch.most' must be a whole number from 1 to 1000, not 1001"],
    [
      'batch: {most: 5, within: 5}',
      "3:26: 'batch.within' must be a duration with a unit, such as 5s, 30m or 1h30m, not 5",
    ],
    [
      'batch: {most: 5, within: 1s, idle: 2s}',
      "3:36: 'batch.idle' is longer than 'batch.within'; the first of them waits no longer than that",
    ],
    [
      "batch: {most: 5}\nenv: {A: '{{ dataset }}'}",
      "4:14: no name 'dataset' is known here; the step takes several entries: each has its own in the list '{{ batch.path }}'",
    ],
    [
      "env: {A: '{{ batch.path }}'}",
      "3:14: no name 'batch' is known here; this stage takes one entry at a time; say 'batch: {most: 50}'",
    ],
    [
      'batch: {most: 5}\nservice: true',
      "3:1: 'batch' and 'service' are both given; a service is given one entry after the other",
    ],
    [
      "batch: {most: 5}\nenv: {A: '{{ batch.size }}'}",
      "4:20: 'batch.size' is not defined; known: path, outcomes, count",
    ],
  ])('%s is refused', (text, message) => {
    expect(load(`${head}${text}\n`).faults).toEqual([`stages/cal.yaml:${message}`]);
  });

  it('routes an entry by its exits, with a reason', () => {
    const { stage, faults } = load(
      `${head}exits:
  0: {complete: no_stars}
  3: {hold: look}
  4: {fail: no_bias}
  5: {retry: db_down}
  10: {skip: rest, reason: cloudy}
  11: {hold: [detect, b], reason: look}
  12: {back: a, most: 3}
  13: {back: a, reason: bad_flat}
`,
    );
    expect(faults).toEqual([]);
    expect([...(stage?.exits.codes ?? [])]).toEqual([
      [0, { kind: 'complete', reason: 'no_stars' }],
      [3, { kind: 'hold', reason: 'look' }],
      [4, { kind: 'fail', reason: 'no_bias' }],
      [5, { kind: 'retry', reason: 'db_down' }],
      [10, { kind: 'skip', stages: 'rest', reason: 'cloudy' }],
      [11, { kind: 'set', letters: { detect: 'h', b: 'h' }, reason: 'look' }],
      [12, { kind: 'back', stage: 'a', most: 3 }],
      [13, { kind: 'back', stage: 'a', most: 1, reason: 'bad_flat' }],
    ]);
  });

  it('completes with 0 if only other exits are named, and may be told otherwise', () => {
    const codes = (exits: string) => load(`stage: cal\ncommand: [x]\nexits: ${exits}\n`).stage?.exits.codes.get(0);
    expect(codes('{3: hold}')).toEqual({ kind: 'complete' });
    expect(codes('{0: hold}')).toEqual({ kind: 'hold' });
  });

  it('waits at most as long as its first back-off if that is longer than the usual most', () => {
    expect(load('stage: cal\ncommand: [x]\nbackoff: {first: 20m}\n').stage?.backoff.mostMs).toBe(1_200_000);
  });

  it.each<[string, string, string | RegExp]>([
    ['an unknown key', `${head}retires: 3\n`, "3:1: unknown key 'retires'; did you mean 'retries'?"],
    [
      'a key of a later version',
      `${head}resume: {}\n`,
      /^stages\/cal\.yaml:3:1: unknown key 'resume'; the keys here are stage, title, /,
    ],
    ['an unknown key within', `${head}backoff: {frist: 5s}\n`, "3:11: unknown key 'frist'; did you mean 'first'?"],
    [
      'another name than its file',
      'stage: cla\ncommand: [x]\n',
      "1:8: the stage is named 'cla', its file 'cal'; give both the same name",
    ],
    [
      'a name that is none',
      'stage: Cal\ncommand: [x]\n',
      "1:8: 'stage' must be a stage name: a small letter, then up to 31 of a-z 0-9 _ -, not 'Cal'",
    ],
    [
      'no name',
      'command: [x]\n',
      "1:1: 'stage' is missing; it is a stage name: a small letter, then up to 31 of a-z 0-9 _ -",
    ],
    [
      'no command',
      'stage: cal\n',
      "1:1: 'command' is missing; it is a list such as [node, step.js]; or a line of shell as 'shell'",
    ],
    ['two commands', `${head}shell: x\n`, "3:1: 'command' and 'shell' are both given; a stage has one of them"],
    [
      'a command that is a line',
      'stage: cal\ncommand: run it\n',
      "2:10: 'command' must be a list, such as [node, step.js]; for a line of shell write shell:",
    ],
    ['an empty command', 'stage: cal\ncommand: []\n', "2:10: 'command' names no program"],
    ['an empty program', "stage: cal\ncommand: ['', x]\n", "2:11: 'command[0]' names no program"],
    [
      'an argument that is a number',
      'stage: cal\ncommand: [sleep, 010]\n',
      "2:18: 'command[1]' must be text, not 10; put it in quotes: '10'",
    ],
    ['an empty shell line', "stage: cal\nshell: ' '\n", "2:8: 'shell' is empty"],
    [
      'a title of two lines',
      `${head}title: "a\\tb"\n`,
      "3:8: 'title' must be one line of 1 to 40 characters, not 'a\tb'",
    ],
    ['too many retries', `${head}retries: 10\n`, "3:10: 'retries' must be a whole number from 0 to 9, not 10"],
    ['retries in words', `${head}retries: three\n`, "3:10: 'retries' must be a whole number from 0 to 9, not 'three'"],
    ['half a retry', `${head}retries: 1.5\n`, "3:10: 'retries' must be a whole number from 0 to 9, not 1.5"],
    ['an empty value', `${head}retries:\n`, "3:9: 'retries' must be a whole number from 0 to 9, not empty"],
    [
      'a duration without a unit',
      `${head}timeout: 30\n`,
      "3:10: 'timeout' must be a duration with a unit, such as 5s, 30m or 1h30m, not 30",
    ],
    [
      'a duration that is none',
      `${head}timeout: soon\n`,
      "3:10: 'timeout' must be a duration with a unit, such as 5s, 30m or 1h30m, not 'soon'",
    ],
    ['no time at all', `${head}timeout: 0s\n`, "3:10: 'timeout' must be longer than 0"],
    [
      'a factor below 1',
      `${head}backoff:\n  factor: 0.5\n`,
      "4:11: 'backoff.factor' must be a number from 1 to 100, not 0.5",
    ],
    [
      'a back-off whose most is less',
      `${head}backoff: {first: 5m, most: 1m}\n`,
      "3:28: 'backoff.most' is shorter than 'backoff.first'",
    ],
    ['no slots', `${head}slots: 0\n`, "3:8: 'slots' must be a whole number from 1 to 1024, not 0"],
    ['products that are not yes or no', `${head}products: yes\n`, "3:11: 'products' must be true or false, not 'yes'"],
    [
      'an env that is a number',
      `${head}env: {THREADS: 1}\n`,
      "3:16: 'env.THREADS' must be text, not 1; put it in quotes: '1'",
    ],
    [
      'an env that is a boolean',
      `${head}env: {DEBUG: true}\n`,
      "3:14: 'env.DEBUG' must be text, not true; put it in quotes: 'true'",
    ],
    ['an env of a bad name', `${head}env: {A-B: x}\n`, "3:7: 'env.A-B' must be a variable name, not 'A-B'"],
    ['an env that is a list', `${head}env: [A]\n`, "3:6: 'env' must be a mapping of variables to texts, not a list"],
    [
      'a class that is none',
      `${head}classes: [ACS]\n`,
      "3:11: 'classes[0]' must be a class: 1 to 16 of a-z 0-9 _ -, not 'ACS'",
    ],
    ['no classes', `${head}classes: []\n`, "3:10: 'classes' names no class; leave it out to serve all"],
    ['a class twice', `${head}classes: [acs, acs]\n`, "3:16: class 'acs' is named twice"],
    [
      'an unknown scratch',
      `${head}scratch: keep-faild\n`,
      "3:10: 'scratch' must be one of keep-failed, keep, remove, not 'keep-faild'; did you mean 'keep-failed'?",
    ],
    [
      'an exit code beyond 255',
      `${head}exits: {256: fail}\n`,
      "3:9: 'exits.256' must be an exit code, 0 to 255, or 'default'",
    ],
    [
      'an exit code below 0',
      `${head}exits: {-1: fail}\n`,
      "3:9: 'exits.-1' must be an exit code, 0 to 255, or 'default'",
    ],
    [
      'an outcome that is none',
      `${head}exits:\n  3: hodl\n`,
      "4:6: 'exits.3' must be one of complete, retry, hold, fail, or a mapping such as {fail: reason}, {skip: [stage]}, {hold: [stage]}, {set: {stage: letter}} or {back: stage, most: 2}, not 'hodl'; did you mean 'hold'?",
    ],
    [
      'an outcome that does two things',
      `${head}exits: {3: {skip: [a], set: {b: h}}}\n`,
      "3:12: 'exits.3' must have one of the keys complete, retry, hold, fail, skip, set, back, not 'skip', 'set'",
    ],
    [
      'a skip that is no list',
      `${head}exits: {3: {skip: a}}\n`,
      "3:19: 'exits.3.skip' must be a list of stages, such as [detect], or rest, not 'a'",
    ],
    [
      'a stage to send it back to that is no name',
      `${head}exits: {3: {back: 7}}\n`,
      "3:19: 'exits.3.back' must be a stage before this one, not 7",
    ],
    [
      'a number of times that is none',
      `${head}exits: {3: {back: a, most: 0}}\n`,
      "3:28: 'exits.3.most' must be a number from 1 to 99, not 0",
    ],
    [
      'a number of times where nothing is sent back',
      `${head}exits: {3: {skip: [a], most: 2}}\n`,
      "3:30: 'exits.3.most' can't be here: only 'back' has it",
    ],
    [
      'a key beside an outcome',
      `${head}exits: {3: {fail: no_bias, reson: x}}\n`,
      "3:35: 'exits.3.reson' can't stand beside 'fail'; did you mean 'reason'?",
    ],
    [
      'a reason that reads like a cause',
      `${head}exits: {3: {fail: x2}}\n`,
      "3:19: 'exits.3.fail' must be a reason in one word: 2 to 16 of a-z 0-9 _, a letter first, and unlike the causes x2, s9 and sent2, not 'x2'",
    ],
    [
      'a reason in two words',
      `${head}exits: {3: {skip: rest, reason: too bright}}\n`,
      /^stages\/cal\.yaml:3:33: 'exits\.3\.reason' must be a reason in one word: .*, not 'too bright'$/,
    ],
    [
      'a reason told twice',
      `${head}exits: {3: {fail: a1, reason: b2}}\n`,
      "3:31: 'exits.3.reason' is told by 'fail' already",
    ],
    [
      'a hold of a mapping',
      `${head}exits: {3: {hold: {a: h}}}\n`,
      "3:19: 'exits.3.hold' must be a list of stages, such as [detect], or a reason in one word, not a mapping",
    ],
    ['an outcome without a key', `${head}exits: {3: {}}\n`, /must have one of the keys .*, not none$/],
    [
      'a skip of no stage name',
      `${head}exits: {3: {skip: [7]}}\n`,
      "3:20: 'exits.3.skip[0]' must be a stage name, not 7",
    ],
    [
      'a letter that can not be set',
      `${head}exits: {3: {set: {a: c}}}\n`,
      "3:22: 'exits.3.set.a' must be _ (not reached), s (skipped) or h (held), not 'c'",
    ],
    [
      'exits that are a list',
      `${head}exits: [1]\n`,
      "3:8: 'exits' must be a mapping of exit codes to outcomes, such as {0: complete, default: fail}, not a list",
    ],
    ['gather without what', `${head}gather: {}\n`, "3:9: 'gather.what' is missing; it is one of members, children"],
    [
      'gather with another word',
      `${head}gather: member\n`,
      "3:9: 'gather.what' must be one of members, children, not 'member'; did you mean 'members'?",
    ],
    [
      'what happens at no deadline',
      `${head}gather: {what: members, then: run}\n`,
      "3:31: 'gather.then' without 'gather.deadline' is never reached",
    ],
    [
      'an unknown name in an argument',
      "stage: cal\ncommand: [run, '{{ datset }}']\n",
      "2:20: no name 'datset' is known here; did you mean 'dataset'? known: home, board, pipeline, stage, dataset, class, rank, try, epoch, posted, params, scratch, inputs, members, env",
    ],
    [
      'products that it does not publish',
      "stage: cal\ncommand: [run, '{{ products }}']\n",
      "2:20: no name 'products' is known here; this stage publishes none; say 'products: true'",
    ],
    [
      'a value in quotes of a shell block',
      'stage: cal\nshell: |\n  set -e\n  echo "{{ dataset }}"\n',
      /^stages\/cal\.yaml:4:12: the value of 'dataset' stands inside quotes/,
    ],
    [
      'an unknown name in env',
      `${head}env:\n  A: x{{ bord }}\n`,
      /^stages\/cal\.yaml:4:10: no name 'bord' is known here; did you mean 'board'\?/,
    ],
    [
      'a template that is none',
      "stage: cal\ncommand: ['{{ a b }}']\n",
      /^stages\/cal\.yaml:2:\d+: is no template: expected variable end/,
    ],
  ])('with %s is refused', (_, text, wanted) => {
    const { stage, faults } = load(text);
    expect(stage).toBeUndefined();
    expect(faults).toEqual([typeof wanted === 'string' ? `stages/cal.yaml:${wanted}` : expect.stringMatching(wanted)]);
  });

  it('tells all faults at once, in the order of their places', () => {
    const { faults } = load("stage: cal\ncommand: ['{{ a }}']\nretries: 99\nenv: {X: '{{ b }}'}\nzzz: 1\n");
    expect(faults.map((fault) => fault.split(':')[1])).toEqual(['2', '3', '4', '5']);
  });
});

describe('a file', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['that is empty', '', '1:1: must be a mapping of keys to values, not empty'],
    ['of comments', '# later\n', '1:1: must be a mapping of keys to values, not empty'],
    ['that is a list', '- stage: cal\n', '1:1: must be a mapping of keys to values, not a list'],
    ['that is a text', 'cal\n', "1:1: must be a mapping of keys to values, not 'cal'"],
    ['with a key twice', 'stage: cal\ncommand: [x]\nstage: cal\n', "3:1: key 'stage' stands here a second time"],
    [
      'indented with a tab',
      'stage: cal\ncommand:\n\t- x\n',
      '3:1: a tab indents this line; YAML is indented with spaces',
    ],
    [
      'of two documents',
      'stage: cal\ncommand: [x]\n---\nstage: b\n',
      "3:1: a second document begins here ('---'); one file is one definition",
    ],
    [
      'of another language',
      'stage: cal\ncommand: !!js/function x\n',
      '2:10: is not YAML: unresolved tag: tag:yaml.org,2002:js/function',
    ],
    [
      'with an unclosed bracket',
      'stage: cal\ncommand: [x\n',
      "3:1: a '[' before this is not closed; close it with ']' on an indented line",
    ],
    ['with an alias of nothing', 'stage: cal\ncommand: *c\n', "1:1: no anchor '&c' stands before the alias"],
    ['that is binary', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 1), '1:1: is not a text file in UTF-8'],
    ['in Latin 1', Uint8Array.of(0x61, 0x3a, 0x20, 0xe9, 0x0a), '1:1: is not a text file in UTF-8'],
    ['in UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0x00), '1:1: is not a text file in UTF-8'],
    [
      'larger than 1 MiB',
      `stage: cal\n# ${'x'.repeat(1024 * 1024)}\n`,
      '1:1: has 1048590 bytes; a definition has at most 1 MiB',
    ],
    ['with a bomb of aliases', bomb(), '1:1: uses its anchors more than 100 times over'],
    [
      'with __proto__',
      'stage: cal\ncommand: [x]\n__proto__: {retries: 9}\n',
      "3:1: unknown key '__proto__'; the keys here are stage, title, description, command, shell, exits, retries, backoff, timeout, slots, products, checkpoint, cpus, memory, limits, free, batch, env, files, classes, scratch, service, gather, engine, transfer",
    ],
  ])('%s is refused', (_, content, message) => {
    const { stage, faults } = load(content);
    expect(faults).toEqual([`stages/cal.yaml:${message}`]);
    expect(stage).toBeUndefined();
  });

  it('nested a hundred thousand deep is refused', () => {
    expect(load(`stage: cal\ncommand: ${'['.repeat(100_000)}`).faults.length).toBeGreaterThan(0);
    expect(load(`stage: cal\ncommand: ${'['.repeat(3_000)}x${']'.repeat(3_000)}\n`).stage).toBeUndefined();
  });

  it('may have a byte order mark and Windows line ends, and places stay right', () => {
    expect(load('\ufeffstage: cal\r\ncommand: [x]\r\n').faults).toEqual([]);
    expect(load('\ufeffstage: cal\r\nshell: |\r\n  a\r\n  echo {{ bord }}\r\n').faults[0]).toMatch(
      /^stages\/cal\.yaml:4:11: no name 'bord'/,
    );
  });

  it('may use anchors', () => {
    const { stage } = load('stage: cal\ncommand: [x]\nenv: {A: &a hello, B: *a}\n');
    expect(stage?.env).toEqual({ A: 'hello', B: 'hello' });
  });

  it('with a fault behind an alias has its place at the alias', () => {
    expect(load('stage: cal\ncommand: [&n 7x]\nretries: 0\nscratch: *n\n').faults[0]).toMatch(
      /^stages\/cal\.yaml:4:10: /,
    );
  });
});

function bomb(): string {
  const names = 'abcdefghi'.split('');
  const lines = names
    .slice(1)
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${names[index]}`).join(', ')}]`);
  return ['a: &a [x, x, x, x, x, x, x, x, x]', ...lines, ''].join('\n');
}
