import { writeFileSync } from 'node:fs';
import type { Task } from './step.ts';
import { writing } from './step-errors.ts';

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
