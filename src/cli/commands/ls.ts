/** `slate ls`: the entries of a board, for people and for programs. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { filterOf } from '../../board/filter.ts';
import { columnsAt, noteOf, Row, sortLocated, tryOf } from '../../board/rows.ts';
import { scanBoard } from '../../board/scan.ts';
import { formatDuration } from '../../model/duration.ts';
import { count, cut, padEnd, padStart, tsvLine, width } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { EXIT, usage } from '../exit.ts';
import { addFilters, type FilterOptions, wordsOf } from '../filters.ts';
import { rowJson, rowTsv, TSV_HEAD } from '../rows.ts';
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
  const scan = scanBoard(board, filter.states);
  const rows: Row[] = [];
  for (const entry of sortLocated(scan.entries)) {
    const row = new Row(entry);
    if (filter.isEmpty || filter.test(row)) rows.push(row);
  }
  const nowMs = board.now();
  if (session.json) return listJson(session, board, rows, nowMs);
  if (options.tsv) {
    if (options.header) session.out.write(tsvLine(TSV_HEAD));
    return list(session, rows, (row) => tsvLine(rowTsv(row, board.stages, nowMs)));
  }
  if (options.quiet) return list(session, rows, (row) => `${row.dataset}\n`);
  if (options.null) return list(session, rows, (row) => `${row.dataset}\0`);
  if (options.names) return list(session, rows, (row) => `${row.at.folder}/${row.at.file}\n`);
  const exit = await listHuman(session, board, rows, nowMs);
  if (scan.foreign.length > 0) {
    session.say(
      `${count(scan.foreign.length, 'file is', 'files are')} no entry of this board: 'slate check' lists them`,
    );
  }
  if (rows.length === 0 && session.world.isTTY.stdout) {
    session.say(filter.isEmpty ? "no entries yet: 'slate post DATASET' puts one on the board" : 'no entry matches');
  }
  return exit;
}

async function list(session: Session, rows: readonly Row[], format: (row: Row) => string): Promise<number> {
  for (const [index, row] of rows.entries()) {
    session.out.write(format(row));
    if (index % BATCH === BATCH - 1) await session.out.drained();
    if (session.out.isClosed) break;
  }
  return EXIT.ok;
}

async function listJson(session: Session, board: Board, rows: readonly Row[], nowMs: number): Promise<number> {
  const { out } = session;
  out.write(`{"schemaVersion":1,"board":${JSON.stringify(board.name)},"entries":[`);
  let between = '\n';
  await list(session, rows, (row) => {
    const text = between + JSON.stringify(rowJson(row, board.stages, nowMs));
    between = ',\n';
    return text;
  });
  out.write('\n]}\n');
  return EXIT.ok;
}

interface Cells {
  readonly at: string;
  readonly age: string;
  readonly nth: string;
  readonly note: string;
}

function cellsOf(row: Row, titles: readonly string[], nowMs: number): Cells {
  const columns = columnsAt(row);
  const nth = tryOf(row, columns);
  return {
    at: columns.map((column) => titles[column] ?? '').join('+'),
    age: formatDuration(Math.max(0, nowMs - row.postedMs)),
    nth: nth === 0 ? '' : String(nth),
    note: noteOf(row, columns),
  };
}

/** Two passes, so that columns line up without keeping 200,000 rows of text. */
async function listHuman(session: Session, board: Board, rows: readonly Row[], nowMs: number): Promise<number> {
  if (rows.length === 0) return EXIT.ok;
  const titles = board.config.stages.map(({ title }) => title);
  const wide = { dataset: 7, letters: Math.max(6, board.stages.length), at: 2, state: 7, age: 3, nth: 3, class: 5 };
  for (const row of rows) {
    wide.dataset = Math.max(wide.dataset, row.dataset.length);
    wide.class = Math.max(wide.class, row.class.length);
    const cells = cellsOf(row, titles, nowMs);
    wide.at = Math.max(wide.at, width(cells.at));
    wide.age = Math.max(wide.age, cells.age.length);
  }
  const { paint } = session;
  const line = (fields: readonly string[], note: string): string => {
    const start = fields.join('  ');
    return note === '' ? `${start.trimEnd()}\n` : `${start}  ${note}\n`;
  };
  session.out.write(
    line(
      [
        padEnd('DATASET', wide.dataset),
        padEnd('STAGES', wide.letters),
        padEnd('AT', wide.at),
        padEnd('STATE', wide.state),
        padStart('AGE', wide.age),
        padStart('TRY', wide.nth),
        'RANK',
        padEnd('CLASS', wide.class),
      ],
      'NOTE',
    ),
  );
  const used = wide.dataset + wide.letters + wide.at + wide.state + wide.age + wide.nth + 4 + wide.class + 16;
  // Only the note is ever cut, and only for a terminal.
  const room =
    session.world.columns === undefined ? Number.POSITIVE_INFINITY : Math.max(10, session.world.columns - used);
  return list(session, rows, (row) => {
    const { at, age, nth, note } = cellsOf(row, titles, nowMs);
    const fields = [
      padEnd(row.dataset, wide.dataset),
      padEnd(row.letters, wide.letters),
      padEnd(at, wide.at),
      paint(row.state, padEnd(row.state, wide.state)),
      padStart(age, wide.age),
      padStart(nth, wide.nth),
      `  ${String(row.rank).padStart(2, '0')}`,
      padEnd(row.class, wide.class),
    ];
    return line(fields, cut(note, room));
  });
}
