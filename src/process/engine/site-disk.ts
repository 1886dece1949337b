/**
 * The disk of a site, for its engine's jobs. Below the site's root `jobs/<board>.<submission>/` is what the board's own folder of the
 * submission is elsewhere, `work/<board>/<try>/` the step's working folder. Written and read by one command each, whatever the number of jobs.
 */
import fs from 'node:fs';
import type { Board } from '../../board/board.ts';
import { isExists } from '../../board/errors.ts';
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
import { removeIfThere } from '../transfer/local.ts';
import { runThere } from '../transfer/shell.ts';
import { Following } from './following.ts';
import type { Awaited, JobDisk } from './job-disk.ts';
import {
  type Asked,
  endedScript,
  fetchScript,
  isCut,
  keepScript,
  logsScript,
  newsScript,
  parseFetched,
  parseKept,
  putScript,
  removeFoldersScript,
  sizesIn,
  unremovedIn,
  without,
} from './site-scripts.ts';

/** Of the site, in a working folder there. */
export const FAR_LOG = '.log';

/**
 * @param unwanted aborted when nobody waits for its answers any more
 */
export function siteDisk(board: Board, site: SiteDefinition, unwanted: AbortSignal): JobDisk {
  const following = new Following();
  const folder = (name: string): string => `jobs/${board.name}.${name}`;
  const there = async (script: string): Promise<string> => {
    try {
      return await runThere({ home: board.home, site, unwanted }, script, true);
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
      return of === undefined ? [] : [{ index, work: workFolder(board.name, of), have: sizeOf(logOf(board, of)) }];
    }),
  });
  /** @returns those of which something was said */
  const receive = async (asked: readonly Asked[], all: readonly Awaited[], said: string): Promise<Set<string>> => {
    const told = new Set<string>();
    for (const { name, index, files } of parseFetched(said)) {
      const of = all.find((one) => one.name === name)?.tries[index];
      const job = asked.find((one) => one.name === name)?.jobs.find((one) => one.index === index);
      if (of !== undefined && job !== undefined) bring(board, { name, index, of, have: job.have }, files);
      told.add(`${name} ${index}`);
      // Megabytes each: the loop goes on meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return told;
  };
  /**
   * Asks until all that there is has come, each time for so much as memory bears.
   * @param said the first answer
   * @returns those of which nothing was said
   */
  const receiveAll = async (
    asked: readonly Asked[],
    all: readonly Awaited[],
    said: string,
    script: typeof endedScript,
  ): Promise<readonly Asked[]> => {
    let left = asked;
    for (let text = said; ; ) {
      const told = await receive(left, all, text);
      left = without(left, told);
      if (told.size === 0 || left.length === 0 || !isCut(text)) return left;
      text = await there(script(site.root, left));
    }
  };
  return {
    folder: (name) => `${site.root}/${folder(name)}`,
    async put(name, files, launches) {
      await there(putScript(site.root, [...jobFiles(folder(name), files), ...launches.flatMap(farFiles)]));
    },
    async fetch(awaited) {
      const all = awaited.filter(({ indexes }) => indexes.length > 0);
      if (all.length === 0) return;
      const asked = all.map(askedOf);
      const askedMs = board.now();
      const said = await there(fetchScript(site.root, asked, following.ask(asked, askedMs)));
      const running = await receiveAll(asked, all, said, endedScript);
      following.heard(sizesIn(said), running, askedMs);
      const grown = following.next(running);
      if (grown.length === 0) return;
      await receive(grown, all, await there(newsScript(site.root, grown)));
      following.fetched(grown, (name, index) => {
        const of = all.find((one) => one.name === name)?.tries[index];
        return of === undefined ? 0 : sizeOf(logOf(board, of));
      });
    },
    async keep(awaited) {
      if (awaited.indexes.length === 0) return new Map();
      const asked = askedOf(awaited);
      const said = await there(keepScript(site.root, asked));
      const kept = parseKept(said);
      const begun = [{ ...asked, jobs: asked.jobs.filter(({ index }) => !kept.has(index)) }];
      if (awaited.isWanted !== false && kept.size < asked.jobs.length)
        await receiveAll(begun, [awaited], await there(logsScript(site.root, begun)), logsScript);
      return kept;
    },
    async remove(name, tries) {
      const folders = [folder(name), ...tries.map((of) => workFolder(board.name, of))];
      const why = unremovedIn(await there(removeFoldersScript(site.root, folders)));
      if (why !== '') throw new EngineError(`site ${site.name}: ${why}`, true);
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

interface Brought {
  readonly name: string;
  readonly index: number;
  readonly of: JobTry;
  /** Bytes of the log that were here when it was asked for. */
  readonly have: number;
}

/** The end comes last: whoever sees it finds the rest. */
function bring(board: Board, { name, index, of, have }: Brought, files: ReadonlyMap<string, Buffer>): void {
  const log = files.get(FAR_LOG);
  // Another process may have brought the same meanwhile: it has taken the try over.
  if (log !== undefined && sizeOf(logOf(board, of)) === have) board.fs.append(logOf(board, of), log);
  for (const file of [STEP_FILES.result, STEP_FILES.post]) {
    const content = files.get(file);
    if (content === undefined) continue;
    const path = board.path(`${scratchPath(of)}/${file}`);
    // What another look had begun to bring is brought anew.
    removeIfThere(path);
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

function logOf(board: Board, of: JobTry): string {
  return board.path(logPath(of, LOG_RUNNING));
}

function sizeOf(path: string): number {
  return fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
