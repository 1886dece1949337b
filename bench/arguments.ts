/** What `npm run bench -- …` is asked for. Pure: see test/bench/arguments.test.ts. */
import { parseArgs } from 'node:util';

const NUMBERS = {
  entries: 2000,
  stages: 4,
  processes: 3,
  slots: 4,
  kills: 1,
  freezes: 1,
  moves: 50,
  'lease-ms': 2000,
} as const;

/** Not suites: they give no rows, or take screens instead. */
export const MODES = ['torture', 'dashboard', 'screens'] as const;
export type Mode = (typeof MODES)[number];

export interface Arguments {
  /** What is run instead of suites. */
  readonly mode: Mode | undefined;
  /** Suites by name, in the list's order; empty with a mode. */
  readonly suites: readonly string[];
  /** None was named, so all are run. */
  readonly isAll: boolean;
  readonly quick: boolean;
  /** Exit 1 if a row misses its target or was not measured. */
  readonly strict: boolean;
  /** Write `docs/performance.md`. */
  readonly write: boolean;
  /** Where the suites' files go; undefined: the system's temporary folder. */
  readonly folder: string | undefined;
  /** For the modes; a number that was not given has its default. */
  readonly numbers: Readonly<Record<keyof typeof NUMBERS, number>>;
  readonly given: ReadonlySet<string>;
  /** What follows a mode's name. */
  readonly rest: readonly string[];
}

/** Raised for words that mean nothing here. */
export class ArgumentsError extends Error {}

/** @param usual those that run when none is named @throws ArgumentsError */
export function parseArguments(
  args: readonly string[],
  suites: readonly string[],
  usual: readonly string[] = suites,
): Arguments {
  const { values, positionals } = parse(args);
  const numbers = Object.fromEntries(
    Object.entries(NUMBERS).map(([name, value]) => {
      const text = values[name];
      if (typeof text !== 'string') return [name, value];
      if (!/^\d+$/.test(text)) throw new ArgumentsError(`--${name} is a number, not '${text}'`);
      return [name, Number(text)];
    }),
  ) as Record<keyof typeof NUMBERS, number>;
  const [first = '', ...rest] = positionals;
  const mode = MODES.find((name) => name === first);
  const unknown = mode === undefined ? positionals.filter((name) => !suites.includes(name)) : [];
  if (unknown.length > 0)
    throw new ArgumentsError(`'${unknown.join("', '")}': the benchmarks are ${[...suites, ...MODES].join(', ')}`);
  const isAll = positionals.length === 0;
  const quick = values.quick === true;
  return {
    mode,
    suites: mode === undefined ? (isAll ? usual : suites.filter((name) => positionals.includes(name))) : [],
    isAll,
    quick,
    strict: values.strict === true,
    // A page of smaller sizes, or of some rows, would replace one of all.
    write: values.write === true || (isAll && !quick),
    folder: typeof values.folder === 'string' ? values.folder : undefined,
    numbers,
    given: new Set(Object.keys(values)),
    rest: mode === undefined ? [] : rest,
  };
}

function parse(args: readonly string[]): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        strict: { type: 'boolean' },
        write: { type: 'boolean' },
        folder: { type: 'string' },
        ...Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, { type: 'string' as const }])),
      },
    });
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}
