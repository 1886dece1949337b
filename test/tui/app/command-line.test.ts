import { describe, expect, it } from 'vitest';
import { commandArgs, shellWords } from '../../../src/tui/app/command-line.ts';

describe('words of a line', () => {
  it.each<[string, string[] | undefined]>([
    ['ls state:failed', ['ls', 'state:failed']],
    ["hold a --reason 'wait for flats'", ['hold', 'a', '--reason', 'wait for flats']],
    ['hold a --reason "it\'s bad"', ['hold', 'a', '--reason', "it's bad"]],
    ['a\\ b c', ['a b', 'c']],
    ["x ''", ['x', '']],
    ["--where='a b'", ['--where=a b']],
    ['"a\\"b"', ['a"b']],
    ["'a\\b'", ['a\\b']],
    ['   ', []],
    ["'open", undefined],
    ['a | b > c; $d *', ['a', '|', 'b', '>', 'c;', '$d', '*']],
  ])('%s', (line, words) => {
    expect(shellWords(line)).toEqual(words);
  });
});

describe('a command', () => {
  it('may begin with slate', () => {
    expect(commandArgs('slate ls -q')).toEqual({ kind: 'run', args: ['ls', '-q'] });
    expect(commandArgs('ls -q')).toEqual({ kind: 'run', args: ['ls', '-q'] });
  });

  it.each(['q', 'quit', 'exit'])('%s leaves', (line) => {
    expect(commandArgs(line)).toEqual({ kind: 'quit' });
  });

  it.each(['run', 'board', 'log x -f', 'history --follow', "'", '', 'slate'])('%j is refused with a reason', (line) => {
    expect(commandArgs(line)).toMatchObject({ kind: 'refused', why: expect.stringMatching(/\w{4}/) });
  });
});
