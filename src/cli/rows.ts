/** Entries for programs: `--json` and `--tsv`. */
import { columnsAt, type Row, rfc3339, tryOf } from '../board/rows.ts';
import { type Letter, MEANINGS } from '../model/letters.ts';
import { causeOf, claimOf, formatEpoch } from '../model/name.ts';

/** One column in `--json`. */
export function stageJson(row: Row, stage: string, column: number): Record<string, unknown> {
  const letter = row.letters[column] as Letter;
  const claim = claimOf(row.at.name, column);
  const cause = causeOf(row.at.name, column);
  const nth = row.tries(column);
  return {
    stage,
    letter,
    state: MEANINGS[letter].word,
    ...(nth > 0 ? { try: nth } : {}),
    ...(claim === undefined ? {} : { process: claim.process, epoch: claim.epoch }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** One entry in `--json`. */
export function rowJson(row: Row, stages: readonly string[], nowMs: number): Record<string, unknown> {
  const { name, file, folder } = row.at;
  return {
    dataset: name.dataset,
    posted: rfc3339(name.posted),
    class: name.class,
    rank: name.rank,
    state: row.state,
    letters: name.letters,
    at: columnsAt(row).map((column) => stages[column] ?? ''),
    stages: stages.map((stage, column) => stageJson(row, stage, column)),
    epoch: name.epoch,
    name: file,
    folder,
    ageSeconds: Math.max(0, Math.round((nowMs - row.postedMs) / 1000)),
  };
}

export const TSV_HEAD = [
  'dataset',
  'posted',
  'class',
  'rank',
  'state',
  'letters',
  'at',
  'try',
  'cause',
  'process',
  'epoch',
  'age_seconds',
  'folder',
  'name',
] as const;

/** The same as fields of a `--tsv` line, in the order of `TSV_HEAD`. */
export function rowTsv(row: Row, stages: readonly string[], nowMs: number): (string | number)[] {
  const { name, file, folder } = row.at;
  const columns = columnsAt(row);
  return [
    name.dataset,
    rfc3339(name.posted),
    name.class,
    String(name.rank).padStart(2, '0'),
    row.state,
    name.letters,
    columns.map((column) => stages[column] ?? '').join(','),
    tryOf(row, columns),
    row.causes.map(({ column, cause }) => `${stages[column] ?? column}:${cause}`).join(','),
    row.processes.join(','),
    formatEpoch(name.epoch),
    Math.max(0, Math.round((nowMs - row.postedMs) / 1000)),
    folder,
    file,
  ];
}
