/** A throw-away home made of texts. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** @param files path in the home → content; a path that ends in `/` is a folder */
export function homeOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const home = mkdtempSync(join(tmpdir(), 'slate-definitions-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  for (const folder of ['pipelines', 'stages', 'blackboard']) mkdirSync(join(home, folder));
  for (const [path, content] of Object.entries(files)) {
    if (path.endsWith('/')) mkdirSync(join(home, path), { recursive: true });
    else {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), content);
    }
  }
  return home;
}

/** The smallest stage. */
export function stage(name: string, more = ''): string {
  return `stage: ${name}\ncommand: [run]\n${more}`;
}

/** The smallest pipeline of these stages. */
export function pipeline(name: string, stages: readonly string[], more = ''): string {
  return `pipeline: ${name}\nstages:\n${stages.map((one) => `  - stage: ${one}\n`).join('')}${more}`;
}
