/** `slate ls`: the entries of a board, for people and for programs. */
import type { Command } from 'commander';
import { type BareEntry, type Listing, listBoard } from '../../board/bare.ts';
import type { Board } from '../../board/board.ts';
import { filterOf } from '../../board/filter.ts';
import { datasetEnd, datasetStart } from '../../model/name.ts';
import { count, tsvLine } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { EXIT, usage } from '../exit.ts';
import { addFilters, type FilterOptions, wordsOf } from '../filters.ts';
import { HumanLines, rowOf, tsvLines } from '../list-lines.ts';
import { rowJson, TSV_HEAD } from '../rows.ts';
import type { Session } from '../session.ts';

interface LsOptions extends FilterOptions {
  readonly all?: boolean;
  readonly tsv?: boolean;
  readonly header?: boolean;
  readonly quiet?: boolean;
  readonly null?: boolean;
  readonly names?: boolean;
}

/** Rows written between two looks whether the reader keeps up. */
const BATCH = 2_000;

export function registerLs(program: Command, run: Run): void {
  const command = subcommand(
    program,
    'ls',
    'list entries: all that are on the board or done, in the order they are served',
  )
    .argument('[filter...]', 'words of the filter language, such as state:failed')
    .option('-a, --all', 'removed entries as well')
    .option('--tsv', 'tab-separated, fixed columns, nothing cut')
    .option('--header', 'with --tsv: a first line that names the columns')
    .option('-q, --quiet', 'datasets only, one a line')
    .option('-0, --null', 'datasets only, each ended by NUL')
    .option('--names', 'file names only, relative to the board');
  addFilters(command);
  act<LsOptions>(command, run, (session, words, options) => ls(session, words, options));
}

async function ls(session: Session, words: string[], options: LsOptions): Promise<number> {
  const formats = [session.json, options.tsv, options.quiet, options.null, options.names].filter(Boolean).length;
  if (formats > 1) throw usage('choose one of --json, --tsv, -q, -0 and --names');
  const board = session.board();
  const filter = filterOf(board, wordsOf(options, words), options.all);
  const listing = listBoard(board, filter);
  const nowMs = board.now();
  if (session.json) return listJson(session, board, listing, nowMs);
  if (options.tsv) {
    if (options.header) session.out.write(tsvLine(TSV_HEAD));
    return list(session, listing, tsvLines(board, nowMs));
  }
  if (options.quiet) return list(session, listing, ({ file }) => `${datasetIn(file)}\n`);
  if (options.null) return list(session, listing, ({ file }) => `${datasetIn(file)}\0`);
  if (options.names) return list(session, listing, ({ file, folder }) => `${folder}/${file}\n`);
  const exit = await listHuman(session, board, listing, nowMs);
  if (listing.foreign > 0) {
    session.say(`${count(listing.foreign, 'file is', 'files are')} no entry of this board: 'slate check' lists them`);
  }
  if (listing.length === 0 && session.world.isTTY.stdout) {
    session.say(filter.isEmpty ? "no entries yet: 'slate post DATASET' puts one on the board" : 'no entry matches');
  }
  return exit;
}

function datasetIn(file: string): string {
  const start = datasetStart(file);
  return file.slice(start, datasetEnd(file, start));
}

async function list(session: Session, listing: Listing, format: (entry: BareEntry) => string): Promise<number> {
  let written = 0;
  for (const entry of listing.entries()) {
    session.out.write(format(entry));
    if (++written % BATCH === 0) await session.out.drained();
    if (session.out.isClosed) break;
  }
  return EXIT.ok;
}

async function listJson(session: Session, board: Board, listing: Listing, nowMs: number): Promise<number> {
  const { out } = session;
  out.write(`{"schemaVersion":1,"board":${JSON.stringify(board.name)},"entries":[`);
  let between = '\n';
  await list(session, listing, (entry) => {
    const text = between + JSON.stringify(rowJson(rowOf(board, entry), board.stages, nowMs));
    between = ',\n';
    return text;
  });
  out.write('\n]}\n');
  return EXIT.ok;
}

async function listHuman(session: Session, board: Board, listing: Listing, nowMs: number): Promise<number> {
  if (listing.length === 0) return EXIT.ok;
  const lines = new HumanLines(board, { nowMs, paint: session.paint, columns: session.world.columns });
  for (const entry of listing.entries()) lines.measure(entry);
  session.out.write(lines.head());
  return list(session, listing, (entry) => lines.line(entry));
}
