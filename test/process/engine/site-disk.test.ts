/** What is asked of a site's disk, by a real shell on a folder that stands for it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { removeFoldersScript, unremovedIn } from '../../../src/process/engine/site-scripts.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

function makeRoot(): string {
  const root = fs.mkdtempSync(join(tmpdir(), 'slate-site-'));
  made.push(root);
  return root;
}

/** As an account that rights hold for. */
const PLAIN = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

it('removes folders without rights, says of the rest why, and goes on behind it', () => {
  const root = makeRoot();
  const folders = ['work/b/cache/deep', 'work/closed/x', 'work/b/last', 'work/b/dark'];
  for (const folder of folders) {
    fs.mkdirSync(join(root, folder), { recursive: true });
    fs.writeFileSync(join(root, folder, 'file'), '');
  }
  const [uid, gid] = [PLAIN.uid ?? process.getuid?.() ?? 0, PLAIN.gid ?? process.getgid?.() ?? 0];
  for (const name of ['', ...fs.readdirSync(root, { recursive: true, encoding: 'utf8' })])
    fs.chownSync(join(root, name), uid, gid);
  for (const folder of ['work/b/cache/deep', 'work/b/cache', 'work/closed']) fs.chmodSync(join(root, folder), 0o555);
  fs.chmodSync(join(root, 'work/b/dark'), 0);
  const script = removeFoldersScript(root, [
    'work/b/cache',
    'work/closed/x',
    'work/b/dark',
    'work/b/last',
    'work/b/none',
  ]);
  const { status, stdout } = spawnSync('sh', ['-s'], { input: script, encoding: 'utf8', ...PLAIN });
  fs.chmodSync(join(root, 'work/closed'), 0o755);
  expect([status, fs.readdirSync(join(root, 'work/b')), fs.existsSync(join(root, 'work/closed/x'))]).toEqual([
    0,
    [],
    true,
  ]);
  expect(unremovedIn(stdout)).toMatch(/work\/closed\/x.*denied/);
  expect(unremovedIn('begin\n')).toBe('');
});
