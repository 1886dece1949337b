/** The libraries that are preloaded into commands, built when they are needed. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));

export interface Library {
  readonly path: string;
  /** For after the last test that uses it. */
  readonly remove: () => void;
}

export function preload(name: 'lost-reply' | 'clock-shift'): Library {
  const folder = fs.mkdtempSync(join(tmpdir(), 'slate-preload-'));
  const path = join(folder, `${name}.so`);
  execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-o', path, join(HERE, `${name}.c`), '-ldl']);
  return {
    path,
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

/** The environment of a command that loses answers. */
export function lossy(library: string, home: string, when: string, as: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: library,
    LOST_PATH: join(home, 'blackboard', 'b', '/'),
    LOST_WHEN: when,
    LOST_AS: as,
    LOST_LOG: `${home}.answers`,
  };
}

export interface Answers {
  /** All calls, in their order. */
  readonly calls: readonly { readonly kind: string; readonly nth: number }[];
  /** Those whose answer was lost: `rename EIO`. */
  readonly lost: readonly string[];
}

/** What the library has told; its log is removed. */
export function answers(home: string): Answers {
  const log = `${home}.answers`;
  if (!fs.existsSync(log)) return { calls: [], lost: [] };
  const lines = fs.readFileSync(log, 'utf8').trimEnd().split('\n');
  fs.rmSync(log);
  const calls = lines.map((line, index) => {
    const [call = '', , path = ''] = line.replace(/^lost /, '').split(' ');
    return { kind: `${call} ${path.split('/')[0]}`, nth: index + 1 };
  });
  const lost = lines.filter((line) => line.startsWith('lost ')).map((line) => line.split(' ').slice(1, 3).join(' '));
  return { calls, lost };
}
