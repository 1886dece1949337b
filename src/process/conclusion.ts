/** From how a step ended, or what it said of one of its entries, to what becomes of a try and of the working folder. */
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import { isSystemError } from '../board/errors.ts';
import { hasSidecars } from '../board/sidecars.ts';
import type { StageDefinition } from '../model/definition.ts';
import type { JobTrace } from '../model/job-sight.ts';
import { LOG_GIVEN_BACK, LOG_RUNNING, logPath, UNFIT } from '../model/name.ts';
import { type StepEnd, type Verdict, verdictOf } from '../model/outcome.ts';
import { type OutcomeLine, verdictOfLine } from '../model/outcome-line.ts';
import { endingOf } from './ending.ts';
import type { ExecutionEnd } from './execution.ts';
import type { Result } from './finisher.ts';
import { checkHandIn, type HandIn, OWN_FILES, reasonSidecar } from './hand-in.ts';
import { entryFault } from './unstartable.ts';

export interface Conclusion {
  readonly result: Result;
  /** What becomes of the working folder, and whether the step has done its work. */
  readonly scratch: StageDefinition['scratch'];
  readonly succeeded: boolean;
  /** Files in it that are no reason to keep it. */
  readonly spent: ReadonlySet<string>;
}

/** What is told of the execution beside the outcome. */
export interface ExecutionFacts {
  readonly stage: StageDefinition;
  readonly seconds: number;
  /** How many entries it took, if its stage takes several. */
  readonly batch: number | undefined;
  /** Its step was a job of an engine. */
  readonly job?: JobTrace | undefined;
}

/** What is told of every try, whatever became of it. */
function ranNotes({ seconds, job }: ExecutionFacts): { readonly seconds: number; readonly job?: JobTrace } {
  return job === undefined ? { seconds } : { seconds, job };
}

/**
 * A try that was the step's only one, or that it has said nothing of: how the step ended decides.
 * @param handIn what the step has left for its process to read, asked for where it counts
 */
export function conclude(
  board: Board,
  held: Held,
  facts: ExecutionFacts,
  ended: ExecutionEnd,
  handIn: () => HandIn,
): Conclusion {
  const step = stepEndOf(ended);
  const { end, stopped } = ended;
  const fault = entryFault(facts.stage, end);
  if (fault !== undefined) {
    sayInLog(board, held, fault);
    const notes = { reason: fault, ...ranNotes(facts) };
    const result: Result = { held, ending: { kind: 'fail', cause: UNFIT }, log: UNFIT, notes };
    return { result, scratch: facts.stage.scratch, succeeded: false, spent: OWN_FILES };
  }
  if (step.kind === 'back') {
    const notes = { reason: step.reason, ...ranNotes(facts) };
    return {
      result: { held, ending: { kind: 'giveBack' }, log: LOG_GIVEN_BACK, notes },
      scratch: 'remove',
      succeeded: true,
      spent: OWN_FILES,
    };
  }
  const handed = handIn();
  return judge(board, held, facts, {
    verdict: verdictOf(step, facts.stage.exits, handed.result?.reason),
    code: 'code' in end ? end.code : null,
    signal: 'signal' in end ? end.signal : null,
    handed,
    // Of a service that died over it nothing else is to be said.
    died: end.kind === 'broke' && stopped === undefined ? end.reason : undefined,
  });
}

/** A try that the step has told the outcome of, however it may end itself. */
export function concludeLine(board: Board, held: Held, facts: ExecutionFacts, line: OutcomeLine): Conclusion {
  return judge(board, held, facts, {
    verdict: verdictOfLine(line, facts.stage.exits),
    code: 'exit' in line.says ? line.says.exit : null,
    signal: null,
    handed: { result: line.result, posts: line.posts, fault: undefined, spent: OWN_FILES },
  });
}

interface Judged {
  readonly verdict: Verdict;
  readonly code: number | null;
  readonly signal: number | null;
  readonly handed: HandIn;
  readonly died?: string | undefined;
}

function judge(board: Board, held: Held, facts: ExecutionFacts, judged: Judged): Conclusion {
  const { verdict, code, signal, handed, died } = judged;
  const { stage, batch } = facts;
  const isComplete = verdict.kind === 'complete';
  const { sidecars, fault, spent } = isComplete
    ? checkHandIn(board, held, handed)
    : { ...handed, sidecars: reasonSidecar(handed) };
  const succeeded = isComplete && fault === undefined;
  const reason = died ?? fault ?? verdict.reason;
  const notes = {
    ...ranNotes(facts),
    code,
    signal,
    stageFile: stage.sha256,
    ...templatesOf(stage),
    ...(batch === undefined ? {} : { batch }),
    ...(reason === undefined ? {} : { reason }),
  };
  if (isComplete && fault !== undefined) {
    sayInLog(board, held, fault);
    const ending = { kind: 'fail', cause: UNFIT } as const;
    return { result: { held, ending, log: UNFIT, notes }, scratch: stage.scratch, succeeded, spent };
  }
  const ending = { ...endingOf(board, held, stage, verdict), ...(hasSidecars(sidecars) ? { sidecars } : {}) };
  return { result: { held, ending, log: verdict.log, notes }, scratch: stage.scratch, succeeded, spent };
}

/** Which templates of their own were in force. */
function templatesOf({ files }: StageDefinition): { readonly templates?: Readonly<Record<string, string>> } {
  const read = files.flatMap(({ from, sha256 }) =>
    from === undefined || sha256 === undefined ? [] : [[from, sha256]],
  );
  return read.length === 0 ? {} : { templates: Object.fromEntries(read) };
}

/** Behind what the step said itself. */
function sayInLog(board: Board, held: Held, text: string): void {
  try {
    board.fs.append(board.path(logPath(held.try, LOG_RUNNING)), `${text}\n`);
  } catch (error) {
    // The journal says it too.
    if (!isSystemError(error)) throw error;
  }
}

/** `back`: nothing that the step did brought this about, so it uses up no try. */
function stepEndOf({ end, stopped }: ExecutionEnd): StepEnd | { readonly kind: 'back'; readonly reason: string } {
  if (end.kind === 'unstartable') {
    const reason = end.what === 'program' ? 'its program is missing' : `its log can't be opened: ${end.error}`;
    return { kind: 'back', reason };
  }
  if (end.kind === 'returned') return { kind: 'back', reason: end.reason };
  if (end.kind === 'broken') return { kind: 'back', reason: 'what started it died' };
  if (stopped === 'halt') return { kind: 'back', reason: 'this process is halting' };
  return stopped === 'timeout' ? { kind: 'timeout' } : end;
}
