import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { filterOf } from '../../../src/board/filter.ts';
import { Row } from '../../../src/board/rows.ts';
import { wordsOf } from '../../../src/cli/filters.ts';
import { buildProgram } from '../../../src/cli/program.ts';
import type { World } from '../../../src/cli/session.ts';
import { filterWords } from '../../../src/model/filter.ts';
import { commandArgs } from '../../../src/tui/app/command-line.ts';
import {
  type DialogVerb,
  equivalentCommand,
  equivalentHost,
  equivalentOrder,
  equivalentScale,
  shellQuote,
} from '../../../src/tui/layers/equivalent.ts';
import type { Ask } from '../../../src/tui/view.ts';
import { fakeBoard, located } from '../data.ts';

const key = (dataset: string): string => `${dataset} 20261121T120000`;

function ask(scope: Ask['scope'], what: { filter?: string; datasets?: readonly string[] }): Ask {
  return { verb: 'repipe', scope, filter: what.filter ?? '', keys: (what.datasets ?? ['x']).map(key) };
}

describe('equivalentCommand', () => {
  it.each<[string, Ask, DialogVerb, string, string]>([
    [
      'a filter',
      ask('filter', { filter: 'state:failed cause:x2' }),
      { verb: 'repipe', stage: 'detect' },
      'bad flat',
      "slate repipe --where 'state:failed cause:x2' --stage detect --reason 'bad flat' --yes --board hst",
    ],
    [
      'a filter of one word',
      ask('filter', { filter: 'state:held' }),
      { verb: 'release' },
      '',
      'slate release --where state:held --yes --board hst',
    ],
    [
      'the whole board',
      ask('filter', {}),
      { verb: 'hold' },
      ' ',
      'slate hold --where -state:removed --yes --board hst',
    ],
    [
      'a quote in the reason',
      ask('filter', { filter: 'rank<20' }),
      { verb: 'rank', rank: 5 },
      "don't",
      "slate rank 05 --where 'rank<20' --reason 'don'\\''t' --yes --board hst",
    ],
    ['one entry', ask('cursor', { datasets: ['j8a20101q'] }), { verb: 'skip' }, '', 'slate skip --board hst j8a20101q'],
    [
      'few entries',
      ask('marks', { datasets: ['a', 'b+c', 'd~e'] }),
      { verb: 'repipe', stage: 'detect' },
      'why',
      'slate repipe --stage detect --reason why --board hst a b+c d~e',
    ],
    [
      'two runs of a dataset',
      ask('marks', { datasets: ['a', 'a'] }),
      { verb: 'remove' },
      '',
      'slate remove --board hst a',
    ],
  ])('%s', (_, asked, verb, reason, wanted) => {
    expect(equivalentCommand('hst', asked, verb, reason)).toEqual({ command: wanted, note: undefined });
  });

  it('names the first few of many, and says how to name all', () => {
    const many = ask('marks', { datasets: Array.from({ length: 37 }, (_, index) => `d${index}`) });
    expect(equivalentCommand('hst', many, { verb: 'hold' })).toEqual({
      command: 'slate hold --board hst d0 d1 d2 …',
      note: 'and 34 more: --from0 FILE takes a list',
    });
  });

  it('groups a large number that it leaves out', () => {
    const many = ask('marks', { datasets: Array.from({ length: 12_345 }, (_, index) => `d${index}`) });
    expect(equivalentCommand('hst', many, { verb: 'hold' }).note).toBe('and 12,342 more: --from0 FILE takes a list');
  });

  it('names the run of one that is done', () => {
    const { command } = equivalentCommand(
      'hst',
      ask('cursor', { datasets: ['a'] }),
      { verb: 'repipe', stage: 'verify' },
      '',
      true,
    );
    expect(command).toBe('slate repipe --posted 20261121T120000 --stage verify --board hst a');
  });
});

describe('equivalentOrder', () => {
  it.each([
    [['k3f1'], 'drain', '', 'slate order k3f1 drain --board hst'],
    [['k3f1', 'k9aa'], 'halt', 'disk; full', "slate order k3f1 k9aa halt --reason 'disk; full' --board hst"],
    [
      ['a111', 'a112', 'a113', 'a114', 'a115', 'a116', 'a117'],
      'run',
      '',
      'slate order a111 a112 a113 … run --board hst',
    ],
  ] as const)('%j %s %s', (ids, order, reason, wanted) => {
    expect(equivalentOrder('hst', ids, order, reason).command).toBe(wanted);
  });
});

