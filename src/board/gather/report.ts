/** What a gathering entry still waits for, in full, for people. Looks at everything anew; nothing is changed. */
import { formatDuration } from '../../model/duration.ts';
import { type Letter, MEANINGS } from '../../model/letters.ts';
import { causeOf, causeText } from '../../model/name.ts';
import type { Board } from '../board.ts';
import { isGone } from '../errors.ts';
import type { Located } from '../scan.ts';
import { listLogs } from '../tries.ts';
import { countFiles } from './files.ts';
import { type Member, Members } from './members.ts';
import { gatheringColumns, type Plan, plansOf } from './plan.ts';
import { type GatheredMember, gatheredBefore, parseGathered } from './record.ts';
import { type Standing, standingOf } from './standing.ts';

export interface MemberReport {
  readonly board: string;
  readonly dataset: string;
  readonly until: string;
  readonly standing: Standing;
  readonly letters: string | undefined;
  /** Where it stands and why it gets no further. */
  readonly text: string;
}

/** One gathering column. */
export interface WaitReport {
  readonly stage: string;
  readonly column: number;
  readonly what: Plan['what'];
  readonly members: number;
  readonly ready: number;
  /** Those that are not there, as they are named. */
  readonly missing: readonly MemberReport[];
  /** Globs that match too few. */
  readonly globs: ReadonlyArray<{
    readonly board: string;
    readonly glob: string;
    readonly found: number;
    readonly atLeast: number;
  }>;
  readonly files: ReadonlyArray<{ readonly glob: string; readonly found: number; readonly atLeast: number }>;
  readonly notBeforeMs: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly atDeadline: Plan['atDeadline'];
  readonly fault: string | undefined;
}

/** @param columns the gathering ones unless told */
export function waitReports(
  board: Board,
  entry: Located,
  columns = gatheringColumns(entry.name.letters),
): WaitReport[] {
  const plans = plansOf(board, entry, columns, false);
  const members = new Members(board, true);
  members.want(plans);
  members.refresh(performance.now(), true);
  return plans.map((plan) => reportOf(board, entry, plan, members));
}

function reportOf(board: Board, entry: Located, plan: Plan, members: Members): WaitReport {
  const all = members.list(entry, plan);
  const { needs, fault } = plan;
  return {
    stage: board.stages[plan.column] ?? '',
    column: plan.column,
    what: plan.what,
    members: all.length,
    ready: all.filter(({ isReady }) => isReady).length,
    missing: all.filter(({ isReady }) => !isReady).map(memberReport),
    globs: needs.members.flatMap((spec) => {
      const found = spec.isGlob ? members.matches(entry, spec) : spec.atLeast;
      const { atLeast } = spec;
      return found >= atLeast ? [] : [{ board: spec.board ?? board.name, glob: spec.dataset, found, atLeast }];
    }),
    files: needs.files.flatMap((spec) => {
      const found = countFiles(board, spec);
      return found >= spec.atLeast ? [] : [{ glob: spec.glob, found, atLeast: spec.atLeast }];
    }),
    notBeforeMs: needs.notBeforeMs !== undefined && needs.notBeforeMs > board.now() ? needs.notBeforeMs : undefined,
    deadlineMs: plan.deadlineMs,
    atDeadline: plan.atDeadline,
    fault: fault === undefined ? undefined : `${fault.where}: ${fault.why}`,
  };
}

function memberReport({ board, dataset, until, on, sight }: Member): MemberReport {
  const standing = on === undefined ? 'absent' : standingOf(on, sight, until);
  const text = on === undefined ? `there is no board '${board}'` : whereText(on, sight);
  return { board, dataset, until, standing, letters: sight?.name.letters, text };
}

/** `failed at detect: exit code 2` */
function whereText(board: Board, sight: Located | undefined): string {
  if (sight === undefined) return 'on no board yet';
  const state = sight.folder.split('/')[0] ?? '';
  if (state === 'removed') return 'removed from its board';
  const columns = [...sight.name.letters].flatMap((letter, column) => (isOpen(letter, state) ? [column] : []));
  const places = columns.map((column) => {
    const cause = causeOf(sight.name, column);
    const letter = sight.name.letters[column] as Letter;
    return `${MEANINGS[letter].word} at ${board.stages[column]}${cause === undefined ? '' : ` (${causeText(cause)})`}`;
  });
  return places.length === 0 ? `in ${state}/` : places.join(', ');
}

