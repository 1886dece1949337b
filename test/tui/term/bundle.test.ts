/** The dashboard's terminal as it is shipped: one file, nothing beside it, loaded only when it is asked for. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const ENTRY = `
import { PassThrough, Writable } from 'node:stream';
import { surroundingsOf } from './src/tui/term/surroundings.ts';
const before = globalThis.blessedHasLoaded === true;
const { Terminal } = await import('./src/tui/term/terminal.ts');
const { Surface } = await import('./src/tui/surface.ts');
let bytes = '';
const output = new Writable({ decodeStrings: false, write(text, encoding, done) { bytes += text; done(); } });
Object.assign(output, { columns: 40, rows: 5 });
const surroundings = surroundingsOf({ TERM: 'tmux-256color', LANG: 'C.UTF-8' });
const terminal = Terminal.open({ input: new PassThrough(), output, surroundings, jobs: process });
const surface = new Surface(40, 5);
surface.canvas.put(0, 0, '日本 hello │', 9 << 9 | 0x1ff);
terminal.paint(surface);
terminal.close();
console.log(JSON.stringify({ before, after: globalThis.blessedHasLoaded === true, bytes }));
`;

const MARK: Plugin = {
  name: 'mark',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]blessed[\\/]lib[\\/]program\.js$/ }, ({ path }) => ({
      contents: `globalThis.blessedHasLoaded = true;\n${readFileSync(path, 'utf8')}`,
    }));
  },
};

let folder: string;
let blessedPlugin: Plugin;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slate-bundle-'));
  // As the build loads it.
  ({ blessedPlugin } = (await import(join(ROOT, 'tools/blessed-plugin.mjs'))) as { blessedPlugin: Plugin });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the bundle', () => {
  it('needs nothing beside it, and loads blessed only with the terminal', async () => {
    const outfile = join(folder, 'bundle.mjs');
    const { warnings } = await build({
      stdin: { contents: ENTRY, resolveDir: ROOT, loader: 'ts' },
      absWorkingDir: ROOT,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'silent',
      banner: { js: REQUIRE },
      plugins: [MARK, blessedPlugin],
      outfile,
    });
    expect(warnings).toEqual([]);
    const env = { ...process.env, TERM: 'screen-256color', TERMINFO: '/nonexistent', TMUX: '' };
    const said = execFileSync(process.execPath, [outfile], { cwd: folder, env, encoding: 'utf8' });
    const { before, after, bytes } = JSON.parse(said) as { before: boolean; after: boolean; bytes: string };
    expect([before, after]).toEqual([false, true]);
    expect(bytes).toContain('\x1b[91m日本 hello │\x1b[m');
    expect(bytes).toContain('\x1b[?1049l');
  });

  it('of the command line reaches the terminal by a dynamic import only', async () => {
    const { metafile } = await build({
      entryPoints: ['src/cli/main.ts'],
      absWorkingDir: ROOT,
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      plugins: [blessedPlugin],
      outdir: dirname(join(folder, 'none')),
    });
    const reached = new Set<string>(['src/cli/main.ts']);
    for (const file of reached) {
      for (const { path, kind } of metafile.inputs[file]?.imports ?? [])
        if (kind !== 'dynamic-import') reached.add(path);
    }
    expect(reached.size).toBeGreaterThan(100);
    expect([...reached].filter((file) => file.includes('/blessed'))).toEqual([]);
    expect(Object.keys(metafile.inputs)).toContain('src/tui/term/blessed.ts');
  });
});
