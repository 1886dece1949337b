import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ROOT, tempFolder } from '../helpers/home.ts';

const dist = join(ROOT, 'dist');
const code = readdirSync(dist).find((file) => /^slate-[0-9a-f]{16}\.cjs$/.test(file)) ?? '';

/** Whether this Node takes what the build has compiled, in a process with the flags of an ordinary one. */
const IS_TAKEN = `
  const [, file] = process.argv;
  const { readFileSync } = require('node:fs');
  const script = new (require('node:vm').Script)(readFileSync(file, 'latin1'), { cachedData: readFileSync(file + '.cache') });
  console.log(script.cachedDataRejected);
`;

describe('how slate starts', () => {
  let folder: string;

  beforeEach(() => {
    folder = tempFolder();
    for (const file of ['slate.js', code, `${code}.cache`]) cpSync(join(dist, file), join(folder, file));
  });

  const start = () => spawnSync(process.execPath, [join(folder, 'slate.js'), '--version'], { encoding: 'utf8' });

  it('runs code that was compiled when it was built', () => {
    expect(execFileSync(process.execPath, ['-e', IS_TAKEN, join(dist, code)], { encoding: 'utf8' })).toBe('false\n');
  });

  it.each([
    ['is missing', (cache: string) => rmSync(cache)],
    ['is cut off', (cache: string) => truncateSync(cache, 100_000)],
    ['is no such thing', (cache: string) => writeFileSync(cache, 'of another version')],
    ['is empty', (cache: string) => truncateSync(cache, 0)],
  ])('runs all the same where what was compiled %s', (_, spoil) => {
    spoil(join(folder, `${code}.cache`));
    expect(start()).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' });
  });

  it('says so when its code is missing', () => {
    rmSync(join(folder, code));
    expect(start()).toMatchObject({ status: 1, stderr: expect.stringMatching(/slate-.*can't be read.*npm run build/) });
  });
});
