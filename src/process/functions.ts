/** Steps that are functions of this process: run like programs, with an abort signal in place of TERM. */
import { appendFileSync } from 'node:fs';
import type { LaunchEnd, Running } from './launcher.ts';
import type { StepFunction } from './options.ts';
import type { StepTask } from './step.ts';

const SIGTERM_NUMBER = 15;

async function call(step: StepFunction, task: StepTask, signal: AbortSignal): Promise<LaunchEnd> {
  try {
    const code = (await step(task, signal)) ?? 0;
    return signal.aborted ? { kind: 'signal', signal: SIGTERM_NUMBER } : { kind: 'exit', code };
  } catch (error) {
    if (signal.aborted) return { kind: 'signal', signal: SIGTERM_NUMBER };
    appendFileSync(task.log, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return { kind: 'exit', code: 1 };
  }
}

export function runFunction(step: StepFunction, task: StepTask): Running {
  const abort = new AbortController();
  return {
    ended: call(step, task, abort.signal),
    signal: (signal) => {
      if (signal === 'SIGTERM' || signal === 'SIGKILL') abort.abort();
    },
  };
}
