/** What a bundle of the command needs beside esbuild's own, as `tools/setup.mjs` gives it. */
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { ROOT } from './home.ts';

export async function bundlePlugins(): Promise<Plugin[]> {
  const { blessedPlugin } = (await import(join(ROOT, 'tools', 'blessed-plugin.mjs'))) as { blessedPlugin: Plugin };
  const { zodPlugin } = (await import(join(ROOT, 'tools', 'zod-plugin.mjs'))) as { zodPlugin: Plugin };
  return [blessedPlugin, zodPlugin];
}
