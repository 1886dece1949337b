/** Jobs of engines on a board, written as a dispatcher writes them, without any: as many as a test wants. */
import fs from 'node:fs';
import { join } from 'node:path';
import type { JobTry } from '../../src/board/jobs.ts';
import type { JobSight, JobTrace } from '../../src/model/job-sight.ts';

export interface WrittenJob {
  readonly dataset: string;
  readonly sight?: JobSight;
  /** What it has written at its end. */
  readonly end?: string;
  readonly of?: string;
}

export const JOB_POSTED = '20261121T120000';

export function jobTry(dataset: string, of?: string): JobTry {
  const own = { dataset, posted: JOB_POSTED, stage: 'a', epoch: 1, column: 0 };
  return of === undefined ? own : { ...own, of };
}

/** @param root of the board @param name `k3f1.1` @param id undefined: the engine's answer was lost */
export function writeJobs(
  root: string,
  name: string,
  id: string | undefined,
  jobs: readonly WrittenJob[],
  madeMs: number,
): void {
  const folder = join(root, 'jobs', name);
  fs.mkdirSync(folder, { recursive: true });
  const about = {
    name,
    engine: 'cluster',
    kind: 'slurm',
    jobName: `slate.b.${name}`,
    tries: jobs.map(({ dataset, of }) => jobTry(dataset, of)),
    made: new Date(madeMs).toISOString(),
  };
  fs.writeFileSync(join(folder, 'about'), `${JSON.stringify(about)}\n`);
  if (id !== undefined) fs.writeFileSync(join(folder, 'id'), `${id}\n`);
  const seen = { by: name.split('.')[0], jobs: jobs.map(({ sight }) => sight ?? null) };
  if (jobs.some(({ sight }) => sight !== undefined)) fs.writeFileSync(join(folder, 'seen'), JSON.stringify(seen));
  for (const [index, { end }] of jobs.entries())
    if (end !== undefined) fs.writeFileSync(join(folder, `${index}.end`), end);
}

/** Entries whose claims are these jobs: their ends are not written down. */
export function writeClaims(root: string, datasets: readonly string[]): void {
  for (const dataset of datasets)
    fs.writeFileSync(join(root, `active/50.${JOB_POSTED}.p.001.-.${dataset}@1-k3f1-1-1`), '');
}

/** A line of the journal that ends a try whose step was a job. */
export function endLine(ms: number, outcome: string, job: Partial<JobTrace>, more: object = {}): string {
  const trace = { engine: 'cluster', id: '7_0', node: 'n1', submitted: new Date(ms).toISOString(), wait: 10, run: 20 };
  return JSON.stringify({
    t: new Date(ms).toISOString(),
    event: 'finish',
    dataset: 'x',
    posted: JOB_POSTED,
    stage: 'a',
    epoch: 1,
    outcome,
    code: outcome === 'f' ? 2 : 0,
    signal: null,
    job: { ...trace, ...job },
    host: 'h',
    by: 'k3f1',
    ...more,
  });
}
