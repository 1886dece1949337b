/** A board is made once and copied for each fault. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';

/** Calls `work` with a copy of the home: the links of `ids/` stay links of their entries. The copy goes afterwards. */
export async function withCopy<T>(home: string, name: string, work: (copy: string) => Promise<T>): Promise<T> {
  const folder = `${home}.copies`;
  fs.mkdirSync(folder, { recursive: true });
  const copy = join(folder, name);
  execFileSync('cp', ['-a', home, copy]);
  try {
    return await work(copy);
  } finally {
    fs.rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Calls `work` for each item, so many at a time. */
export async function eachOf<T>(items: readonly T[], atATime: number, work: (item: T, index: number) => Promise<void>) {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) await work(items[at] as T, at);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker));
}
