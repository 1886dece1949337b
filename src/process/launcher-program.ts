/**
 * What starts the steps where `launcher-python.ts` can't: a small program of its own, fed with one JSON line an order. It
 * is handed to `node -e` as text (`Function.toString`), so it may use nothing from outside itself but its parameters.
 *
 * Why a second process: `fork` costs time with the memory of who calls it, and a stage process may hold a large board;
 * and when the stage process dies, by `kill -9` too, the pipe between them closes, and the launcher ends every step
 * with its whole process group. Nothing is left running.
 */

/** To the launcher. */
export type LaunchOrder =
  | {
      readonly op: 'start';
      readonly id: number;
      readonly file: string;
      readonly args: readonly string[];
      readonly cwd: string;
      /** Added to the launcher's own environment. */
      readonly env: Readonly<Record<string, string>>;
      /** Output of the step, stdout and stderr, is appended to this file. */
      readonly log: string;
      /** Its input and output are the launcher's descriptors 3 and 4, given away with the first such order; only stderr goes to the log. */
      readonly service?: boolean;
    }
  | { readonly op: 'signal'; readonly id: number; readonly signal: NodeJS.Signals };

/** From the launcher. */
export type LaunchReport =
  /**
   * First of all: it can do what is wanted of it, and is given orders now. `pids`: a file of four bytes a running step,
   * its pid or zero, for whoever outlives the launcher. One without it reports each pid; that of a service is always reported.
   */
  | { readonly ready: true; readonly pids?: string }
  | { readonly id: number; readonly pid: number }
  | { readonly id: number; readonly code: number | null; readonly signal: NodeJS.Signals | number | null }
  /** It could not be started. `what`: `log` the log can't be opened, `program` it is not there or may not be run. */
  | { readonly id: number; readonly error: string; readonly errno: number; readonly what: 'log' | 'program' };

export interface LauncherModules {
  readonly fs: typeof import('node:fs');
  readonly child: typeof import('node:child_process');
  readonly readline: typeof import('node:readline');
}

export function launcherProgram({ fs, child, readline }: LauncherModules): void {
  /** Process group of each running step: its leader's pid. */
  const groups = new Map<number, number>();
  const report = (line: object): void => {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  const kill = (pid: number, signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // ESRCH: the group has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') console.error(`launcher: kill ${pid}: ${String(error)}`);
    }
  };
  const start = (order: Extract<LaunchOrder, { op: 'start' }>): void => {
    const { id } = order;
    const fail = (what: 'log' | 'program', error: NodeJS.ErrnoException): void =>
      report({ id, what, error: error.code ?? error.message, errno: error.errno ?? 0 });
    let log: number;
    try {
      log = fs.openSync(order.log, 'a');
    } catch (error) {
      fail('log', error as NodeJS.ErrnoException);
      return;
    }
    try {
      const step = child.spawn(order.file, order.args, {
        cwd: order.cwd,
        env: { ...process.env, ...order.env },
        stdio: order.service === true ? [3, 4, log] : ['ignore', log, log],
        detached: true,
      });
      // Who reads from a service must see its end.
      if (order.service === true) for (const fd of [3, 4]) fs.closeSync(fd);
      step.once('error', (error) => {
        if (step.pid === undefined) fail('program', error as NodeJS.ErrnoException);
      });
      const { pid } = step;
      if (pid === undefined) return;
      groups.set(id, pid);
      report({ id, pid });
      step.once('exit', (code, signal) => {
        groups.delete(id);
        // What the step left behind in its group.
        kill(pid, 'SIGKILL');
        report({ id, code, signal });
      });
    } catch (error) {
      fail('program', error as NodeJS.ErrnoException);
    } finally {
      fs.closeSync(log);
    }
  };
  const endAll = (): void => {
    for (const pid of groups.values()) kill(pid, 'SIGKILL');
    process.exit(0);
  };
  // Only the pipe tells it to end: signals meant for the terminal's group are the stage process's to answer.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.stdout.on('error', endAll);
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const order = JSON.parse(line) as LaunchOrder;
    if (order.op === 'start') {
      start(order);
      return;
    }
    const pid = groups.get(order.id);
    if (pid !== undefined) kill(pid, order.signal);
  });
  lines.on('close', endAll);
  report({ ready: true });
}
