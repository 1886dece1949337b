/** The command with a defect: built from the sources with some texts of them replaced, into a folder of its own. */
import fs from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundlePlugins } from '../../helpers/bundle.ts';
import { ROOT } from '../../helpers/home.ts';

export interface Edit {
  /** Below `src/`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** @throws Error if the text is not there, or more than once: the code has changed, and the defect must follow it. */
export function edited(text: string, { file, from, to }: Edit): string {
  const count = text.split(from).length - 1;
  if (count !== 1) throw new Error(`src/${file} has the text ${count} times that a defect replaces: ${from}`);
  return text.replace(from, () => to);
}

/** @returns the built command */
export async function buildMutant(folder: string, name: string, edits: readonly Edit[]): Promise<string> {
  const pending = new Set(edits);
  const plugin: Plugin = {
    name: 'defect',
    setup(context) {
      context.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const own = edits.filter(({ file }) => path === join(ROOT, 'src', file));
        if (own.length === 0) return undefined;
        for (const edit of own) pending.delete(edit);
        return { contents: own.reduce(edited, fs.readFileSync(path, 'utf8')), loader: 'ts' };
      });
    },
  };
  const outfile = join(folder, `${name.replaceAll(/[^a-z]+/g, '-')}.mjs`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/cli/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    banner: { js: BANNER },
    define: { SLATEBOARD_VERSION: '"defect"' },
    plugins: [plugin, ...(await bundlePlugins())],
  });
  for (const { file } of pending) throw new Error(`src/${file} is no part of the command`);
  return outfile;
}
