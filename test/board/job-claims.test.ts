import { describe, expect, it } from 'vitest';
import { stands } from '../../src/board/job-claims.ts';
import { parseName } from '../../src/model/name.ts';

describe('a job is still wanted', () => {
  const job = { dataset: 'x', posted: '20261130T120000', stage: 'a', epoch: 2, column: 0 };
  it.each<[string, string, boolean]>([
    ['by the claim that it is', '50.20261130T120000.pw.002.-.x@1-abcd-2-1', true],
    ['by that claim, adopted by another process', '50.20261130T120000.pw.002.-.x@1-efgh-2-1', true],
    ['while its end is written down', '50.20261130T120000.ew.002.-.x@1-abcd-2-1', true],
    ['not by a later try', '50.20261130T120000.pw.003.-.x@1-abcd-3-1', false],
    ['not when it was held', '50.20261130T120000.hw.002.-.x@1-o', false],
    ['not by one of another time', '50.20261130T120001.pw.002.-.x@1-abcd-2-1', false],
    ['not by another dataset', '50.20261130T120000.pw.002.-.y@1-abcd-2-1', false],
    ['not by the claim of another stage', '50.20261130T120000.cp.002.-.x@2-abcd-2-1', false],
  ])('%s', (_what, file, wanted) => {
    const parsed = parseName(file);
    if (!parsed.ok) throw new Error(`${file} is no name`);
    expect(stands(job, new Map([[parsed.name.dataset, [parsed.name]]]))).toBe(wanted);
  });
});
