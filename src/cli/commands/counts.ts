/** `slate counts`: how many entries are in each state, and how many columns hold each letter. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { type Counts, countBoard, STATE_ORDER } from '../../board/counts.ts';
import { filterOf } from '../../board/filter.ts';
import { LETTERS } from '../../model/letters.ts';
import { count, tsvLine } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { EXIT } from '../exit.ts';
import { addFilters, type FilterOptions, wordsOf } from '../filters.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';

interface CountsOptions extends FilterOptions {
  readonly tsv?: boolean;
}

export function registerCounts(program: Command, run: Run): void {
  const command = subcommand(program, 'counts', 'count entries by state, and by stage and letter')
    .argument('[filter...]', 'words of the filter language')
    .option('--tsv', 'lines of stage, letter, number');
  addFilters(command);
  act<CountsOptions>(command, run, async (session, words, options) => {
    const board = session.board();
    const counts = countBoard(board, filterOf(board, wordsOf(options, words)));
    if (session.json) session.out.json(countsJson(board, counts));
    else if (options.tsv) countsTsv(session, board, counts);
    else countsHuman(session, board, counts);
    return EXIT.ok;
  });
}

function lettersSeen(counts: Counts): string[] {
  return LETTERS.filter((letter) => counts.letters.some((column) => column.has(letter)));
}

export function countsJson(board: Board, counts: Counts): Record<string, unknown> {
  return {
    schemaVersion: 1,
    board: board.name,
    total: counts.total,
    states: Object.fromEntries(STATE_ORDER.map((state) => [state, counts.states[state]])),
    stages: board.config.stages.map(({ stage, title }, column) => ({
      stage,
      title,
      column: column + 1,
      letters: Object.fromEntries(
        LETTERS.flatMap((letter) => {
          const number = counts.letters[column]?.get(letter);
          return number === undefined ? [] : [[letter, number]];
        }),
      ),
    })),
    foreign: counts.foreign,
  };
}

function countsTsv(session: Session, board: Board, counts: Counts): void {
  for (const state of STATE_ORDER) session.out.write(tsvLine(['', state, counts.states[state]]));
  for (const [column, stage] of board.stages.entries()) {
    for (const [letter, number] of counts.letters[column] ?? []) session.out.write(tsvLine([stage, letter, number]));
  }
}

function countsHuman(session: Session, board: Board, counts: Counts): void {
  const states = STATE_ORDER.filter((state) => state !== 'removed' || counts.states.removed > 0);
  const head = [
    ...states.map((state) => ({ head: state, align: 'right' as const })),
    { head: 'total', align: 'right' as const },
  ];
  for (const line of formatTable(head, [
    [...states.map((state) => String(counts.states[state])), String(counts.total)],
  ])) {
    session.out.line(line);
  }
  session.out.line('');
  const letters = lettersSeen(counts);
  const table = formatTable(
    [{ head: 'STAGE' }, { head: 'TITLE' }, ...letters.map((letter) => ({ head: letter, align: 'right' as const }))],
    board.config.stages.map(({ stage, title }, column) => [
      stage,
      title,
      ...letters.map((letter) => String(counts.letters[column]?.get(letter) ?? '')),
    ]),
  );
  for (const line of table) session.out.line(line);
  if (counts.foreign > 0) {
    session.say(`${count(counts.foreign, 'file is', 'files are')} no entry of this board: 'slate check' lists them`);
  }
}
