/** Which hosts are shown, and in which order. Pure. */
import type { HostLine } from './model.ts';

export const SORTS = ['host', 'state', 'load', 'free', 'clock', 'seen'] as const;
export type Sort = (typeof SORTS)[number];

export interface Order {
  readonly by: Sort;
  readonly isReversed: boolean;
}

const UNKNOWN = Number.POSITIVE_INFINITY;
const orUnknown = (value: number | undefined): number => value ?? UNKNOWN;

/** What matters most has the least number; what is not known comes last. */
const KEYS: Readonly<Record<Exclude<Sort, 'host'>, (line: HostLine) => number>> = {
  state: ({ verdict }) => verdict.rank,
  load: ({ row: { facts } }) => (facts.load1 === undefined ? UNKNOWN : -facts.load1 / (facts.cpus ?? 1)),
  free: ({ row: { facts } }) => Math.min(orUnknown(facts.freeMb), orUnknown(facts.scratchMb)),
  clock: ({ row: { facts } }) => (facts.clockMs === undefined ? UNKNOWN : -Math.abs(facts.clockMs)),
  seen: ({ row: { seenMs } }) => (seenMs === undefined ? UNKNOWN : -seenMs),
};

function compareNames(a: HostLine, b: HostLine): number {
  return a.row.host < b.row.host ? -1 : a.row.host > b.row.host ? 1 : 0;
}

/** Stable: hosts that are alike stand by their names, either way round. */
export function sorted(lines: readonly HostLine[], { by, isReversed }: Order): HostLine[] {
  const compare = (a: HostLine, b: HostLine): number => {
    if (by === 'host') return compareNames(a, b);
    const [first, second] = [KEYS[by](a), KEYS[by](b)];
    return first === second ? 0 : first < second ? -1 : 1;
  };
  return [...lines].sort((a, b) => (isReversed ? -compare(a, b) : compare(a, b)) || compareNames(a, b));
}

/** All that a word of the filter may be a part of. */
function textOf({ row, verdict, stages, problems }: HostLine): string {
  const served = stages.filter(({ wish, processes }) => wish !== undefined || processes.length > 0);
  return [
    row.host,
    verdict.word,
    `agent:${row.agent}`,
    ...(row.isDown ? ['down'] : []),
    ...served.map(({ key }) => key),
    ...problems.map(({ text }) => text),
  ].join('\n');
}

/** Words are ANDed; each is a part of a host's name, state, stages or problems, capitals count if it has some; `-` before it negates. */
export function filtered(lines: readonly HostLine[], filter: string): HostLine[] {
  const words = filter.split(/\s+/).filter((word) => word !== '' && word !== '-');
  if (words.length === 0) return [...lines];
  return lines.filter((line) => {
    const text = textOf(line);
    const lower = text.toLowerCase();
    return words.every((word) => {
      const isNegated = word.startsWith('-');
      const part = isNegated ? word.slice(1) : word;
      const hay = part === part.toLowerCase() ? lower : text;
      return hay.includes(part) !== isNegated;
    });
  });
}
