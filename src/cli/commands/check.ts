/** `slate check`: all faults of the definitions, with file, line and column, and of the boards. */
import type { Command } from 'commander';
import { Board, listBoards } from '../../board/board.ts';
import { checkBoard } from '../../board/check.ts';
import { checkDisk } from '../../board/check-disk.ts';
import { checkFoldersOf, missingFolders, seeingEmpty } from '../../board/check-folders.ts';
import { checkHome } from '../../board/check-home.ts';
import { checkHosts } from '../../board/check-hosts.ts';
import { checkJobs } from '../../board/check-jobs.ts';
import { checkLeftovers } from '../../board/check-leftovers.ts';
import { checkPublished } from '../../board/check-published.ts';
import { checkRights } from '../../board/check-rights.ts';
import { checkShares } from '../../board/check-shares.ts';
import { checkTimers } from '../../board/check-timers.ts';
import { BoardError } from '../../board/errors.ts';
import type { Finding } from '../../board/finding.ts';
import type { HomeDefinitions } from '../../definitions/load.ts';
import type { Proof } from '../../history/proof.ts';
import { count, plain } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { Session } from '../session.ts';

interface CheckOptions {
  readonly fix?: boolean;
  readonly history?: boolean;
  readonly board?: string;
}

export function registerCheck(program: Command, run: Run): void {
  const command = subcommand(
    program,
    'check',
    'tell all faults of definitions and boards; exit with 1 if there are any',
  )
    .argument('[board]', 'only this board; all of the home unless told')
    .option('--fix', 'mend what can be mended: misplaced and lost entries, rights, leftovers')
    .option('--history', "prove the board's promises from its journals: nothing lost, nothing done twice");
  act<CheckOptions>(command, run, check);
}

interface BoardFindings {
  readonly board: string;
  readonly findings: readonly Finding[];
  /** With `--history`; a board that can't be opened has none. */
  readonly history?: Proof;
}

async function check(session: Session, [named]: string[], options: CheckOptions): Promise<number> {
  if (options.fix) session.refuseIfReadOnly();
  const home = session.home();
  const { loadHome } = await import('../../definitions/load.ts');
  const { formatFault } = await import('../../definitions/fault.ts');
  const definitions = loadHome(home);
  const one = named ?? options.board;
  const names = one === undefined ? listBoards(home) : [session.boardName(one)];
  const prove = options.history === true ? (await import('../../history/proof.ts')).proveHistory : undefined;
  const around = checkHome(home, options.fix === true);
  const boards = names.map((name) => findingsOf(session, name, definitions, options.fix === true, prove));

  const wrong = [...around, ...boards.flatMap(({ findings }) => findings)].filter(
    ({ severity, fixed }) => severity === 'fault' && !fixed,
  );
  const violations = boards.flatMap(({ history }) => history?.violations ?? []);
  const faults = definitions.faults.length + wrong.length + violations.length;
  const notes = await commandNotes(home, definitions);
  if (session.json) {
    session.out.json({
      schemaVersion: 1,
      home,
      faults,
      definitions: definitions.faults,
      notes,
      beside: around,
      boards,
    });
  } else {
    for (const fault of definitions.faults) session.out.line(plain(formatFault(fault)));
    for (const note of notes) session.out.line(plain(note));
    for (const finding of around) session.out.line(plain(findingText('', finding)));
    for (const { board, findings, history } of boards) {
      for (const finding of findings) session.out.line(plain(findingText(`blackboard/${board}`, finding)));
      if (history !== undefined) tellHistory(session, board, history);
    }
    session.say(faults === 0 ? 'no fault' : count(faults, 'fault'));
  }
  return faults === 0 ? EXIT.ok : EXIT.some;
}

/** Commands that this host could not run as they stand: no faults, since another host may. */
async function commandNotes(home: string, { stages, pipelines }: HomeDefinitions): Promise<string[]> {
  const { commandNote } = await import('../../process/step.ts');
  const transactional = [...pipelines.values()].filter(({ transaction }) => transaction);
  return [...stages.values()].flatMap((stage) => {
    const isUsed = transactional.some((pipeline) => pipeline.stages.some((column) => column.stage === stage.name));
    const idle = "its checkpoint does nothing: no pipeline that has the stage says 'transaction: true'";
    const notes = [commandNote(home, stage), stage.checkpoint && !isUsed ? idle : undefined];
    return notes.flatMap((note) => (note === undefined ? [] : [`${stage.file}: note: ${note}`]));
  });
}

function tellHistory(session: Session, board: string, proof: Proof): void {
  for (const { invariant, where, message } of proof.violations)
    session.out.line(plain(`blackboard/${board}: ${invariant}: ${where}: ${message}`));
  const { violations, entries, posts, claims, finishes, lines, torn } = proof;
  const read = [
    count(entries, 'entry', 'entries'),
    `${count(lines, 'line')} of journal${torn === 0 ? '' : ` (${torn} torn)`}`,
    count(posts, 'post'),
    count(claims, 'claim'),
    count(finishes, 'finish', 'finishes'),
  ];
  const verdict = violations.length === 0 ? 'nothing lost, nothing done twice' : count(violations.length, 'violation');
  session.say(`board ${board}: ${read.join(', ')}: ${verdict}`);
}

/** A board that can't even be opened is a fault among the others. */
function findingsOf(
  session: Session,
  name: string,
  definitions: HomeDefinitions,
  fix: boolean,
  prove?: (board: Board) => Proof,
): BoardFindings {
  try {
    const onTrouble = (message: string): void => session.say(message);
    const own = Board.open(session.home(), name, { onTrouble });
    const missing = missingFolders(own);
    const board =
      missing.length === 0
        ? own
        : Board.open(session.home(), name, { onTrouble, fs: seeingEmpty(own.fs, missing), isNetwork: own.isNetwork });
    board.useStages(definitions.stages);
    // First: what else is mended needs them.
    const rights = checkRights(board, fix);
    const refused = session.whyNotChange(board, 'mend');
    if (fix && refused !== undefined)
      session.say(
        `${refused.replace(', and nothing was done', '')}: of all this only the rights of what is its own are mended`,
      );
    const mayMake = fix && refused === undefined;
    const mayFix = mayMake && missing.length === 0;
    if (mayMake && !mayFix) session.say(`board ${name} lacks a folder: nothing else is mended before it is back`);
    const timers = definitions.pipelines.get(board.config.pipeline)?.timers.map((timer) => timer.name);
    const marks = checkTimers(board, timers === undefined ? undefined : new Set(timers));
    const findings = [
      ...checkFoldersOf(own, mayMake),
      ...rights,
      ...checkDisk(board, { mayWrite: refused === undefined && !session.isReadOnly }),
      ...checkBoard(board, { fix: mayFix, onlyLooks: refused !== undefined }),
      ...marks,
      ...checkPublished(board, mayFix),
      ...checkShares(board, definitions.stages),
      ...checkHosts(board),
      ...checkLeftovers(board, mayFix),
      ...checkJobs(board),
    ];
    board.journal.flush();
    return { board: name, findings, ...(prove === undefined ? {} : { history: prove(board) }) };
  } catch (error) {
    if (!(error instanceof BoardError)) throw error;
    return { board: name, findings: [{ severity: 'fault', where: '', message: error.message, fixed: false }] };
  }
}

/** @param place what `where` is relative to, as seen from the home; empty: the home itself */
function findingText(place: string, { severity, where, message, fixed }: Finding): string {
  const kind = fixed ? 'fixed: ' : severity === 'note' ? 'note: ' : '';
  return `${[place, where].filter((part) => part !== '').join('/') || '.'}: ${kind}${message}`;
}
