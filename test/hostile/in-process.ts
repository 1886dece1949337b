/** The command line without a process of its own: for tables of many words. */
import { Readable, Writable } from 'node:stream';
import { Output } from '../../src/cli/output.ts';
import { runCommandLine } from '../../src/cli/run.ts';
import type { World } from '../../src/cli/session.ts';
import type { Ran } from '../helpers/home.ts';

/** As `slate`, in this process. */
export async function told(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      stdout += chunk.toString();
      done();
    },
  });
  const world: World = {
    out: new Output(stream),
    env,
    cwd: '/',
    stdin: Readable.from([Buffer.from(input)]) as unknown as World['stdin'],
    isTTY: { stdin: false, stdout: false, stderr: false },
    columns: undefined,
    say: (text) => {
      stderr += text;
    },
  };
  const code = await runCommandLine(['--home', home, ...args], world);
  return { code, stdout, stderr };
}
