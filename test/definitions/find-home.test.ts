import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findHome, HomeError } from '../../src/definitions/home.ts';
import { homeOf } from './home.ts';

describe('findHome', () => {
  it('is the folder itself, or the nearest one above', () => {
    const home = homeOf({ 'a/b/': '', 'inner/stages/': '' });
    expect(findHome(home, {})).toBe(home);
    expect(findHome(join(home, 'a/b'), {})).toBe(home);
    expect(findHome(join(home, 'inner/stages'), {})).toBe(home);
    expect(findHome(join(home, 'not/there/yet'), {})).toBe(home);
  });

  it('is $SLATE_HOME before that, and the flag before both', () => {
    const [here, other, third] = [homeOf({}), homeOf({}), homeOf({})];
    expect(findHome(here, { SLATE_HOME: other })).toBe(other);
    expect(findHome(here, { SLATE_HOME: '' })).toBe(here);
    expect(findHome(here, { SLATE_HOME: other }, third)).toBe(third);
    expect(findHome(join(here, 'stages'), {}, '..')).toBe(here);
  });

  it('says what was looked for and is missing', () => {
    const home = homeOf({ 'half/pipelines/': '', 'half/file': '' });
    const half = join(home, 'half');
    const error = (flag: string | undefined, env = {}) => {
      try {
        findHome(home, env, flag);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(HomeError);
        return (thrown as HomeError).message;
      }
      throw new Error('no error');
    };
    expect(error('half')).toBe(
      `--home names ${half}, which is no home: it has no stages/, blackboard/; make one with 'slate init half'`,
    );
    expect(error('nowhere')).toBe(`--home names ${join(home, 'nowhere')}, which is no folder`);
    expect(error('half/file/x')).toBe(`--home names ${join(half, 'file/x')}, which is no folder`);
    expect(error(undefined, { SLATE_HOME: half })).toContain(`$SLATE_HOME names ${half}, which is no home`);
    expect(() => findHome('/', {})).toThrow(
      "no home in / or above it: looked for a folder with pipelines/, stages/, blackboard/; name one with --home or $SLATE_HOME, or make one with 'slate init'",
    );
  });
});
