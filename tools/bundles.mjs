// What the build makes of the sources, by esbuild. Loaded by setup.mjs once everything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { blessedPlugin } from './blessed-plugin.mjs';
import { zodPlugin } from './zod-plugin.mjs';

// CommonJS packages inside an ESM bundle call `require` for Node's own modules.
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** The command: its code, named by its content, what V8 makes of it, and the small file that runs them. */
async function slate(root, common) {
  const { outputFiles } = await bundle({
    ...common,
    entryPoints: ['src/cli/main.ts'],
    format: 'cjs',
    write: false,
    define: { ...common.define, 'import.meta.url': '__url' },
    banner: { js: '(function(require,__url){"use strict";' },
    footer: { js: '})' },
  });
  const [{ contents }] = outputFiles;
  const name = `slate-${createHash('sha256').update(contents).digest('hex').slice(0, 16)}.cjs`;
  writeFileSync(join(root, 'dist', name), contents);
  const made = spawnSync(process.execPath, [join(root, 'tools', 'code-cache.mjs'), join(root, 'dist', name)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (made.status !== 0) throw new Error(`tools/code-cache.mjs failed (exit ${made.status ?? made.signal})`);
  await bundle({
    ...common,
    entryPoints: ['src/process/starter.ts'],
    outfile: 'dist/slate.js',
    define: { ...common.define, SLATEBOARD_CODE: JSON.stringify(`./${name}`) },
    banner: { js: '#!/usr/bin/env node' },
  });
  chmodSync(join(root, 'dist', 'slate.js'), 0o755);
}

/** Everything in `dist/` but the types. */
export async function bundleAll(root) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  mkdirSync(join(root, 'dist'), { recursive: true });
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    legalComments: 'none',
    minifyWhitespace: true,
    plugins: [blessedPlugin, zodPlugin],
    define: { SLATEBOARD_VERSION: JSON.stringify(version) },
  };
  const steps = readdirSync(join(root, 'stages')).filter((file) => file.endsWith('.ts'));
  await Promise.all([
    slate(root, common),
    bundle({ ...common, entryPoints: ['pipelines/demo/main.ts'], outfile: 'dist/demo.js', banner: { js: REQUIRE } }),
    bundle({ ...common, entryPoints: ['bench/main.ts'], outfile: 'dist/bench.js', banner: { js: REQUIRE } }),
    bundle({ ...common, entryPoints: ['src/index.ts'], outfile: 'dist/index.js', packages: 'external' }),
    bundle({
      ...common,
      entryPoints: steps.map((file) => `stages/${file}`),
      outdir: 'dist/stages',
      banner: { js: REQUIRE },
    }),
  ]);
}
