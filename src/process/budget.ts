/** What this host has for steps: its cores and memory, or what its control group leaves of them. */
import fs from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { isSystemError } from '../board/errors.ts';
import type { Needs } from '../model/demand.ts';
import { MB } from '../model/size.ts';

/** What `slate run --cpus --memory` says; undefined: what the host has. */
export interface BudgetOptions {
  readonly milliCpus?: number | undefined;
  readonly memoryMb?: number | undefined;
}

export type ReadText = (path: string) => string | undefined;

function readText(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8').trim();
  } catch (error) {
    // No such control group, or not ours to read: then it is no limit that is known.
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}

const CGROUPS = '/sys/fs/cgroup';

/** Thousandths of a core that the control groups of this process allow; undefined: no limit. */
export function cpuQuota(read: ReadText = readText): number | undefined {
  const limits: number[] = [];
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const isV1 = controllers.split(',').includes('cpu');
    if (controllers !== '' && !isV1) continue;
    for (const group of upward(path)) {
      const limit = isV1 ? quotaV1(read, `${CGROUPS}/cpu${group}`) : quotaV2(read, `${CGROUPS}${group}`);
      if (limit !== undefined) limits.push(limit);
    }
  }
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** `/a/b`, `/a` and the root: each may set a limit. Inside a container only the root can be seen, which is its own group. */
function upward(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  return [...parts.map((_, count) => `/${parts.slice(0, parts.length - count).join('/')}`), ''];
}

function quotaV2(read: ReadText, group: string): number | undefined {
  const [quota = '', period = ''] = (read(`${group}/cpu.max`) ?? '').split(' ');
  return shareOf(Number(quota), Number(period));
}

function quotaV1(read: ReadText, group: string): number | undefined {
  return shareOf(Number(read(`${group}/cpu.cfs_quota_us`)), Number(read(`${group}/cpu.cfs_period_us`)));
}

function shareOf(quota: number, period: number): number | undefined {
  return quota > 0 && period > 0 ? Math.floor((1000 * quota) / period) : undefined;
}

/** Node asks the control groups for memory itself. */
function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

export function hostBudget(options: BudgetOptions = {}): Needs {
  const cores = 1000 * availableParallelism();
  return {
    milliCpus: options.milliCpus ?? Math.min(cores, cpuQuota() ?? cores),
    memoryMb: options.memoryMb ?? Math.floor(memoryBytes() / MB),
  };
}
