import { appendFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { say, type Task } from './step.ts';
import { writing } from './step-errors.ts';

/** An entry that a step asks for. */
export interface Child {
  readonly dataset: string;
  readonly class: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Asks the runner to post these entries once the step has succeeded ($SLATE_POST); by hand there is nobody to ask, and it says so. */
export function postChildren(task: Task, children: readonly Child[]): void {
  const path = task.env.SLATE_POST;
  if (!path) {
    say(`${children.length} entries would be posted: ${children.map(({ dataset }) => dataset).join(' ')}`);
    return;
  }
  writing(path, () => appendFileSync(path, children.map((child) => `${JSON.stringify(child)}\n`).join('')));
  say(`${children.length} entries to be posted`);
}

/** A path as a parameter: relative to the home where it lies inside, so that the tree can be moved. */
export function asParameter(task: Task, path: string): string {
  const inside = relative(task.env.SLATE_HOME ?? '/', path);
  return task.env.SLATE_HOME === undefined || inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
