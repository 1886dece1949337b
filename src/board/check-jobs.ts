/**
 * Submissions to engines that dead processes have left, told to a person. Of jobs that entries wait for it says nothing: see
 * `checkShares`.
 */
import { JOBS_FOLDER, parseSubmission, submissionPath } from '../model/name.ts';
import { count } from '../model/text.ts';
import type { Board } from './board.ts';
import type { Finding } from './finding.ts';
import { askKernel, ownMark } from './host.ts';
import { type Standing, standingOf, stands } from './job-claims.ts';
import { endedJobs, listSubmissions, readJobId, readSubmission, type Submission } from './jobs.ts';
import { readStatuses } from './status.ts';

export function checkJobs(board: Board): Finding[] {
  const names = listSubmissions(board);
  if (names.length === 0) return [];
  const alive = living(board);
  const dead = names.filter((name) => !alive.has(parseSubmission(name)?.process ?? ''));
  const abouts = new Map(dead.map((name) => [name, readSubmission(board, name)]));
  const standing = standingOf(
    board,
    [...abouts.values()].flatMap((about) => about?.tries ?? []),
  );
  return [...abouts].flatMap(([name, about]) => {
    const message =
      about === undefined
        ? 'was never submitted, and its process is dead: any stage process of this board removes it'
        : told(board, about, standing);
    return message === undefined ? [] : [{ severity: 'note', where: submissionPath(name), message, fixed: false }];
  });
}

function living(board: Board): ReadonlySet<string> {
  const own = ownMark();
  return new Set(
    readStatuses(board).flatMap(({ name, content }) =>
      name.order === 'lost' || (content !== undefined && askKernel(content, own) === 'dead') ? [] : [name.id],
    ),
  );
}

/** @returns undefined: nobody but the entries whose jobs these are has to be told of */
function told(board: Board, about: Submission, standing: Standing): string | undefined {
  const { name, engine, kind, tries } = about;
  const ended = new Set(endedJobs(board, name));
  const nobodys = tries.filter((job, index) => !ended.has(index) && !stands(job, standing));
  const number = readJobId(board, name);
  const which = `of engine '${engine}' (${number === undefined ? `found by its name ${about.jobName}` : `job ${number}`})`;
  if (nobodys.length > 0) {
    const how = `any stage process of this board cancels what runs, if engines.yaml has '${engine}' of kind ${kind}; if it never will again, cancel it by the engine's own command, and remove ${JOBS_FOLDER}/${name}/`;
    return `${count(nobodys.length, 'job')} ${which} may run, though no entry waits for its end and its process is dead: ${how}`;
  }
  if (tries.some((job) => stands(job, standing))) return undefined;
  return 'is over, and its process is dead: any stage process of this board removes it';
}
