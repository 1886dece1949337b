/** `slate hold|release|repipe|skip|rank|set|remove`: the renames of an operator, one entry or thousands. */
import type { Command } from 'commander';
import type { Verb } from '../../board/operate.ts';
import type { LetterVerb } from '../../model/verbs.ts';
import { act, collect, type Run, subcommand } from '../command.ts';
import { usage } from '../exit.ts';
import { addFilters } from '../filters.ts';
import { isAssignment, parseAssignments } from '../params.ts';
import { runVerb, type VerbOptions } from '../verb.ts';

const LETTER_VERBS: ReadonlyArray<readonly [verb: LetterVerb, summary: string, stage: string]> = [
  ['hold', 'stop entries: nothing more runs until they are released', 'hold this stage, also ahead of time'],
  ['release', 'let held entries go on', 'release this stage only'],
  ['repipe', 'send entries back to a stage, and through all that come after it', 'start again from this stage'],
  ['skip', 'leave a stage of entries out and go on after it', 'skip this stage'],
];

function verbCommand(program: Command, usageLine: string, summary: string, withStage: boolean): Command {
  const command = subcommand(program, usageLine, summary)
    .option('-n, --dry-run', 'change nothing, say what would change')
    .option('-y, --yes', 'with a filter: do not ask')
    .option('--no-input', 'never ask, even on a terminal')
    .option('--reason <text>', 'why, for the journal')
    .option('--posted <time>', 'the run posted at that time, where a dataset has several')
    .option('--from0 <file>', 'datasets from a file, each ended by NUL; - reads standard input')
    .option('-q, --quiet', 'print no line for each entry');
  return addFilters(command, withStage);
}

export function registerVerbs(program: Command, run: Run): void {
  for (const [verb, summary, stage] of LETTER_VERBS) {
    const command = verbCommand(program, `${verb} [dataset...]`, summary, false).option('--stage <stage>', stage);
    act<VerbOptions & { stage?: string }>(command, run, (session, datasets, options) =>
      runVerb(session, { verb, stage: options.stage }, datasets, options, false),
    );
  }
  registerRank(program, run);
  registerSet(program, run);
  const remove = verbCommand(
    program,
    'remove [dataset...]',
    'take entries off the board; they are kept in removed/',
    true,
  );
  act<VerbOptions>(remove, run, (session, datasets, options) =>
    runVerb(session, { verb: 'remove' }, datasets, options, true),
  );
}

function registerRank(program: Command, run: Run): void {
  const command = verbCommand(
    program,
    'rank <NN> [dataset...]',
    'change the order of service: 00 first, 99 last',
    true,
  );
  act<VerbOptions>(command, run, (session, [rank = '', ...datasets], options) => {
    if (!/^\d{1,2}$/.test(rank)) throw usage(`'${rank}' is no rank: write two digits, 00 (first) to 99 (last)`);
    return runVerb(session, { verb: 'rank', rank: Number(rank) }, datasets, options, true);
  });
}

function registerSet(program: Command, run: Run): void {
  const command = verbCommand(
    program,
    'set [words...]',
    'set parameters: words like k=v or k:=JSON come first, then datasets; k:=null takes one away',
    true,
  ).option('--param <k=v>', 'a parameter; then all words are datasets; may be given again', collect);
  act<VerbOptions & { param?: string[] }>(command, run, (session, words, options, parsed) => {
    const { assignments, datasets } =
      options.param === undefined
        ? splitWords(words, wordsBehindDashes(parsed))
        : { assignments: options.param, datasets: words };
    if (assignments.length === 0) throw usage("which parameter? 'slate set name=value DATASET…'");
    const verb: Verb = { verb: 'set', params: parseAssignments(assignments) };
    return runVerb(session, verb, datasets, options, true);
  });
}

/** Words that stand behind `--` are datasets, whatever they look like; commander does not tell where it stood. */
function wordsBehindDashes(command: Command): number {
  const raw = (command.parent as (Command & { rawArgs?: string[] }) | null)?.rawArgs ?? [];
  const at = raw.indexOf('--');
  return at < 0 ? 0 : raw.length - at - 1;
}

/** Assignments come first. A dataset may hold `=` as well: such a one goes behind another, behind `--`, or with --param. */
export function splitWords(words: readonly string[], behind: number): { assignments: string[]; datasets: string[] } {
  const most = words.length - behind;
  let first = 0;
  while (first < most && isAssignment(words[first] ?? '')) first++;
  return { assignments: words.slice(0, first), datasets: words.slice(first) };
}