describe('of hosts', () => {
  it('a change of slots is one command a host', () => {
    const one = [{ host: 'node3', to: 5 }];
    expect(equivalentScale('hst', 'detect', one)).toEqual({
      command: 'slate scale detect=5 --host node3 --board hst',
      note: undefined,
    });
    expect(equivalentScale('hst', 'a+b', [...one, { host: 'x', to: 1 }], "it's")).toEqual({
      command: "slate scale a+b=5 --host node3 --reason 'it'\\''s' --board hst",
      note: 'and the same for 1 more, each with its --host',
    });
  });

  it.each([
    ['start', ['node3'], false, 'slate up --host node3 --board hst'],
    ['drain', ['node3', 'node4'], false, 'slate down --host node3 --board hst'],
    ['stop', ['node3', 'node4'], true, 'slate down --all --now --board hst'],
  ] as const)('%s %j', (act, hosts, isAll, command) => {
    const equivalent = equivalentHost('hst', { act, hosts, isAll });
    expect(equivalent.command).toBe(command);
    expect(equivalent.note === undefined).toBe(isAll || hosts.length === 1);
  });
});

/** Words that a shell makes of a line. */
function shellWords(line: string): string[] {
  const script = `for word in ${line}; do printf '%s\\0' "$word"; done`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const NASTY = [
  "it's",
  '$HOME `id` "x"',
  'a;b|c&d>e',
  '*',
  '~root',
  '-n',
  '!!',
  'a\\b',
  '#x',
  'é 漢',
  "''",
  '=x',
  '{a,b}',
];

describe('shellQuote', () => {
  it.each([...NASTY, ''])('%j is one word of a shell', (word) => {
    expect(shellWords(shellQuote(word))).toEqual([word]);
  });

  it.each(['state:held', '-state:removed', 'j8a2.01_q+x=1,%', 'detect'])('%j needs no quotes', (word) => {
    expect(shellQuote(word)).toBe(word);
  });
});

/** What the command line makes of words: the command, its arguments and its options, without doing it. */
function parsed(words: readonly string[]): { name: string; args: string[]; options: Record<string, unknown> } {
  const world = { out: { write: () => true }, say: () => undefined } as unknown as World;
  const program = buildProgram({ world, exit: 0 });
  let seen: { name: string; args: string[]; options: Record<string, unknown> } | undefined;
  for (const command of program.commands) {
    command.action(() => {
      seen = { name: command.name(), args: command.args, options: command.opts() };
    });
  }
  program.parse(['node', 'slate', ...words]);
  if (seen === undefined) throw new Error(`no command ran: ${words.join(' ')}`);
  return seen;
}

describe('the command line', () => {
  const filters = ['state:failed cause:x2', '/a b[/]c/i -class:acs', '-state:done', '', "it's", 'j8a*01q rank<20'];

  it.each(filters)('takes the filter %j for what it is', (filter) => {
    const board = fakeBoard();
    const { command } = equivalentCommand(
      'hst',
      ask('filter', { filter }),
      { verb: 'repipe', stage: 'detect' },
      "it's so",
    );
    const words = shellWords(command);
    expect(commandArgs(command)).toEqual({ kind: 'run', args: words.slice(1) });
    const { name, args, options } = parsed(words.slice(1));
    expect({ name, args }).toEqual({ name: 'repipe', args: [] });
    expect(options).toMatchObject({ stage: 'detect', reason: "it's so", yes: true, board: 'hst' });
    const asked = wordsOf(options, [], false);
    if (filter !== '') expect(asked).toEqual(filterWords(filter));
    // Without a filter all are meant, but those that were removed.
    const test = filterOf(board, asked);
    if (filter === '') {
      expect(test.states).not.toContain('removed');
      expect(test.test(new Row(located('done/2026-11-21/50.20261121T120000.ccccc.005.acs.x')))).toBe(true);
    }
  });

  it.each<[DialogVerb, readonly string[]]>([
    [{ verb: 'rank', rank: 5 }, ['05', 'a', 'b']],
    [{ verb: 'remove' }, ['a', 'b']],
    [{ verb: 'skip', stage: 'detect' }, ['a', 'b']],
    [{ verb: 'hold' }, ['a', 'b']],
  ])('takes %j on datasets', (verb, args) => {
    for (const reason of NASTY) {
      const { command } = equivalentCommand('hst', ask('marks', { datasets: ['a', 'b'] }), verb, reason);
      expect(parsed(shellWords(command).slice(1))).toMatchObject({
        name: verb.verb,
        args,
        options: { reason, board: 'hst' },
      });
    }
  });

  it('takes an order', () => {
    const { command } = equivalentOrder('hst', ['k3f1', 'k9aa'], 'drain', '-n');
    expect(parsed(shellWords(command).slice(1))).toMatchObject({
      name: 'order',
      args: ['k3f1', 'k9aa', 'drain'],
      options: { reason: '-n', board: 'hst' },
    });
  });
});
