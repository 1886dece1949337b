/** Options of submitting commands by which jobs would be lost, not run, or run twice: each with why, or what to do instead. Pure. */

interface Refusals {
  readonly command: string;
  readonly names: Readonly<Record<string, string>>;
  readonly letters: Readonly<Record<string, string>>;
  /** Letters that take no value, and so may have another behind them. */
  readonly flags: string;
  /** Those of names and letters that every submission says: what else says them does so in vain, but for `options`, which come last. */
  readonly said: readonly string[];
}

export interface RefusedWord {
  readonly command: string;
  readonly option: string;
  readonly why: string;
  /** A job file that says it says it in vain. */
  readonly isSaid: boolean;
}

const ARRAY = '`array` of the engine says how many are submitted together';
const CLUSTERS = 'jobs are looked for in the cluster of this host only: the other is an engine with a site of its own';
const LOG = "what a step prints is in its try's log: `slate log DATASET STAGE`";
const NAME = 'a job is found by it';
const NUMBER = 'the number of the job would not be said as it is expected';
const WAIT = 'what has become of jobs is asked for afterwards';

const REFUSALS: Readonly<Record<'slurm' | 'pbs', Refusals>> = {
  slurm: {
    command: 'sbatch',
    names: {
      clusters: CLUSTERS,
      array: ARRAY,
      'job-name': NAME,
      output: LOG,
      error: LOG,
      requeue: 'retries of the stage say how often it is tried',
      wait: WAIT,
      'test-only': 'nothing would be submitted',
      parsable: 'it is said already',
      quiet: NUMBER,
      wrap: 'the script is what runs the steps: write `setup`, or a template',
    },
    letters: { M: CLUSTERS, a: ARRAY, J: NAME, o: LOG, e: LOG, W: WAIT, Q: NUMBER },
    flags: 'HIkOsvX',
    said: ['array', 'job-name', 'output', 'requeue', 'parsable', 'a', 'J', 'o'],
  },
  pbs: {
    command: 'qsub',
    names: {},
    letters: { J: ARRAY, t: ARRAY, N: NAME, o: LOG, e: LOG, j: LOG, I: 'steps run without a terminal', z: NUMBER },
    flags: 'hVXfGx',
    // An array only if there are several jobs.
    said: ['N', 'o', 'e', 'j'],
  },
};

/** @param next the word behind it */
export function refusedWord(kind: 'slurm' | 'pbs', word: string, next = ''): RefusedWord | undefined {
  const { command, names, letters, flags, said } = REFUSALS[kind];
  const long = /^--([a-z][a-z-]*)/.exec(word)?.[1];
  if (long !== undefined) {
    // The beginning of a name is as good as the whole.
    const [name, why] = Object.entries(names).find(([one]) => one.startsWith(long)) ?? [];
    if (name === undefined || why === undefined) return undefined;
    return { command, option: `--${name}`, why, isSaid: said.includes(name) };
  }
  if (kind === 'pbs' && /(?:^|,)\s*block\s*=\s*(?:true|t|yes|y|1)\s*(?:,|$)/i.test(attributesOf(word, next)))
    return { command, option: '-W block', why: WAIT, isSaid: false };
  if (!/^-[^-]/.test(word)) return undefined;
  for (const letter of word.slice(1)) {
    const why = Object.hasOwn(letters, letter) ? letters[letter] : undefined;
    if (why !== undefined) return { command, option: `-${letter}`, why, isSaid: said.includes(letter) };
    // What is behind it is its value.
    if (!flags.includes(letter)) return undefined;
  }
  return undefined;
}

/** Of `-W`. */
function attributesOf(word: string, next: string): string {
  return word === '-W' ? next : word.startsWith('-W') ? word.slice(2) : '';
}
