/**
 * Files that are not taken: `quarantine/<name>`, and beside it `<name>.reason` with what is wrong, since when, and what
 * to do. The reason is written first, so that no crash leaves a file there without one.
 */
import { isExists, isGone } from '../board/errors.ts';
import { plain } from '../model/text.ts';
import { fitName, isThere, QUARANTINE, REASON_SUFFIX, showName, type ZoneFolder } from './files.ts';

export type Reason = 'unmatched' | 'name' | 'checksum' | 'duplicate' | 'class' | 'link' | 'special' | 'orphan';

const REMEDY: Readonly<Record<Reason, string>> = {
  unmatched:
    "Rename the file so that a pattern of the zone matches and move it back, or add a pattern to the pipeline's file.",
  name: 'Rename the file and move it back into the zone, or change the templates of the zone.',
  checksum: 'Copy the file and its checksum file again into the zone; remove this copy.',
  duplicate:
    'If it is to be processed again: wait until the dataset has left the board, then move the file back into the zone. Else remove it.',
  class: "Change the template of the class, or 'classes:' of a stage, then move the file back into the zone.",
  link: 'Copy the file itself into the zone; symbolic links are never followed.',
  special: 'Copy a regular file into the zone.',
  orphan: 'Deliver the file that it belongs to, move this one back beside it, or remove it.',
};

export function isReason(text: unknown): text is Reason {
  return typeof text === 'string' && Object.hasOwn(REMEDY, text);
}

/** What `formatReason` writes; a delivered file that happens to be called `….reason` does not look so. */
const LEFT_REASON = /^file: ".*"\nreason: [a-z]+\nwhat: /;

export interface ReasonText {
  readonly reason: Reason;
  readonly why: string;
  /** RFC 3339. */
  readonly when: string;
  /** Which zone of which board. */
  readonly zone: string;
}

export function formatReason(name: string, { reason, why, when, zone }: ReasonText): string {
  const lines = [
    `file: ${showName(name)}`,
    `reason: ${reason}`,
    `what: ${plain(why)}`,
    `when: ${when}`,
    `zone: ${zone}`,
  ];
  return `${lines.join('\n')}\nto do: ${REMEDY[reason]}\n`;
}

/** Where the reason of `quarantine/<free>` stands. */
export function reasonPath(zone: ZoneFolder, free: string): string {
  return zone.inside(QUARANTINE, fitName(free, REASON_SUFFIX));
}

/**
 * Moves the file at `from` to `quarantine/<free>` with its reason; its companions are the caller's.
 * @param free from `freeInQuarantine`
 * @returns false if it was gone: someone else has it.
 */
export function moveToQuarantine(zone: ZoneFolder, from: string, free: string, text: string): boolean {
  const reason = reasonPath(zone, free);
  writeReason(zone, reason, text);
  if (zone.move(from, zone.inside(QUARANTINE, free))) return true;
  if (isThere(reason)) zone.fs.unlink(reason);
  return false;
}

/** A free name in quarantine. A reason without its file, left by a crash between the two steps, is in nobody's way. */
export function freeInQuarantine(zone: ZoneFolder, name: string, suffixes: readonly string[]): string {
  const free = zone.freeName(QUARANTINE, name, suffixes);
  const reason = reasonPath(zone, free);
  if (!isThere(reason) || isLeftReason(zone, reason)) return free;
  return zone.freeName(QUARANTINE, name, [...suffixes, REASON_SUFFIX]);
}

function isLeftReason(zone: ZoneFolder, path: string): boolean {
  try {
    return LEFT_REASON.test(zone.fs.read(path).content);
  } catch (error) {
    // A folder or a pipe that somebody has put there.
    if (isGone(error)) return false;
    throw error;
  }
}

function writeReason(zone: ZoneFolder, path: string, text: string): void {
  for (let round = 0; ; round++) {
    if (isThere(path)) zone.fs.unlink(path);
    try {
      zone.fs.create(path, text, zone.durable);
      return;
    } catch (error) {
      // Another watcher of the zone judges the same file: its reason is as good, but may be half written.
      if (!isExists(error) || round >= 3) throw error;
    }
  }
}
