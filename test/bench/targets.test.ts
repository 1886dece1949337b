/** `docs/performance.md`, as it stands, has a row for each target that was set. Measured or not, met or not: it has to be there. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Wanted {
  readonly suite: string;
  /** What the row's first and third cells say together. */
  readonly about: RegExp;
  readonly target: string;
}

const peer = (label: RegExp, times: number): Wanted => ({ suite: 'peers', about: label, target: `≥ ${times} ×` });

const WANTED: readonly Wanted[] = [
  { suite: 'steps', about: /steps of \/bin\/true, 3 stages.*xargs -P2/, target: '≥ 1.2 ×' },
  peer(/ninja -j2/, 1),
  peer(/make -j2/, 1.3),
  peer(/nq/, 2),
  peer(/jug/, 2),
  peer(/parallel .*--joblog/, 2),
  peer(/Luigi/, 20),
  peer(/Snakemake/, 20),
  peer(/Slurm, job arrays/, 100),
  { suite: 'claim', about: /renameSync/, target: '≥ 0.6 ×' },
  { suite: 'claim', about: /\b2 (stage )?processes.*1 process/, target: '≥ 1.3 ×' },
  { suite: 'claim', about: /\b16 (stage )?processes.*2 processes/, target: '≥ 0.8 ×' },
  { suite: 'claim', about: /Python.*lock \+ remove/i, target: '≥ 1 ×' },
  { suite: 'claim', about: /Perl.*lock \+ remove/i, target: '≥ 1 ×' },
  ...['10,000', '100,000', '1,000,000'].map(
    (size): Wanted => ({ suite: 'claim', about: new RegExp(`backlog of ${size}\\b`), target: '≤ 1.5 ×' }),
  ),
  { suite: 'post', about: /200,000/, target: '≥ 0.5 ×' },
  ...['200,000', '1,000,000'].flatMap((size): Wanted[] =>
    ['counts', 'ls'].map((command) => ({
      suite: 'scan',
      about: new RegExp(`slate ${command}\\b.*${size}.*ls -f`),
      target: '≤ 2 ×',
    })),
  ),
  { suite: 'scan', about: /1,000,000/, target: '≤ 300 MB' },
  { suite: 'idle', about: /post to .*step/, target: '≤ 20 ms' },
  { suite: 'idle', about: /polled|polling/, target: '≤ 1 ×' },
  { suite: 'idle', about: /idle stage process, 10,000/, target: '≤ 0.2 %' },
  { suite: 'idle', about: /memory/, target: '≤ 80 MB' },
  { suite: 'idle', about: /50 idle stage processes.*50,000/, target: '≤ 10 %' },
];

/** The cells of each suite's tables, by its heading. */
function rowsBySuite(page: string): Map<string, string[][]> {
  const sections = page.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const lines = section.split('\n').filter((line) => line.startsWith('| '));
      const cells = lines.map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
      return [section.split('\n')[0] ?? '', cells.map((row) => row.slice(1, -1))];
    }),
  );
}

describe('docs/performance.md', () => {
  const page = fs.readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');
  const rows = rowsBySuite(page);

  it.each(WANTED)('has a row of $suite: $about, $target', ({ suite, about, target }) => {
    const found = (rows.get(suite) ?? []).filter(
      ([what = '', , against = '', , , wanted]) => wanted === target && about.test(`${what} ${against}`),
    );
    expect(found.length, (rows.get(suite) ?? []).map((row) => row.join(' | ')).join('\n')).toBeGreaterThan(0);
  });

  it('names no folder and no host of the machine', () => {
    expect(page).not.toMatch(/\/(tmp|home|root|work|mnt|Users)\//);
  });

  it('was measured at full size', () => {
    expect(page).toContain('at full size');
  });
});
