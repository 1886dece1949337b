/** Lines of `slate ls` for programs, from bare names. */
import type { Listing } from '../board/bare.ts';
import type { Board } from '../board/board.ts';
import { POSTED_AT } from '../model/name.ts';
import { tsvLine } from '../model/text.ts';
import type { LineBytes } from './line-bytes.ts';
import { Patterns, Places, type PutLine } from './list-parts.ts';
import { rowTsv, TSV_HEAD } from './rows.ts';

const TAB = 9;
const NEWLINE = 10;
const DASH = 45;
const COLON = 58;
const BIG_T = 84;
const BIG_Z = 90;

/** Only the dataset, ended by a newline or NUL. */
export function datasetLines({ table }: Listing, ender: number): PutLine {
  return (record, to) => {
    const start = table.datasetOf(record);
    to.copy(table.bytes, start, start + table.datasetLengthOf(record));
    to.byte(ender);
  };
}

/** Folder and file name. */
export function nameLines({ table, folders }: Listing): PutLine {
  const heads = folders.map(({ folder }) => Buffer.from(`${folder}/`));
  return (record, to) => {
    to.copy(heads[table.groupOf(record)] ?? Buffer.alloc(0));
    to.copy(table.bytes, table.startOf(record), table.endOf(record));
    to.byte(NEWLINE);
  };
}

/** Fields of a `--tsv` line that state, letters and tags tell. */
const [STATE_AT, EPOCH_AT] = [TSV_HEAD.indexOf('state'), TSV_HEAD.indexOf('epoch')];

/** Lines for programs, as `rowTsv` has their fields. */
export function tsvLines(board: Board, listing: Listing, nowMs: number): PutLine {
  const { table, folders } = listing;
  const { bytes } = table;
  const places = new Places(board, listing);
  const middles = new Patterns(board, listing, (row) =>
    Buffer.from(`${tsvLine(rowTsv(row, board.stages, nowMs).slice(STATE_AT, EPOCH_AT)).slice(0, -1)}\t`),
  );
  const ends = folders.map(({ folder }) => Buffer.from(`\t${folder}\t`));
  return (record, to) => {
    const { start, epoch, cls, dataset, datasetEnd, end } = places.read(record);
    to.copy(bytes, dataset, datasetEnd);
    to.byte(TAB);
    putTime(to, bytes, start + POSTED_AT);
    to.byte(TAB);
    to.copy(bytes, cls, dataset - 1);
    to.byte(TAB);
    to.copy(bytes, start, start + 2);
    to.byte(TAB);
    to.copy(middles.get(record));
    to.copy(bytes, epoch, cls - 1);
    to.byte(TAB);
    to.number(Math.max(0, Math.round((nowMs - table.msOf(table.postedDigits(record))) / 1000)));
    to.copy(ends[table.groupOf(record)] ?? Buffer.alloc(0));
    to.copy(bytes, start, end);
    to.byte(NEWLINE);
  };
}

/** A posted time as RFC 3339 writes it. */
function putTime(to: LineBytes, bytes: Uint8Array, at: number): void {
  to.copy(bytes, at, at + 4);
  to.byte(DASH);
  to.copy(bytes, at + 4, at + 6);
  to.byte(DASH);
  to.copy(bytes, at + 6, at + 8);
  to.byte(BIG_T);
  to.copy(bytes, at + 9, at + 11);
  to.byte(COLON);
  to.copy(bytes, at + 11, at + 13);
  to.byte(COLON);
  to.copy(bytes, at + 13, at + 15);
  to.byte(BIG_Z);
}
