import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './support.ts';

const REQUIRE = "import { createRequire as __make } from 'node:module'; const require = __make(import.meta.url);";

/** Step programs as they are built, in a folder of their own. */
export class Programs {
  readonly home = mkdtempSync(join(tmpdir(), 'stages-'));

  async build(steps: readonly string[]): Promise<void> {
    await build({
      entryPoints: steps.map((step) => join(ROOT, 'stages', `${step}.ts`)),
      outdir: join(this.home, 'dist', 'stages'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
      banner: { js: REQUIRE },
    });
    writeFileSync(join(this.home, 'package.json'), '{"name": "slateboard", "version": "9.8.7", "type": "module"}');
  }

  run(step: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const program = join(this.home, 'dist', 'stages', `${step}.js`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], {
      env: { PATH: process.env.PATH, ...env },
      cwd: this.home,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  path(...parts: string[]): string {
    return join(this.home, ...parts);
  }

  remove(): void {
    rmSync(this.home, { recursive: true });
  }
}
