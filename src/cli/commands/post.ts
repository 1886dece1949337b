/** `slate post`: entries onto the board, one or a million. */
import type { Command } from 'commander';
import type { PostRequest, PostResult, Refusal } from '../../board/post.ts';
import { postMany } from '../../board/post-many.ts';
import { Row, rfc3339 } from '../../board/rows.ts';
import { formatName } from '../../model/name.ts';
import { type PostKey, parsePostLine } from '../../model/post-line.ts';
import { count } from '../../model/text.ts';
import { act, collect, type Run, rankOption, subcommand } from '../command.ts';
import { EXIT, exitOfMany, usage } from '../exit.ts';
import { linesOf } from '../input.ts';
import { Interrupt } from '../interrupt.ts';
import { type NeedsOptions, needsOfOptions } from '../needs.ts';
import { parseAssignments, parseTime } from '../params.ts';
import type { Session } from '../session.ts';

interface PostOptions extends NeedsOptions {
  readonly class?: string;
  readonly rank?: number;
  readonly param?: string[];
  readonly after?: string;
  readonly hold?: boolean;
  readonly reason?: string;
  readonly from?: string;
  readonly null?: boolean;
  readonly quiet?: boolean;
}

export function registerPost(program: Command, run: Run): void {
  const command = subcommand(program, 'post', 'put datasets on the board')
    .argument('[dataset...]', 'names; none with --from')
    .option('--class <class>', 'what kind of data it is; stages may serve some classes only')
    .option('--rank <NN>', 'order of service: 00 first, 99 last, 50 unless told', rankOption)
    .option(
      '--param <k=v>',
      'a parameter of the entry; k:=JSON for a value that is no text; may be given again',
      collect,
    )
    .option('--after <time>', 'not before: 2026-11-21T12:00:00Z, +2h, or @seconds')
    .option('--hold', 'post it held: nothing runs until it is released')
    .option(
      '--member <name>',
      'it waits for this dataset, or all that a glob matches; board:name for another board; may be given again',
      collect,
    )
    .option('--members-from <file>', 'the same, one a line; - reads standard input')
    .option('--until <stage>', 'the stage up to which members must be complete; done unless told')
    .option(
      '--need-file <glob>',
      'it waits for such a file, relative to the home or absolute; may be given again',
      collect,
    )
    .option('--deadline <time>', 'it waits no longer: 2h from now, or a time')
    .option('--at-deadline <run|hold|fail>', 'what happens then; hold unless told')
    .option('--needs <file>', 'all that it waits for, as YAML; - reads standard input')
    .option('--reason <text>', 'why, for the journal')
    .option(
      '--from <file>',
      'one dataset a line, or JSON lines {dataset, class, rank, params, after, hold, needs}; - reads standard input',
    )
    .option('-0, --null', 'with --from: NUL ends a dataset instead of a newline')
    .option('-q, --quiet', 'do not print the names of the entries made');
  act<PostOptions>(command, run, post);
}

async function post(session: Session, datasets: string[], options: PostOptions): Promise<number> {
  session.refuseIfReadOnly();
  if (datasets.length > 0 && options.from !== undefined) throw usage('name datasets or give --from, not both');
  if (datasets.length === 0 && options.from === undefined) {
    throw usage("which datasets? 'slate post DATASET…', or --from FILE, or --from -");
  }
  const board = await session.boardWithStages();
  session.prepare(board, 'post');
  const common: Omit<PostRequest, 'dataset'> = {
    class: options.class,
    rank: options.rank,
    params: parseAssignments(options.param ?? []),
    afterMs: options.after === undefined ? undefined : parseTime(options.after, board.now()),
    hold: options.hold,
    reason: options.reason,
    needs: await needsOfOptions(session.world, options, board.now()),
  };
  const requests =
    options.from === undefined
      ? datasets.map((dataset) => ({ ...common, dataset }))
      : requestsOf(await linesOf(session.world, options.from, options.null ? '\0' : '\n'), common, board.now());

  const tally = new Tally(session, options.quiet === true);
  const interrupt = new Interrupt();
  await interrupt.during(() => postMany(board, untilInterrupted(requests, interrupt), (result) => tally.add(result)));
  board.journal.flush();
  tally.end(requests.length);
  return interrupt.exit ?? tally.exit;
}

