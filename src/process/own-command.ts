/** Runs this program's own command line as a process of its own: the dashboard neither waits for it nor shares its fate. */
import { execa } from 'execa';

export interface OwnCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The script that node runs: `dist/slate.js`. */
  readonly script: string;
  readonly signal: AbortSignal;
}

export interface OwnResult {
  readonly exit: number;
  /** Both streams as they came, interleaved. */
  readonly lines: readonly string[];
  /** There was more than is kept. */
  readonly isCut: boolean;
}

const MOST_BYTES = 2_000_000;

/** Never throws: what could not be started is told in `lines`. */
export async function runOwnCommand({ args, cwd, env, script, signal }: OwnCommand): Promise<OwnResult> {
  const result = await execa(process.execPath, [script, ...args], {
    cwd,
    env,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    maxBuffer: MOST_BYTES,
    cancelSignal: signal,
    forceKillAfterDelay: 3_000,
  });
  const text = result.all ?? '';
  const lines = text === '' ? [] : text.split('\n');
  if (result.isCanceled) lines.push('stopped');
  else if (result.exitCode === undefined && !result.isMaxBuffer)
    lines.push(result.originalMessage ?? 'it could not be started');
  return { exit: result.exitCode ?? 1, lines, isCut: result.isMaxBuffer };
}
