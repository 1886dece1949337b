import { describe, expect, it } from 'vitest';
import { ArgumentsError, parseArguments } from '../../bench/arguments.ts';

const SUITES = ['startup', 'steps', 'scan'];
const parse = (...args: string[]) => parseArguments(args, SUITES);

it('runs those that are aside only by their names', () => {
  const all = [...SUITES, 'engines'];
  expect(parseArguments([], all, SUITES).suites).toEqual(SUITES);
  expect(parseArguments(['engines'], all, SUITES).suites).toEqual(['engines']);
});

describe('parseArguments', () => {
  it('runs and writes everything if nothing is said', () => {
    expect(parse()).toMatchObject({ suites: SUITES, isAll: true, quick: false, write: true, strict: false });
  });

  it('writes no page of smaller sizes or of some suites, unless asked to', () => {
    expect(parse('--quick')).toMatchObject({ suites: SUITES, write: false, quick: true });
    expect(parse('steps')).toMatchObject({ suites: ['steps'], write: false });
    expect(parse('steps', '--write')).toMatchObject({ suites: ['steps'], write: true });
  });

  it("runs the named ones in the list's order", () => {
    expect(parse('scan', 'startup').suites).toEqual(['startup', 'scan']);
  });

  it('knows what is not a suite, with its numbers', () => {
    const args = parse('torture', '--entries', '20000', '--kills', '5');
    expect(args).toMatchObject({ mode: 'torture', suites: [], isAll: false, write: false });
    expect(args.numbers).toMatchObject({ entries: 20_000, kills: 5, stages: 4, 'lease-ms': 2000 });
    expect(args.given.has('entries')).toBe(true);
    expect(parse('dashboard').given.has('entries')).toBe(false);
    expect(parse('screens', 'big').rest).toEqual(['big']);
  });

  it.each([[['stepz']], [['--fast']], [['torture', '--entries', 'many']]])('refuses %j', (args) => {
    expect(() => parse(...args)).toThrow(ArgumentsError);
  });

  it('names what there is to those who mistype', () => {
    expect(() => parse('stepz')).toThrow(/'stepz'.*startup, steps, scan, torture/);
  });
});
