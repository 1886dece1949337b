/** Stage processes that stand still because somebody has told them to: what to say of them. Pure. */
import { count } from '../model/text.ts';
import type { ProcessRow } from './processes.ts';
import { stepsOf } from './status.ts';

/** Living ones that claim nothing, or whose steps are stopped, until they get another order. */
export function standingStill(rows: readonly ProcessRow[]): ProcessRow[] {
  return rows.filter(({ status: { name }, isDead }) => !isDead && (name.order === 'pause' || name.order === 'suspend'));
}

/** `h2sh on vm: suspended, its 2 steps stand still: 'slate order h2sh run' lets it go on`. */
export function standingText({ status: { name, content } }: ProcessRow): string {
  const steps = content === undefined ? 0 : stepsOf(content);
  const still =
    steps === 0 ? 'it does nothing' : `${steps === 1 ? 'its step stands' : `its ${steps} steps stand`} still`;
  const what = name.order === 'suspend' ? `suspended, ${still}` : 'paused, it claims nothing';
  return `${name.id} on ${name.host}: ${what}: 'slate order ${name.id} run' lets it go on`;
}

/** What is waited for until these processes have ended. */
export function leavingText(rows: readonly ProcessRow[]): string {
  const told = rows.slice(0, 5).map((row) => {
    const { name, content } = row.status;
    if (name.order === 'suspend') return standingText(row);
    const steps = content === undefined ? 0 : stepsOf(content);
    return `${name.id} on ${name.host}: ${count(steps, 'step')} running`;
  });
  const more = rows.length > told.length ? `; and ${rows.length - told.length} more` : '';
  return `${told.join('; ')}${more}`;
}

/** The state of a wish whose processes all stand still; `undefined`: they do not. */
export function standingState(rows: readonly ProcessRow[]): 'suspended' | 'paused' | undefined {
  const isOrdered = (order: string): boolean => rows.every(({ status: { name } }) => name.order === order);
  if (rows.length === 0) return undefined;
  return isOrdered('suspend') ? 'suspended' : isOrdered('pause') ? 'paused' : undefined;
}
