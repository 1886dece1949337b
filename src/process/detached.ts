/** Programs that outlive the one that starts them: this program's own command line in a session of its own, its output in a file. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { isGone, isSystemError } from '../board/errors.ts';
import { startTicks } from '../board/host.ts';
import { APPEND_OWN, READ_OWN } from '../board/plain-file.ts';

export interface DetachedCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The script that node runs: `dist/slate.js`. */
  readonly script: string;
  /** Appended to; its folder is there. */
  readonly log: string;
}

export interface Detached {
  /** 0: it could not be started. */
  readonly pid: number;
  /** As the kernel counts it; empty where it does not say. */
  readonly startTicks: string;
  /** How it ended, if that is while this process lives; empty: well. */
  readonly ended: Promise<string>;
}

/** Never throws for the program's sake: what could not be started has ended. A log that can't be opened is left out. */
export function startDetached({ args, cwd, env, script, log }: DetachedCommand): Detached {
  const out = openLog(log);
  try {
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      env: { ...env },
      detached: true,
      stdio: ['ignore', out ?? 'ignore', out ?? 'ignore'],
    });
    child.unref();
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`it can't be started: ${error.message}`));
      child.once('exit', (code, signal) => {
        resolve(signal !== null ? `killed by ${signal}` : code === 0 ? '' : `exit code ${code}`);
      });
    });
    const pid = child.pid ?? 0;
    return { pid, startTicks: pid === 0 ? '' : startTicks(pid), ended };
  } finally {
    if (out !== undefined) fs.closeSync(out);
  }
}

function openLog(path: string): number | undefined {
  try {
    return fs.openSync(path, APPEND_OWN, 0o666);
  } catch (error) {
    // A full disk, or one that is read-only: to run matters more than to tell of it.
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}

/**
 * A log that has grown beyond `most` bytes is copied to `<log>.1` and cut: who writes goes on in the same file. What is
 * written between the two calls is lost.
 */
export function boundLog(path: string, most: number): void {
  try {
    const stat = fs.lstatSync(path);
    if (!stat.isFile() || stat.size <= most) return;
    // A new file, and not what may stand there: a link would be followed.
    fs.rmSync(`${path}.1`, { force: true });
    fs.copyFileSync(path, `${path}.1`, fs.constants.COPYFILE_EXCL);
    fs.truncateSync(path, 0);
  } catch (error) {
    // It is not there yet; or the disk refuses, and what can't be kept small now is so later.
    if (!isSystemError(error)) throw error;
  }
}

const TAIL_BYTES = 2_000;

/** The last line of a log, empty if there is none: what a process said before it died. */
export function lastLine(path: string): string {
  try {
    const fd = fs.openSync(path, READ_OWN);
    try {
      const { size } = fs.fstatSync(fd);
      const buffer = Buffer.alloc(Math.min(TAIL_BYTES, size));
      fs.readSync(fd, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8').trimEnd().split('\n').at(-1)?.trim() ?? '';
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return isGone(error) ? '' : '(its log can not be read)';
  }
}

/** Ends a process that has not come as far as to take orders; it may be gone. */
export function terminate(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
