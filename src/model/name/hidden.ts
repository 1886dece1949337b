/** Hidden files that this program itself makes: whatever else begins with a dot is somebody else's, and left alone. */
import { FOLDERS } from './files.ts';

const OWN: ReadonlyMap<string, RegExp> = new Map([
  [FOLDERS.tmp, /^\.(?:token|board|stale|group|clock|probe)-/],
  [FOLDERS.scratch, /^\.probe-/],
]);

/** @param folder a folder of the board, such as `tmp` */
export function isOwnHidden(folder: string, file: string): boolean {
  return OWN.get(folder)?.test(file) === true;
}