function* untilInterrupted(requests: readonly PostRequest[], interrupt: Interrupt): Generator<PostRequest> {
  for (const request of requests) {
    if (interrupt.isSet) return;
    yield request;
  }
}

/** Lines of a list: a dataset, or a JSON object that says more. */
export function requestsOf(
  lines: readonly string[],
  common: Omit<PostRequest, 'dataset'>,
  nowMs = Date.now(),
): PostRequest[] {
  return lines.flatMap((line, index) => {
    const text = line.trim();
    if (text === '') return [];
    return [text.startsWith('{') ? jsonRequest(text, index + 1, common, nowMs) : { ...common, dataset: text }];
  });
}

/** Characters of a name that is refused. */
const MOST_SHOWN = 160;
const JSON_KEYS: readonly PostKey[] = ['dataset', 'class', 'rank', 'params', 'after', 'hold', 'needs'];

function jsonRequest(text: string, line: number, common: Omit<PostRequest, 'dataset'>, nowMs: number): PostRequest {
  const said = parsePostLine(text, JSON_KEYS, nowMs);
  if (said === undefined || typeof said === 'string') throw usage(`line ${line} of the list: ${said}`);
  return {
    ...common,
    dataset: said.dataset,
    class: said.class ?? common.class,
    rank: said.rank ?? common.rank,
    params: { ...common.params, ...said.params },
    afterMs: said.afterMs ?? common.afterMs,
    hold: said.hold ?? common.hold,
    needs: said.needs ?? common.needs,
  };
}

/** What became of the posts, told as it comes. */
class Tally {
  readonly #session: Session;
  readonly #isQuiet: boolean;
  readonly #refused = new Map<Refusal, number>();
  readonly #entries: unknown[] = [];
  readonly #refusals: unknown[] = [];
  #posted = 0;

  constructor(session: Session, isQuiet: boolean) {
    this.#session = session;
    this.#isQuiet = isQuiet;
  }

  add(result: PostResult): void {
    const { json, out } = this.#session;
    if (!result.ok) {
      this.#refused.set(result.refusal, (this.#refused.get(result.refusal) ?? 0) + 1);
      if (json) this.#refusals.push({ dataset: result.dataset, refusal: result.refusal, why: result.why });
      this.#session.say(`${shortened(result.dataset)}: ${result.why}`);
      return;
    }
    this.#posted++;
    const { name } = result.entry;
    if (json) {
      this.#entries.push({
        dataset: name.dataset,
        posted: rfc3339(name.posted),
        class: name.class,
        rank: name.rank,
        state: new Row(result.entry).state,
        name: formatName(name),
      });
    } else if (!this.#isQuiet) out.line(name.dataset);
  }

  end(asked: number): void {
    const { json, out } = this.#session;
    if (json) out.json({ schemaVersion: 1, posted: this.#posted, entries: this.#entries, refused: this.#refusals });
    const told = this.#posted + this.#refusedCount;
    if (told < asked) this.#session.say(`interrupted: ${count(asked - told, 'dataset')} not posted`);
    else if (asked > 1 && this.#refusedCount > 0)
      this.#session.say(`${this.#posted} posted, ${this.#refusedCount} refused`);
  }

  get #refusedCount(): number {
    return [...this.#refused.values()].reduce((sum, number) => sum + number, 0);
  }

  get exit(): number {
    const byName = ['name', 'class', 'needs'].reduce((sum, why) => sum + (this.#refused.get(why as Refusal) ?? 0), 0);
    // Nothing but names that are not allowed: the caller's mistake, not the board's state.
    if (this.#posted === 0 && byName > 0 && byName === this.#refusedCount) return EXIT.usage;
    if (this.#posted === 0 && byName > 0) return EXIT.some;
    return exitOfMany(this.#posted, this.#refusedCount, 0);
  }
}

/** A list may hold anything where a name should be. */
function shortened(dataset: string): string {
  return dataset.length > MOST_SHOWN ? `${dataset.slice(0, MOST_SHOWN)}…` : dataset;
}
