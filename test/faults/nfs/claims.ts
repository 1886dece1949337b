/** Four stage processes with four caches want the same entries; then one of them waits for what another host posts. */
import { type Lab, VERSIONS } from './lab.ts';

const POSTS = { kvm: 3, tcg: 1 } as const;
/** docs/internals.md, Wake-up: the longest interval, and the time in which the intervals have grown to it. */
const LONGEST_SECONDS = 4.9;
const GROWN_SECONDS = 15;
/** For the look and the start of the step. */
const SLACK_SECONDS = 1;

/** @returns how many renames came too late */
export async function compete(lab: Lab): Promise<number> {
  await lab.onClients(() => VERSIONS.map((version) => `start_run ${version} claims`).join('; '));
  await lab.untilOver(['claims'], 600);
  return (await renamesThatFailed(lab)).reduce((sum, count) => sum + count, 0);
}

/** Of all mounts of the sync export, since they were made. */
async function renamesThatFailed(lab: Lab): Promise<number[]> {
  const said = await lab.onClients(() => VERSIONS.map((version) => `renames_failed ${version}`).join('; '));
  return said.join('\n').split('\n').map(Number);
}

/** @returns after how many seconds each was started; posted by `touch`, through another version */
export async function startLate(lab: Lab): Promise<number[]> {
  await lab.onClient('alfa', 'stop_runs');
  await lab.onClient('bravo', 'stop_runs v3');
  const waits: number[] = [];
  for (let index = 0; index < POSTS[lab.accelerator.name]; index++) {
    const idleUntil = performance.now() + GROWN_SECONDS * 1000;
    await lab.until(() => performance.now() > idleUntil, 'the intervals to grow');
    const started = lab.onClient('bravo', `until [ -e /run/started-late-${index} ]; do sleep 0.05; done`);
    const queue = '/mnt/v3/home/blackboard/claims/queue';
    await lab.onClient('alfa', `touch ${queue}/50.$(date -u +%Y%m%dT%H%M%S).w_.000.-.late-${index}`);
    const posted = performance.now();
    await started;
    waits.push((performance.now() - posted) / 1000);
  }
  await lab.untilOver(['claims']);
  await lab.onClients(() => 'stop_runs');
  return waits;
}

/**
 * Undefined: as soon as the docs say. Without KVM it can't be judged: looks take at most a hundredth of the time, and there one
 * may take a second.
 */
export function tooLate(lab: Lab, waits: readonly number[]): string | undefined {
  if (lab.accelerator.name !== 'kvm' || waits.every((wait) => wait <= LONGEST_SECONDS + SLACK_SECONDS))
    return undefined;
  return `started after ${seconds(waits)}`;
}

export const seconds = (waits: readonly number[]): string => waits.map((wait) => `${wait.toFixed(1)} s`).join(', ');
