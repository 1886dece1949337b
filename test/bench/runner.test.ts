import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runSuites } from '../../bench/runner.ts';

const program = fileURLToPath(new URL('../fixtures/bench/suite.mjs', import.meta.url));

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'slate-runner-'));
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
});

afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function run(...names: string[]) {
  const load = () => Promise.reject(new Error('not loaded here'));
  const suites = names.map((name) => ({ name, limitSeconds: name === 'hangs' ? 1 : 60, load }));
  return runSuites(suites, { root: '/the/project', program, folder, quick: true });
}

/** A killed process may stay a zombie until somebody asks for its end. */
function isRunning(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('runSuites', () => {
  it('gives what a suite told from its own process, in its own folder', async () => {
    const [result] = await run('works');
    expect(result).toMatchObject({ name: 'works', about: 'About.', isFailed: false });
    expect(result?.rows).toHaveLength(1);
    expect(result?.rows[0]).toMatchObject({ what: 'w', value: undefined, note: 'quick: true' });
    expect(fs.readdirSync(folder)).toEqual(['works']);
  });

  it('goes on after one that throws and one that dies, and says why they have no rows', async () => {
    const results = await run('throws', 'dies', 'works');
    expect(results.map(({ isFailed }) => isFailed)).toEqual([true, true, false]);
    expect(results[0]?.rows).toMatchObject([
      { what: 'suite throws', value: undefined, note: 'no such thing: FOLDER/throws/x' },
    ]);
    expect(results[1]?.rows).toMatchObject([{ what: 'suite dies', note: 'ended with SIGKILL' }]);
  });

  it('stops one that hangs, with all that it has started', async () => {
    const [result] = await run('hangs');
    expect(result?.rows).toMatchObject([{ what: 'suite hangs', note: 'stopped after 1 s' }]);
    const pid = fs.readFileSync(join(folder, 'hangs', 'pid'), 'utf8');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });
  });
});
