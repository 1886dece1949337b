/** Submissions that survive a power cut of the board's disk before their engine hears of them: their jobs would run on without. */
import { FOLDERS, JOB_POINTER, JOBS_FOLDER, scratchPath, submissionPath } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import type { Submission } from './jobs.ts';
import { SYNC_EACH_BELOW, syncDisk } from './post-many.ts';

/** All of the submission, the pointers to it, and the claims that it is for; nothing with durability `none`. @throws what the disk says */
export async function settleSubmission(
  board: Board,
  { name, tries }: Pick<Submission, 'name' | 'tries'>,
): Promise<void> {
  if (board.config.durability === 'none') return;
  if (tries.length >= SYNC_EACH_BELOW && (await syncDisk(board))) return;
  const folder = submissionPath(name);
  const working = tries.map(scratchPath);
  const files = [
    ...board.fs.names(board.path(folder)).map((file) => `${folder}/${file}`),
    ...working.flatMap((one) => [`${one}/${JOB_POINTER}`, one]),
  ];
  const above = [folder, JOBS_FOLDER, FOLDERS.scratch, 'active', 'queue', '.'];
  for (const path of [...files, ...above]) {
    try {
      board.fs.sync(board.path(path));
    } catch (error) {
      // Of a try that was taken away meanwhile.
      if (!isGone(error)) throw error;
    }
    // On a disk that is slow each may take long: the loop goes on between them.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
