/** What stands on the board before an engine hears of a submission. */
import type { Board } from '../../board/board.ts';
import { type Submission, writeSubmission } from '../../board/jobs.ts';
import { TemplateError } from '../../definitions/definitions.ts';
import { type Engine, EngineError, type SubmitOrder } from '../../engines/engine.ts';
import { type EngineDefinition, NO_JOB_NEEDS } from '../../model/engine.ts';
import { JOB_FILES, submissionPath } from '../../model/name.ts';
import type { EngineJob } from './engine-job.ts';
import { jobScript, runnerScript, stepScript } from './job-script.ts';

export interface Prepared {
  readonly about: Submission;
  readonly order: SubmitOrder;
}

/**
 * Writes it all.
 * @param name the submission's
 * @param group jobs of the same needs
 * @throws EngineError, and nothing is written, if the site's template of the job file can't be rendered
 */
export function prepare(
  board: Board,
  { definition, engine }: { readonly definition: EngineDefinition; readonly engine: Engine },
  name: string,
  group: readonly EngineJob[],
): Prepared {
  const at = (file: string): string => board.path(submissionPath(name, file));
  const jobName = `slate.${board.name}.${name}`;
  const needs = group[0]?.needs ?? NO_JOB_NEEDS;
  const about: Submission = {
    name,
    engine: definition.name,
    kind: definition.kind,
    jobName,
    tries: group.map((job) => job.try),
    made: new Date(board.now()).toISOString(),
  };
  const files = { runner: at(JOB_FILES.runner), log: at(JOB_FILES.log) };
  const script = told(() => {
    const context = { name, board: board.name, count: group.length, needs };
    return jobScript(definition, files, engine.indexVariable, context);
  });
  writeSubmission(board, about, {
    script,
    runner: runnerScript(board.path(submissionPath(name))),
    steps: group.map(({ launch }) => (launch === undefined ? '' : stepScript(launch))),
  });
  const order = {
    jobName,
    script: at(JOB_FILES.script),
    log: at(JOB_FILES.log),
    count: group.length,
    needs,
  };
  return { about, order };
}

function told(make: () => string): string {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new EngineError(error.message, false);
  }
}
