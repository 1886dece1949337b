/** What stands on the board before an engine hears of a submission. */
import type { Board } from '../../board/board.ts';
import { type Submission, writeSubmission } from '../../board/jobs.ts';
import { currentUmask } from '../../board/sharing.ts';
import { TemplateError } from '../../definitions/definitions.ts';
import { type Engine, EngineError, type SubmitOrder } from '../../engines/engine.ts';
import { type EngineDefinition, NO_JOB_NEEDS } from '../../model/engine.ts';
import { JOB_FILES } from '../../model/name.ts';
import { tryVariables } from '../launcher-kinds.ts';
import type { EngineJob } from './engine-job.ts';
import type { JobDisk } from './job-disk.ts';
import { jobScript, runnerScript, stepScript } from './job-script.ts';

export interface Prepared {
  readonly about: Submission;
  readonly order: SubmitOrder;
  /** Puts it where jobs see it, if that is elsewhere. */
  put(): Promise<void>;
}

interface Parts {
  readonly definition: EngineDefinition;
  readonly engine: Engine;
  readonly disk: JobDisk;
}

/**
 * Writes it all to the board.
 * @param name the submission's
 * @param group jobs of the same needs
 * @throws EngineError, and nothing is written, if the site's template of the job file can't be rendered; what the disk says
 */
export function prepare(
  board: Board,
  { definition, engine, disk }: Parts,
  name: string,
  group: readonly EngineJob[],
): Prepared {
  const folder = disk.folder(name);
  const at = (file: string): string => `${folder}/${file}`;
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
  const launches = group.flatMap(({ launch }) => launch ?? []);
  const places = { runner: at(JOB_FILES.runner), log: at(JOB_FILES.log) };
  const script = told(() => {
    const context = { name, board: board.name, count: group.length, needs };
    return jobScript(definition, places, engine.indexVariable, context);
  });
  const inherited = { umask: definition.site === undefined ? currentUmask() : undefined, strange: tryVariables() };
  const files = {
    script,
    runner: runnerScript(folder),
    steps: launches.map((launch) => stepScript(launch, inherited)),
  };
  writeSubmission(board, about, files);
  const order = {
    jobName,
    script: at(JOB_FILES.script),
    log: at(JOB_FILES.log),
    count: group.length,
    needs,
  };
  return { about, order, put: () => disk.put(name, files, launches) };
}

function told(make: () => string): string {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new EngineError(error.message, true);
  }
}
