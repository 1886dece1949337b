/** Files on this side of a transfer: found, measured and summed. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isGone, isSystemError } from '../../board/errors.ts';
import { type FileFacts, fileNameFault, MANIFEST_FILE } from '../../model/manifest.ts';
import { TransferError } from './fault.ts';

/** Links to folders may lead in a circle. */
const MOST_DEPTH = 64;

export interface LocalFile extends FileFacts {
  /** Relative to the folder that it is sent to. */
  readonly name: string;
  /** The folder that its name is relative to. */
  readonly root: string;
}

/** @throws the system's error */
export async function factsOf(path: string): Promise<FileFacts> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of fs.createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** The same, or undefined for what is no file, or not there. */
export async function factsIfFile(path: string): Promise<FileFacts | undefined> {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? factsOf(path) : undefined;
}

/** All files of some files and folders: of a folder those below it. @throws TransferError */
export async function listSources(paths: readonly string[]): Promise<LocalFile[]> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const [root, names] = namesOf(path);
    for (const name of names) {
      const fault = fileNameFault(name);
      if (fault !== undefined) throw new TransferError('refused', `'${join(root, name)}' can't be sent: ${fault}`);
      const other = found.get(name);
      if (other !== undefined)
        throw new TransferError(
          'refused',
          `${root} and ${other} both have a file ${name}: send them to folders of their own`,
        );
      found.set(name, root);
    }
  }
  if (found.size === 0)
    throw new TransferError(
      'noSource',
      `there is nothing to send in ${paths.length === 0 ? 'no path' : paths.join(', ')}`,
    );
  const files: LocalFile[] = [];
  for (const [name, root] of [...found].sort(([a], [b]) => (a < b ? -1 : 1)))
    files.push({ name, root, ...(await factsOf(join(root, name))) });
  return files;
}

function namesOf(path: string): [root: string, names: string[]] {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new TransferError('noSource', `there is no ${path} to send`);
  if (stat.isFile()) return [dirname(path), [basename(path)]];
  if (!stat.isDirectory()) throw new TransferError('refused', `${path} is neither a file nor a folder`);
  return [path, below(path, '', 0)];
}

function below(root: string, folder: string, depth: number): string[] {
  if (depth > MOST_DEPTH)
    throw new TransferError('refused', `${join(root, folder)} is deeper than ${MOST_DEPTH} folders`);
  return fs.readdirSync(join(root, folder)).flatMap((file) => {
    const name = folder === '' ? file : `${folder}/${file}`;
    if (name === MANIFEST_FILE) return [];
    const stat = fs.statSync(join(root, name), { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) return below(root, name, depth + 1);
    if (stat?.isFile() === true) return [name];
    const what = stat === undefined ? 'is a link to nothing' : 'is neither a file nor a folder';
    throw new TransferError('refused', `${join(root, name)} ${what}: it can't be sent`);
  });
}

/** The same file under another name; a copy where the disk has no links. */
export function linkOrCopy(from: string, to: string): void {
  try {
    fs.linkSync(from, to);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL);
  }
}

/** What is to be written anew. */
export function removeIfThere(path: string): void {
  try {
    fs.unlinkSync(path);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