function isOpen(letter: string, state: string): boolean {
  if (state === 'failed') return letter === 'f';
  if (state === 'held') return letter === 'h';
  return letter !== '_' && letter !== 'c' && letter !== 's';
}

/** In sentences, the most telling first. */
export function waitLines(report: WaitReport, nowMs: number, most = 10): string[] {
  const lines: string[] = [];
  if (report.fault !== undefined) lines.push(`faulty: ${report.fault}`);
  if (report.members > 0) lines.push(`${report.ready} of ${report.members} ${report.what} are there`);
  for (const member of report.missing.slice(0, most)) lines.push(`missing: ${memberName(member)}  ${member.text}`);
  const more = report.missing.length - most;
  if (more > 0) lines.push(`and ${more} more`);
  for (const { board, glob, found, atLeast } of report.globs)
    lines.push(`missing: ${atLeast - found} more that match ${board}:${glob}`);
  for (const { glob, found, atLeast } of report.files)
    lines.push(`missing: ${atLeast === 1 ? 'a file' : `${atLeast - found} of ${atLeast} files`} ${glob}`);
  if (report.notBeforeMs !== undefined) lines.push(`not before ${isoOf(report.notBeforeMs)}`);
  if (report.deadlineMs !== undefined) {
    const left = report.deadlineMs - nowMs;
    const when = left > 0 ? `in ${formatDuration(left)}` : 'now';
    const what = { run: 'it goes on with what there is', hold: 'it is held', fail: 'it fails' }[report.atDeadline];
    lines.push(`at its deadline ${isoOf(report.deadlineMs)} (${when}) ${what}`);
  }
  if (lines.length === 0) lines.push('all that it waits for is there: it goes on as soon as a stage process looks');
  return lines;
}

function memberName({ board, dataset }: MemberReport): string {
  return `${board}:${dataset}`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A member that a stage has gathered and that has run again since, or is there no longer. */
export interface ChangedMember {
  readonly stage: string;
  readonly board: string;
  readonly dataset: string;
  readonly text: string;
}

/** What has become of gathered members since: of columns that have gathered and no longer wait. */
export function changedMembers(board: Board, entry: Located): ChangedMember[] {
  return board.stages.flatMap((stage, column) => {
    if (entry.name.letters[column] === 'g') return [];
    const path = gatheredBefore(board, entry.name, column, Number.POSITIVE_INFINITY);
    const gathered = path === undefined ? [] : readRecord(board, path);
    if (gathered.length === 0) return [];
    const now = new Members(board, true);
    now.wantNamed(gathered);
    now.refresh(performance.now(), true);
    return gathered.flatMap((member) => {
      const names = now.names(member.board);
      const text = changeOf(member, names?.board, names?.newest(member.dataset));
      return text === undefined ? [] : [{ stage, board: member.board, dataset: member.dataset, text }];
    });
  });
}

function changeOf(member: GatheredMember, on: Board | undefined, sight: Located | undefined): string | undefined {
  if (member.posted === undefined) return sight === undefined ? undefined : 'came after it was gathered';
  if (on === undefined || sight === undefined) return 'is no longer on its board';
  if (sight.folder.startsWith('removed/')) return 'was removed after it was gathered';
  if (sight.name.posted !== member.posted) return `was posted again after it was gathered (${sight.name.posted})`;
  const { letters = '', epoch = 0 } = member;
  const wasComplete = (stage: string): boolean => letters[on.column(stage)] === 'c';
  const isOpen = on.stages.some((stage, column) => wasComplete(stage) && sight.name.letters[column] !== 'c');
  if (isOpen) return 'was sent back after it was gathered';
  if (sight.name.epoch <= epoch) return undefined;
  const tries = listLogs(on, member.dataset).filter((log) => log.posted === member.posted && log.epoch > epoch);
  return tries.some(({ stage }) => wasComplete(stage)) ? 'has run again since it was gathered' : undefined;
}

function readRecord(board: Board, path: string): GatheredMember[] {
  try {
    return parseGathered(board.fs.read(board.path(path)).content);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
