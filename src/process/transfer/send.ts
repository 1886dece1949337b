/** The transfer itself, by the site's command: one for each file, or one for all that are below the same folder. */
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { takesList } from '../../model/site.ts';
import { formatSize } from '../../model/size.ts';
import { count } from '../../model/text.ts';
import { type Place, transfer } from './shell.ts';

export interface Sending extends Place {
  /** Tells tries apart, and grows from one to the next. */
  readonly mark: string;
  /** A folder of this try's own. */
  readonly scratch: string;
  readonly log: (text: string) => void;
}

export interface Summary {
  readonly files: number;
  readonly bytes: number;
  /** By this try. */
  readonly sent: number;
  readonly sentBytes: number;
  readonly manifest: string;
}

export interface ToSend {
  readonly name: string;
  readonly bytes: number;
  /** What its name is relative to, on the side that it comes from. */
  readonly root: string;
}

/** @param ends absolute folders of both sides @throws TransferError */
export async function send(
  sending: Sending,
  way: 'upload' | 'download',
  files: readonly ToSend[],
  ends: (root: string) => { readonly from: string; readonly to: string },
): Promise<void> {
  const { site, log } = sending;
  if (!takesList(site[way])) {
    for (const { name, bytes, root } of files) {
      const { from, to } = ends(root);
      const began = performance.now();
      await transfer(sending, way, { source: `${from}/${name}`, target: `${to}/${name}` });
      log(`${name}: ${formatSize(bytes)} in ${seconds(began)} s`);
    }
    return;
  }
  for (const root of new Set(files.map((file) => file.root))) {
    const ours = files.filter((file) => file.root === root);
    const { from, to } = ends(root);
    const began = performance.now();
    const list = join(sending.scratch, '.transfer.list');
    // A name that begins so is no comment.
    fs.writeFileSync(list, ours.map(({ name }) => `./${name}\n`).join(''));
    await transfer(sending, way, { list, from, to });
    const bytes = ours.reduce((sum, file) => sum + file.bytes, 0);
    log(`${count(ours.length, 'file')}, ${formatSize(bytes)} in ${seconds(began)} s`);
  }
}

function seconds(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}

/** Folders that files need, each after those above it. */
export function foldersOf(names: Iterable<string>): string[] {
  const folders = new Set<string>();
  for (const name of names) if (name.includes('/')) folders.add(dirname(name));
  return [...folders].sort();
}
