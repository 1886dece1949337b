import { describe, expect, it } from 'vitest';
import { onlyGlobals } from '../../src/cli/run.ts';

describe('a line of home and board only opens the dashboard', () => {
  it.each([
    [[], {}],
    [['--home', '/h'], { home: '/h' }],
    [['--home=/h', '--board', 'b'], { home: '/h', board: 'b' }],
    [['--board='], { board: '' }],
  ])('%j', (args, globals) => {
    expect(onlyGlobals(args)).toEqual(globals);
  });

  it.each([[['ls']], [['--home']], [['--json']], [['--home', '/h', 'ls']], [['--help']], [['-V']]])(
    'not %j',
    (args) => {
      expect(onlyGlobals(args)).toBeUndefined();
    },
  );
});
