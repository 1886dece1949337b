import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportsCsv } from '../../stages/lib/reports.ts';
import { Programs } from './programs.ts';
import { ROOT } from './support.ts';

const REPORTS = join(ROOT, 'pipelines', 'sao', 'reports');
const HEAD = reportsCsv([]).trimEnd();

const programs = new Programs();
const out = (...names: string[]) => programs.path(...names);
beforeAll(() => programs.build(['split', 'clean', 'mean', 'daily', 'chart']));
afterAll(() => programs.remove());

describe('what goes wrong with reports', () => {
  const split = (input: string) => programs.run('split', ['--input', input, '--dataset', 'x', '--out', out('wrong')]);
  const original = gunzipSync(readFileSync(join(REPORTS, '95031806_sao.cdf.gz')));
  const folder = (name: string, files: Record<string, Buffer>) => {
    mkdirSync(out(name), { recursive: true });
    for (const [file, bytes] of Object.entries(files)) writeFileSync(out(name, file), bytes);
    return out(name);
  };
  const otherTime = (from: string, to: string) => Buffer.from(original.toString('latin1').replace(from, to), 'latin1');

  it.each([
    ['a page', Buffer.from('<!DOCTYPE html>'), 'not a netCDF-3 file: it starts with "<!DO"'],
    ['nothing', Buffer.alloc(0), 'the file is empty'],
    ['half a file', original.subarray(0, 150_000), 'but the file has 150000 bytes: it is cut off'],
    ['a header', original.subarray(0, 700), 'cannot be read as netCDF-3'],
    ['half a gzip stream', gzipSync(original).subarray(0, 9_000), 'the gzip stream is cut off after 9000 bytes'],
    ['another file', otherTime('filetime', 'filetame'), 'its attribute filetime is ""'],
    ['a file without temperatures', otherTime('\0\0\0\x01T\0\0\0', '\0\0\0\x01X\0\0\0'), 'there is no variable T'],
    ['a strange month', otherTime(' 6Z 18 MAR 95', ' 6Z 18 MRZ 95'), 'its attribute filetime is " 6Z 18 MRZ 95"'],
  ])('%s: exit 2, in one line that names the file', (_, bytes, message) => {
    const dir = folder('bad', { 'bad.cdf': bytes });
    const { status, stderr } = split(dir);
    expect(stderr).toContain(`${dir}/bad.cdf: `);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(status).toBe(2);
  });

  it('two days, or an hour twice: exit 2', () => {
    const two = folder('two', { 'a.cdf': original, 'b.cdf': otherTime(' 6Z 18 MAR 95', ' 0Z 19 MAR 95') });
    expect(split(two)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('b.cdf is of 1995-03-19, a.cdf of 1995-03-18'),
    });
    const twice = folder('twice', { 'a.cdf': original, 'b.cdf': original });
    expect(split(twice)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('a.cdf and b.cdf are both of 6 UTC'),
    });
    expect(split(folder('none', { 'x.txt': original }))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no file *.cdf'),
    });
    expect(split(out('nowhere'))).toMatchObject({
      status: 66,
      stderr: expect.stringContaining('cannot be read (ENOENT)'),
    });
  });

  it('by hand nobody posts: it says what would be', () => {
    const { status, stdout } = split(join(REPORTS, '95031806_sao.cdf.gz'));
    expect(status).toBe(0);
    expect(stdout).toContain('10 entries would be posted: x_eastern x_southern');
  });

  it('nothing left of a region: exit 3', () => {
    writeFileSync(out('empty.csv'), `${HEAD}\n6,MMTO,ME,,,1995-03-18T05:45Z,,,,,,,,,\n`);
    const argv = ['--input', out('empty.csv'), '--out', out('wrong'), '--param', 'day=1995-03-18'];
    expect(programs.run('clean', argv)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('nothing is left of 1 reports'),
    });
    expect(programs.run('clean', argv.slice(0, 4))).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('the parameter day must be a day such as 1995-03-18, but is missing'),
    });
  });

  it.each([
    ['hour,id\n', 'line 1: there is no column kind'],
    [undefined, 'line 2: 3 fields, but there are 15 columns'],
  ])('reports that are no table: exit 2', (text, message) => {
    writeFileSync(out('odd.csv'), text ?? `${HEAD}\n6,MMTO,ME\n`);
    const argv = ['--input', out('odd.csv'), '--out', out('wrong'), '--param', 'day=1995-03-18'];
    expect(programs.run('clean', argv)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  });

  it.each(['split', 'clean', 'mean', 'daily', 'chart'])('%s: no arguments 64, and it explains itself', (step) => {
    expect(programs.run(step, [])).toMatchObject({ status: 64, stderr: expect.stringContaining('no output folder') });
    expect(programs.run(step, ['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining(`${step}: `) });
    expect(programs.run(step, ['--dataset', 'x', '--out', out('wrong')]).status).toBe(64);
  });
});
