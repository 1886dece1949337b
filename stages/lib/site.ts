import { writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Task } from './step.ts';
import { EXIT, StepError, writing } from './step-errors.ts';

/**
 * The folder of a granule's run on the disk of the site that computes: $SITE/<dataset>/<posted>. Tries that overlap must not meet there:
 * what one makes is below its epoch.
 */
export function siteFolder(task: Task, ...parts: string[]): string {
  const site = task.env.SITE;
  if (!site) throw new StepError(EXIT.usage, 'no site: set SITE to the folder of the site that computes');
  if (!isAbsolute(site)) throw new StepError(EXIT.usage, `SITE is ${site}, but must be an absolute path`);
  return join(resolve(site), task.dataset, task.env.SLATE_POSTED ?? 'by-hand', ...parts);
}

/** Hands parameters on to the stages that come after this one ($SLATE_RESULT); by hand there is nobody to hand them to. */
export function handOn(task: Task, params: Readonly<Record<string, unknown>>, reason?: string): void {
  const path = task.env.SLATE_RESULT;
  if (!path) return;
  const result = {
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(reason === undefined ? {} : { reason }),
  };
  writing(path, () => writeFileSync(path, JSON.stringify(result)));
}
