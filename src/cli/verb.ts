/** One verb on the entries that are meant: chosen, shown or asked about, then done one by one, each from its newest name. */
import type { Board } from '../board/board.ts';
import { breakdown, planned, summary } from '../board/effect.ts';
import { faultText, isSystemError } from '../board/errors.ts';
import { filterOf, matching } from '../board/filter.ts';
import { operate, type Verb } from '../board/operate.ts';
import { Row, rfc3339, runKey } from '../board/rows.ts';
import { type Located, stateOf } from '../board/scan.ts';
import { count } from '../model/text.ts';
import { confirm } from './confirm.ts';
import { CliError, EXIT, exitOfMany, usage } from './exit.ts';
import { type FilterOptions, wordsOf } from './filters.ts';
import { datasetsOf } from './input.ts';
import { breathe, Interrupt } from './interrupt.ts';
import { chooseByName, postedOption } from './select.ts';
import { type Session, stageNamed } from './session.ts';

export interface VerbOptions extends FilterOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly input: boolean;
  readonly reason?: string;
  readonly posted?: string;
  readonly from0?: string;
  readonly quiet?: boolean;
}

/** Entries between two turns of the event loop: signals are heard, the journal is written. */
const BATCH = 100;

interface Target {
  readonly entries: readonly Located[];
  readonly absent: readonly string[];
  readonly unclear: readonly string[];
  /** Of a filter: whether an entry that has changed since it was chosen is still meant. */
  readonly wanted?: (entry: Located) => boolean;
}

/** @param stageIsFilter false for the verbs whose `--stage` is their own */
export async function runVerb(
  session: Session,
  verb: Verb,
  words: readonly string[],
  options: VerbOptions,
  stageIsFilter: boolean,
): Promise<number> {
  const isDry = options.dryRun === true;
  if (!isDry) session.refuseIfReadOnly();
  const filter = wordsOf(options, [], stageIsFilter);
  const isNamed = words.length > 0 || options.from0 !== undefined;
  if (isNamed && filter.length > 0) throw usage('name datasets or give a filter, not both');
  if (!isNamed && filter.length === 0) {
    throw usage(`which entries? Name datasets, or give a filter such as --where 'state:failed'`);
  }
  // Only these open stages, for which the classes that a stage serves count.
  const board = ['release', 'repipe', 'skip'].includes(verb.verb) ? await session.boardWithStages() : session.board();
  if ('stage' in verb && verb.stage !== undefined) stageNamed(board, verb.stage);
  if (!isDry) session.prepare(board, 'change');

  const target = isNamed
    ? await chooseByName(
        board,
        await datasetsOf(session.world, words, options.from0),
        options.posted === undefined ? undefined : postedOption(options.posted),
      )
    : await chosenByFilter(session, board, verb, filter, options);

  const work = new Work(session, board, verb, options);
  for (const dataset of target.absent) work.missing(dataset);
  for (const dataset of target.unclear) {
    work.refuse(
      dataset,
      `several entries of it are on the board: 'slate show ${dataset}' shows them; say --posted TIME`,
    );
  }
  if (!isDry) return work.carryOut(target);
  const exit = await work.dry(target);
  const refused = session.whyNotChange(board);
  if (refused === undefined) return exit;
  session.say(`it would be refused: ${refused}`);
  return EXIT.refused;
}

async function chosenByFilter(
  session: Session,
  board: Board,
  verb: Verb,
  words: readonly string[],
  options: VerbOptions,
): Promise<Target> {
  const filter = filterOf(board, words);
  const entries = await chooseAndAsk(session, board, verb, words, options);
  return { entries, absent: [], unclear: [], wanted: (entry) => filter.test(new Row(entry)) };
}

/** Entries of a filter, frozen before the question is asked; those that no longer match when it is answered are left out. */
async function chooseAndAsk(
  session: Session,
  board: Board,
  verb: Verb,
  words: readonly string[],
  options: VerbOptions,
): Promise<readonly Located[]> {
  const filter = filterOf(board, words);
  const entries = matching(board, filter);
  if (entries.length === 0) throw new CliError(EXIT.absent, `no entry matches ${words.join(' ')}`);
  if (options.dryRun === true || options.yes === true) return entries;
  const plans = entries.map((entry) => planned(board, entry, verb));
  for (const line of breakdown(board, plans)) session.say(line);
  const able = plans.filter(({ ok }) => ok).map(({ entry }) => entry);
  // Nothing to ask about: what follows says of each why it is refused.
  if (able.length === 0) return entries;
  const question = `${verb.verb} ${count(able.length, 'entry', 'entries')} of board ${board.name}?`;
  await confirm(session.world, question, able.length, options.input);
  const frozen = new Set(able.map(runKey));
  return matching(board, filter).filter((entry) => frozen.has(runKey(entry)));
}

