import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../../../stages/lib/data-error.ts';
import { FitsError } from '../../../stages/lib/fits-error.ts';
import { inputPath, numberParam, openFits, productPath, readTask, type Task } from '../../../stages/lib/step.ts';
import { EXIT, exitCodeOf, reading, StepError, writing } from '../../../stages/lib/step-errors.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'step-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const task = (argv: string[], env: Record<string, string> = {}): Task => {
  const found = readTask('calibrate', argv, env);
  if (found === undefined) throw new Error('help');
  return found;
};
const params = (value: unknown): string => {
  const path = join(folder, 'params.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};
const systemError = (errno: number) =>
  Object.assign(new Error('boom'), { errno: -errno, code: `Unknown system error -${errno}` });

describe('the task', () => {
  it('comes from the environment under the runner', () => {
    const env = {
      SLATE_PARAMS: params({ input: 'in/x_flt.fits.gz', threshold: '4', slate: { posted: '20261121T120000' } }),
      SLATE_PRODUCTS: join(folder, 'out'),
      SLATE_DATASET: 'j8bt06nyq',
      SLATE_HOME: '/home/slate',
      SLATE_IN_CALIBRATE: '/p/calibrate.003',
      SLATE_IN_DARK_FRAME: '/p/dark-frame.002',
    };
    const found = task([], env);
    expect(found).toMatchObject({ dataset: 'j8bt06nyq', out: join(folder, 'out') });
    expect(inputPath(found)).toBe('/home/slate/in/x_flt.fits.gz');
    expect(productPath(found, 'calibrate', 'a.fits')).toBe('/p/calibrate.003/a.fits');
    expect(productPath(found, 'dark-frame', 'a.fits')).toBe('/p/dark-frame.002/a.fits');
    expect(numberParam(found, 'threshold', 5, 0, 10)).toBe(4);
    expect(numberParam(found, 'minpix', 5, 0, 10)).toBe(5);
  });

  it('comes from flags by hand, and flags rule', () => {
    const argv = [
      '--input',
      join(folder, 'abc_flt.fits.gz'),
      '--out',
      folder,
      '--from',
      'calibrate=/c',
      '--param',
      'clip=2',
    ];
    const found = task(argv, { SLATE_IN_CALIBRATE: '/other' });
    expect(found.dataset).toBe('abc');
    expect(productPath(found, 'calibrate', 'x')).toBe('/c/x');
    expect(numberParam(found, 'clip', 3, 1, 9)).toBe(2);
    expect(task([...argv, '--dataset', 'mine']).dataset).toBe('mine');
  });

  it('takes its name from the only calibrated file', () => {
    mkdirSync(join(folder, 'cal'));
    writeFileSync(join(folder, 'cal', 'star_cal.fits'), '');
    expect(task(['--out', folder, '--from', `calibrate=${join(folder, 'cal')}`]).dataset).toBe('star');
  });

  it('is not there when help is asked for', () => {
    expect(readTask('calibrate', ['--help'], {})).toBeUndefined();
  });

  it.each([
    [['--input', 'x.fits'], 'no output folder: give --out DIR'],
    [['--out', '.'], 'no dataset: give --input FILE'],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--out', '.', '--param', 'clip'], '--param clip: NAME=VALUE is needed'],
    [['--out', '.', '--dataset', '../x'], '"../x" cannot be part of a file name'],
  ])('%j is a usage error', (argv, message) => {
    expect(() => task(argv)).toThrow(message);
    expect(() => task(argv)).toThrow(expect.objectContaining({ exitCode: EXIT.usage }));
  });

  it('refuses parameters that are no JSON object', () => {
    expect(() => task([], { SLATE_PARAMS: params('{') })).toThrow(/params\.json \(SLATE_PARAMS\): not JSON/);
    expect(() => task([], { SLATE_PARAMS: params([1]) })).toThrow('a JSON object is needed');
  });

  it('says what it lacks when asked', () => {
    const found = task(['--out', folder, '--dataset', 'x', '--param', 'clip=wide']);
    expect(() => inputPath(found)).toThrow('no input: give --input FILE');
    expect(() => productPath(found, 'calibrate', 'x')).toThrow(
      'no results of calibrate: give --from calibrate=DIR, or set SLATE_IN_CALIBRATE',
    );
    expect(() => numberParam(found, 'clip', 3, 1, 9)).toThrow(
      'the parameter clip must be a number from 1 to 9, but is "wide"',
    );
  });
});

describe('exit codes', () => {
  it.each([
    ['bad data', new FitsError('x'), EXIT.data],
    ['a hold', new StepError(EXIT.hold, 'x'), EXIT.hold],
    ['EIO', systemError(constants.errno.EIO), EXIT.retry],
    ['ESTALE', systemError(constants.errno.ESTALE), EXIT.retry],
    ['EAGAIN', systemError(constants.errno.EAGAIN), EXIT.retry],
    ['ENOTDIR outside of reading', systemError(constants.errno.ENOTDIR), EXIT.bug],
    ['a TypeError', new TypeError('x'), EXIT.bug],
    ['no Error at all', 'x', EXIT.bug],
  ])('%s', (_name, error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  const fail = (error: unknown) => () => {
    throw error;
  };

  it('of reading tell passing trouble from missing files and bad data, by name', () => {
    const stale = fail(systemError(constants.errno.ESTALE));
    expect(() => reading('/x', stale)).toThrow('/x: cannot be read now (ESTALE); try again');
    expect(() => reading('/x', stale)).toThrow(expect.objectContaining({ exitCode: EXIT.retry }));
    expect(() => openFits(join(folder, 'none.fits'))).toThrow(/none\.fits: cannot be read \(ENOENT\); check/);
    expect(() => openFits(folder)).toThrow(expect.objectContaining({ exitCode: EXIT.noInput }));
    expect(() => reading('/x', fail(new FitsError('HDU 1: bad')))).toThrow(new DataError('/x: HDU 1: bad'));
    const bug = new TypeError('mine');
    expect(() => reading('/x', fail(bug))).toThrow(bug);
  });

  it('of writing tell a full disk from a folder that is not one', () => {
    const full = fail(systemError(constants.errno.EDQUOT));
    expect(() => writing('/x', full)).toThrow(expect.objectContaining({ exitCode: EXIT.retry }));
    writeFileSync(join(folder, 'file'), 'kept');
    expect(() => task(['--input', 'a.fits', '--out', join(folder, 'file')])).toThrow(
      expect.objectContaining({ exitCode: EXIT.cannotCreate }),
    );
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
  });
});
