/** How an instance of a service ended, in words, and what that is for the entry that it had in hand. */
import { UNFIT } from '../../model/name.ts';
import { quoteLine, type ServiceAnswer } from '../../model/service-line.ts';
import type { LaunchEnd, RunEnd } from '../launcher.ts';

/** Cause of a try over which a service has said what can't be understood. */
export const PROTOCOL = 'protocol';

export interface Death {
  /** `stopped`: it was told to; `absent`: its program is not there or may not be run; `slow`: not ready in time. */
  readonly kind: 'stopped' | 'died' | 'protocol' | 'slow' | 'launcher' | 'absent';
  /** In words: how it ended, and what it said last. */
  readonly why: string;
}

/** @param lastLine what it said last, or nothing */
export function deathOf(end: LaunchEnd, lastLine: () => string): Death {
  switch (end.kind) {
    case 'broken':
      return { kind: 'launcher', why: 'what started it died' };
    case 'unstartable':
      return { kind: end.what === 'program' ? 'absent' : 'died', why: `it can't be started: ${end.error}` };
    case 'exit':
    case 'signal': {
      const last = lastLine();
      const how = end.kind === 'exit' ? `exit code ${end.code}` : `signal ${end.signal}`;
      return { kind: 'died', why: last === '' ? how : `${how}; last it said: ${quoteLine(last)}` };
    }
  }
}

/** @param fault why the answer could not be taken */
export function endOfAnswer({ end }: ServiceAnswer, fault: string | undefined): RunEnd {
  if (fault !== undefined) return { kind: 'broke', cause: UNFIT, reason: fault, code: null, signal: null };
  return 'exit' in end ? { kind: 'exit', code: end.exit } : { kind: 'told', outcome: end.outcome };
}

/** Nobody but the service is to blame for its end. */
export function endOfEntry(end: LaunchEnd, death: Death): RunEnd {
  if (end.kind === 'broken' || end.kind === 'unstartable') return end;
  const code = end.kind === 'exit' ? end.code : null;
  const signal = end.kind === 'signal' ? end.signal : null;
  if (death.kind === 'protocol')
    return { kind: 'broke', cause: PROTOCOL, reason: `service ${death.why}`, code, signal };
  const cause = code === null ? `s${signal}` : `x${code}`;
  return { kind: 'broke', cause, reason: `service died: ${death.why}`, code, signal };
}
