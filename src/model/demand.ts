/** What a step needs of its host, and whether that is there. Pure. */
import { formatSize, MB, tryParseSize } from './size.ts';

/** Thousandths of a core, and MB. 0: none is counted. */
export interface Needs {
  readonly milliCpus: number;
  readonly memoryMb: number;
}

export const NO_NEEDS: Needs = { milliCpus: 0, memoryMb: 0 };

/** Most cores that a step may ask for, and most memory (MB): beyond that it is a slip. */
export const MOST_CPUS = 4_096;
const MOST_MB = 1_000_000_000;

export function addNeeds(all: Iterable<Needs>): Needs {
  let milliCpus = 0;
  let memoryMb = 0;
  for (const one of all) {
    milliCpus += one.milliCpus;
    memoryMb += one.memoryMb;
  }
  return { milliCpus, memoryMb };
}

/** True if all of it is within the budget. What a step does not need may be overdrawn by others. */
export function isWithin(needs: Needs, budget: Needs, taken: Needs = NO_NEEDS): boolean {
  return (
    (needs.milliCpus === 0 || taken.milliCpus + needs.milliCpus <= budget.milliCpus) &&
    (needs.memoryMb === 0 || taken.memoryMb + needs.memoryMb <= budget.memoryMb)
  );
}

/** Cores as a text says them: more than 0, at most three decimals. @returns thousandths; undefined if it is none */
export function tryParseCpus(text: string): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  const milli = Math.ceil(value * 1_000 - 1e-6);
  return milli > 0 && value <= MOST_CPUS ? milli : undefined;
}

/** Memory as a text says it. @returns MB, rounded up; undefined if it is none */
export function tryParseMemory(text: string): number | undefined {
  const bytes = tryParseSize(text);
  if (bytes === undefined || bytes <= 0) return undefined;
  const mb = Math.ceil(bytes / MB);
  return mb <= MOST_MB ? mb : undefined;
}

/** `2`, `0.5` */
export function formatCpus(milliCpus: number): string {
  return String(milliCpus / 1_000);
}

export function formatMemory(memoryMb: number): string {
  return formatSize(memoryMb * MB);
}

/** `2 cpus and 8 GB`, of what is counted. */
export function formatNeeds({ milliCpus, memoryMb }: Needs): string {
  const parts = [
    ...(milliCpus === 0 ? [] : [`${formatCpus(milliCpus)} ${milliCpus === 1_000 ? 'cpu' : 'cpus'}`]),
    ...(memoryMb === 0 ? [] : [formatMemory(memoryMb)]),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(' and ');
}

/** `needs 64 GB, and the host has 16 GB`: what of it is more than the whole budget; undefined if nothing is. */
export function excess(needs: Needs, budget: Needs): string | undefined {
  const parts = [
    ...(needs.milliCpus > budget.milliCpus
      ? [[formatNeeds({ ...needs, memoryMb: 0 }), formatNeeds({ ...budget, memoryMb: 0 })]]
      : []),
    ...(needs.memoryMb > budget.memoryMb ? [[formatMemory(needs.memoryMb), formatMemory(budget.memoryMb)]] : []),
  ];
  if (parts.length === 0) return undefined;
  const [need, has] = [0, 1].map((side) => parts.map((part) => part[side]).join(' and '));
  return `needs ${need}, and the host has ${has}`;
}