class Work {
  readonly #session: Session;
  readonly #board: Board;
  readonly #verb: Verb;
  readonly #options: VerbOptions;
  readonly #told: unknown[] = [];
  #done = 0;
  #refused = 0;
  #absent = 0;

  constructor(session: Session, board: Board, verb: Verb, options: VerbOptions) {
    this.#session = session;
    this.#board = board;
    this.#verb = verb;
    this.#options = options;
  }

  missing(dataset: string): void {
    this.#absent++;
    this.#fail(dataset, 'absent', `no such dataset on board ${this.#board.name}`);
  }

  refuse(dataset: string, why: string): void {
    this.#refused++;
    this.#fail(dataset, 'refused', why);
  }

  async dry({ entries }: Target): Promise<number> {
    const plans = entries.map((entry) => planned(this.#board, entry, this.#verb));
    for (const { entry, ok, letters, state, text } of plans) {
      if (ok) this.#tell(entry, letters, state, text);
      else this.refuse(entry.name.dataset, text);
      await this.#breathe();
    }
    for (const line of breakdown(this.#board, plans)) this.#session.say(line);
    return this.#end(entries.length);
  }

  async carryOut({ entries, wanted }: Target): Promise<number> {
    const interrupt = new Interrupt();
    try {
      await interrupt.during(async () => {
        for (const entry of entries) {
          this.#carryOutOne(entry, wanted);
          await this.#breathe();
          if (interrupt.isSet) break;
        }
      });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#session.say(`the disk refuses: ${faultText(error)}; it stops here`);
      this.#end(entries.length);
      return EXIT.some;
    } finally {
      this.#board.journal.flush();
    }
    const exit = this.#end(entries.length);
    return interrupt.exit ?? exit;
  }

  #carryOutOne(entry: Located, wanted?: (entry: Located) => boolean): void {
    const result = operate(this.#board, entry, this.#verb, this.#options.reason, wanted);
    const { dataset } = entry.name;
    if (result.ok) {
      const text = planText(this.#board, result.from, this.#verb);
      this.#tell(result.from, result.entry.name.letters, stateOf(result.entry.folder), text, result.entry);
    } else if (result.refusal === 'absent') {
      this.#absent++;
      this.#fail(dataset, 'absent', result.why);
    } else this.refuse(dataset, result.why);
  }

  async #breathe(): Promise<void> {
    if ((this.#done + this.#refused + this.#absent) % BATCH !== 0) return;
    await breathe();
    await this.#session.out.drained();
  }

  #tell(entry: Located, letters: string, state: string, text: string, now?: Located): void {
    this.#done++;
    const { dataset, posted } = entry.name;
    if (this.#session.json) {
      this.#told.push({
        dataset,
        posted: rfc3339(posted),
        result: 'ok',
        from: entry.name.letters,
        to: letters,
        state,
        effect: text,
        ...(now === undefined ? {} : { name: now.file, folder: now.folder }),
      });
    } else if (this.#options.quiet !== true) {
      const letterChange = entry.name.letters === letters ? letters : `${entry.name.letters} -> ${letters}`;
      this.#session.out.line(`${dataset}\t${letterChange}\t${state}\t${text}`);
    }
  }

  #fail(dataset: string, result: 'refused' | 'absent', why: string): void {
    if (this.#session.json) this.#told.push({ dataset, result, why });
    this.#session.say(`${dataset}: ${why}`);
  }

  #end(chosen: number): number {
    const isDry = this.#options.dryRun === true;
    const { json, out } = this.#session;
    const tried = this.#done + this.#refused + this.#absent;
    if (json) {
      out.json({
        schemaVersion: 1,
        board: this.#board.name,
        verb: this.#verb.verb,
        dryRun: isDry,
        changed: this.#done,
        refused: this.#refused,
        absent: this.#absent,
        entries: this.#told,
      });
    }
    if (tried < chosen) this.#session.say(`stopped: ${count(chosen - tried, 'entry', 'entries')} not looked at`);
    if (tried > 1) this.#session.say(summary(this.#verb.verb, this.#done, this.#refused, this.#absent, isDry));
    return exitOfMany(this.#done, this.#refused, this.#absent);
  }
}

/** What was done, in words, told from the name that it was done to. */
function planText(board: Board, from: Located, verb: Verb): string {
  return planned(board, from, verb).text;
}
