/** `slate ls`: the entries of a board, for people and for programs. */
import type { Command } from 'commander';
import { type Listing, listBoard } from '../../board/bare.ts';
import type { Board } from '../../board/board.ts';
import { filterOf } from '../../board/filter.ts';
import { count, tsvLine } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { EXIT, usage } from '../exit.ts';
import { addFilters, type FilterOptions, wordsOf } from '../filters.ts';
import { HumanLines } from '../human-lines.ts';
import { LineBytes } from '../line-bytes.ts';
import { datasetLines, nameLines, tsvLines } from '../list-lines.ts';
import { type PutLine, rowOf } from '../list-parts.ts';
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

const NUL = 0;
const NEWLINE = 10;

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
    return list(session, listing, tsvLines(board, listing, nowMs));
  }
  if (options.quiet) return list(session, listing, datasetLines(listing, NEWLINE));
  if (options.null) return list(session, listing, datasetLines(listing, NUL));
  if (options.names) return list(session, listing, nameLines(listing));
  const exit = await listHuman(session, board, listing, nowMs);
  if (listing.foreign > 0) {
    session.say(`${count(listing.foreign, 'file is', 'files are')} no entry of this board: 'slate check' lists them`);
  }
  if (listing.length === 0 && session.world.isTTY.stdout) {
    session.say(filter.isEmpty ? "no entries yet: 'slate post DATASET' puts one on the board" : 'no entry matches');
  }
  return exit;
}

async function list(session: Session, { order }: Listing, put: PutLine): Promise<number> {
  const { out } = session;
  const lines = new LineBytes();
  for (const record of order) {
    put(record, lines);
    if (!lines.isFull) continue;
    out.writeBytes(lines.take());
    await out.drained();
    if (out.isClosed) break;
  }
  out.writeBytes(lines.take());
  return EXIT.ok;
}

async function listJson(session: Session, board: Board, listing: Listing, nowMs: number): Promise<number> {
  const { out } = session;
  out.write(`{"schemaVersion":1,"board":${JSON.stringify(board.name)},"entries":[`);
  let between = '\n';
  await list(session, listing, (record, lines) => {
    lines.text(between + JSON.stringify(rowJson(rowOf(board, listing.entryAt(record)), board.stages, nowMs)));
    between = ',\n';
  });
  out.write('\n]}\n');
  return EXIT.ok;
}

async function listHuman(session: Session, board: Board, listing: Listing, nowMs: number): Promise<number> {
  if (listing.length === 0) return EXIT.ok;
  const lines = new HumanLines(board, listing, { nowMs, paint: session.paint, columns: session.world.columns });
  session.out.write(lines.head());
  return list(session, listing, lines.put);
}
