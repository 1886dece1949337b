/** `slate history`: what happened, from the journal. */
import type { Command } from 'commander';
import { JOURNAL_EVENTS, type JournalLine } from '../../board/journal.ts';
import { describeLine } from '../../history/describe.ts';
import { JournalFollower, type JournalQuery, readJournal, readLast } from '../../history/journal.ts';
import { didYouMean } from '../../model/suggest.ts';
import { jsonText, padEnd, plain, tsvLine } from '../../model/text.ts';
import { act, collect, durationOption, type Run, subcommand, wholeOption } from '../command.ts';
import { datasetTest, isName } from '../dataset-words.ts';
import { CliError, EXIT, usage } from '../exit.ts';
import type { Session } from '../session.ts';

interface HistoryOptions {
  readonly since?: number;
  readonly event?: string[];
  readonly stage?: string;
  readonly by?: string;
  readonly last?: number;
  readonly follow?: boolean;
  readonly jsonl?: boolean;
  readonly tsv?: boolean;
}

const POLL_MS = 300;
const BATCH = 1_000;

export function registerHistory(program: Command, run: Run): void {
  const command = subcommand(program, 'history', 'what happened on the board, from its journal')
    .argument('[dataset...]', 'a dataset, a glob, or /REGEX/; several: any of them')
    .option('--since <duration>', 'only what is not older than this', durationOption)
    .option('--event <events>', 'only these events, such as post,finish,repipe; may be given again', collect)
    .option('--stage <stage>', 'only what happened at this stage')
    .option('--by <who>', 'only what this stage process or person did')
    .option('-n, --last <number>', 'only the last so many lines', wholeOption(1, 1_000_000))
    .option('-f, --follow', 'go on printing what happens until it is interrupted')
    .option('--jsonl', 'one JSON object a line, as the journal has them')
    .option('--tsv', 'time, event, dataset, posted, stage, host, by, text; tab-separated');
  act<HistoryOptions>(command, run, history);
}

async function history(session: Session, words: string[], options: HistoryOptions): Promise<number> {
  if ([session.json, options.jsonl, options.tsv].filter(Boolean).length > 1) {
    throw usage('choose one of --json, --jsonl and --tsv');
  }
  if (options.follow && session.json) throw usage('--follow never ends, and --json is one document: use --jsonl');
  const board = session.board();
  const [only] = words;
  const isExact = words.length === 1 && only !== undefined && isName(only);
  const query: JournalQuery = {
    dataset: isExact ? only : undefined,
    sinceMs: options.since === undefined ? undefined : board.now() - options.since,
    test: lineTest(isExact ? [] : words, options),
  };
  // Made first, so that nothing that happens while the past is printed is missed or told twice.
  const follower = options.follow ? new JournalFollower(board, query) : undefined;
  const lines =
    options.last === undefined
      ? readJournal(board, query, follower?.endOf)
      : readLast(board, query, options.last, follower?.endOf);
  let told = 0;
  const out = session.out;
  if (session.json) out.write(`{"schemaVersion":1,"board":${JSON.stringify(board.name)},"events":[`);
  for (const line of lines) {
    out.write(session.json ? `${told === 0 ? '\n' : ',\n'}${jsonText(line)}` : format(line, options));
    told++;
    if (told % BATCH === 0) await out.drained();
    if (out.isClosed) return EXIT.ok;
  }
  if (session.json) out.write('\n]}\n');
  while (follower !== undefined && !out.isClosed) {
    for (const line of follower.next()) out.write(format(line, options));
    await out.drained();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  if (told === 0 && isExact && options.follow !== true) {
    throw new CliError(EXIT.absent, `the journal of board ${board.name} tells nothing of dataset ${only}`);
  }
  return EXIT.ok;
}

function lineTest(words: readonly string[], options: HistoryOptions): (line: JournalLine) => boolean {
  const tests = words.map(datasetTest);
  const events: ReadonlySet<string> = new Set((options.event ?? []).flatMap((list) => list.split(',')));
  for (const event of events) {
    if ((JOURNAL_EVENTS as readonly string[]).includes(event)) continue;
    throw usage(`there is no event '${event}'${didYouMean(event, JOURNAL_EVENTS) || '; journal.md lists them'}`);
  }
  return (line) =>
    (tests.length === 0 || tests.some((test) => test(line.dataset ?? ''))) &&
    (events.size === 0 || events.has(line.event)) &&
    (options.stage === undefined || line.stage === options.stage) &&
    (options.by === undefined || isBy(line, options.by));
}

/** As it is written, or as it is shown. */
function isBy({ by, process, host }: JournalLine, who: string): boolean {
  return [by, process, `${by}@${host}`].includes(who);
}

function format(line: JournalLine, options: HistoryOptions): string {
  if (options.jsonl) return `${jsonText(line)}\n`;
  const { t, event, dataset = '', posted = '', stage = '', host, by } = line;
  const text = describeLine(line);
  const fields = [t, event, dataset, posted, stage, host, by].map((field) => String(field ?? ''));
  if (options.tsv) return tsvLine([...fields, text]);
  const who = host === undefined ? String(by) : `${by}@${host}`;
  const time = t.replace(/\.\d+Z$/, 'Z');
  const columns = [
    time,
    padEnd(event, 8),
    padEnd(plain(dataset), 12),
    padEnd(plain(stage), 10),
    padEnd(plain(who), 16),
  ];
  return `${columns.join('  ')}  ${plain(text)}`.trimEnd().concat('\n');
}
