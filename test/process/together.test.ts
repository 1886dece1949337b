/** What is said in one turn is written once, in order, and before anything else happens. */
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { Together } from '../../src/process/together.ts';

test('one write a turn, before timers and before the next turn', async () => {
  const written: string[] = [];
  const lines = new Together((text) => written.push(text));
  lines.add('a\n');
  lines.add('b\n');
  expect(written).toEqual([]);
  const atTimer = new Promise<string[]>((resolve) => setImmediate(() => resolve([...written])));
  await Promise.resolve();
  expect(written).toEqual(['a\nb\n']);
  lines.add('c\n');
  lines.flush();
  lines.flush();
  expect(written).toEqual(['a\nb\n', 'c\n']);
  expect(await atTimer).toEqual(['a\nb\n', 'c\n']);
});

test('the last lines of a process that ends at once, or fails, reach stderr', async () => {
  for (const end of ['process.exit(3)', 'throw new Error("fault")']) {
    const contents = `import { stderrLog } from './stderr-log.ts'; stderrLog('signal', 'last'); ${end}`;
    const resolveDir = fileURLToPath(new URL('../../src/process', import.meta.url));
    const { outputFiles } = buildSync({
      stdin: { contents, resolveDir },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    });
    const args = ['--input-type=module', '-e', outputFiles[0]?.text ?? ''];
    const { stderr } = await execa(process.execPath, args, { reject: false });
    expect(stderr).toMatch(/ warn signal: last$/m);
  }
});
