/**
 * The disk of a site, for its engine's jobs: `<root>/jobs/<board>.<submission>/` is what the board's own folder of the submission is
 * elsewhere, `<root>/work/<board>/<try>/` the step's working folder. Written and read by one command each, whatever the number of jobs.
 */
import type { Board } from '../../board/board.ts';
import { isExists, isGone } from '../../board/errors.ts';
import type { JobTry, SubmissionFiles } from '../../board/jobs.ts';
import { EngineError } from '../../engines/engine.ts';
import {
  endFile,
  formatEpoch,
  JOB_FILES,
  LOG_RUNNING,
  logPath,
  scratchPath,
  stepFile,
  submissionPath,
} from '../../model/name.ts';
import type { SiteDefinition } from '../../model/site.ts';
import { STEP_FILES } from '../hand-in.ts';
import type { FarFile, Launch } from '../launcher.ts';
import { TransferError } from '../transfer/fault.ts';
import { runThere } from '../transfer/shell.ts';
import type { Awaited, JobDisk } from './job-disk.ts';
import { type Asked, fetchScript, keepScript, parseFetched, putScript, removeFoldersScript } from './site-scripts.ts';

/** Of the site, in a working folder there. */
export const FAR_LOG = '.log';

export function siteDisk(board: Board, site: SiteDefinition): JobDisk {
  const folder = (name: string): string => `jobs/${board.name}.${name}`;
  const there = async (script: string): Promise<string> => {
    try {
      return await runThere({ home: board.home, site }, script, true);
    } catch (error) {
      if (error instanceof TransferError) throw new EngineError(error.message, false);
      throw error;
    }
  };
  const askedOf = ({ name, tries, indexes }: Awaited): Asked => ({
    folder: folder(name),
    name,
    jobs: indexes.flatMap((index) => {
      const of = tries[index];
      return of === undefined ? [] : [{ index, work: workFolder(board.name, of) }];
    }),
  });
  const receive = (all: readonly Awaited[], said: string): void => {
    for (const { name, index, files } of parseFetched(said)) {
      const of = all.find((one) => one.name === name)?.tries[index];
      if (of !== undefined) bring(board, name, index, of, files);
    }
  };
  return {
    folder: (name) => `${site.root}/${folder(name)}`,
    async put(name, files, launches) {
      await there(putScript(site.root, [...jobFiles(folder(name), files), ...launches.flatMap(farFiles)]));
    },
    async fetch(awaited) {
      const all = awaited.filter(({ indexes }) => indexes.length > 0);
      if (all.length > 0) receive(all, await there(fetchScript(site.root, all.map(askedOf))));
    },
    async keep(awaited) {
      if (awaited.indexes.length === 0) return new Set();
      const said = await there(keepScript(site.root, askedOf(awaited)));
      receive([awaited], said);
      return new Set([...said.matchAll(/^kept (\d+)$/gm)].map(([, index]) => Number(index)));
    },
    async remove(name, tries) {
      await there(removeFoldersScript(site.root, [folder(name), ...tries.map((of) => workFolder(board.name, of))]));
    },
  };
}

/** Below the root, as all of these. */
export function workFolder(board: string, { dataset, posted, stage, epoch }: Omit<JobTry, 'column'>): string {
  return `work/${board}/${dataset}.${posted}.${stage}.${formatEpoch(epoch)}`;
}

function jobFiles(folder: string, { script, runner, steps }: SubmissionFiles): FarFile[] {
  const file = (name: string, text: string): FarFile => ({ path: `${folder}/${name}`, text, executable: true });
  return [
    ...steps.map((text, index) => file(stepFile(index), text)),
    file(JOB_FILES.runner, runner),
    file(JOB_FILES.script, script),
  ];
}

function farFiles({ far }: Launch): readonly FarFile[] {
  return far ?? [];
}

/** The end comes last: whoever sees it finds the rest. */
function bring(board: Board, name: string, index: number, of: JobTry, files: ReadonlyMap<string, Buffer>): void {
  const scratch = board.path(scratchPath(of));
  for (const [far, path] of [
    [FAR_LOG, board.path(logPath(of, LOG_RUNNING))],
    [STEP_FILES.result, `${scratch}/${STEP_FILES.result}`],
    [STEP_FILES.post, `${scratch}/${STEP_FILES.post}`],
  ] as const) {
    const content = files.get(far);
    if (content === undefined) continue;
    // What another look had begun to bring is brought anew.
    try {
      board.fs.unlink(path);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    board.fs.append(path, content);
  }
  const end = files.get('end');
  if (end === undefined) return;
  try {
    board.fs.create(board.path(submissionPath(name, endFile(index))), end.toString(), false);
  } catch (error) {
    if (!isExists(error)) throw error;
  }
}
