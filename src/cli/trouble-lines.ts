/** What engines refuse, in lines and as a document. Pure. */
import { type ToldTrouble, troubleWords } from '../model/engine-trouble.ts';
import { timeText } from './job-lines.ts';

/** What is wrong, the engine's own words, what to do. */
export function troubleText(told: ToldTrouble, nowMs: number): string {
  const { head, why, advice } = troubleWords(told, nowMs, (ms) => timeText(ms, nowMs));
  const who = told.processes.map(({ id, host }) => `${id} on ${host}`).join(', ');
  return `${head}, says ${who}:\n  ${why}\n  ${advice}`;
}

export function troubleJson(told: ToldTrouble, nowMs: number): Record<string, unknown> {
  const { what, engine, kind, site, stages, why, since, again, processes } = told;
  const { advice } = troubleWords(told, nowMs, (ms) => timeText(ms, nowMs));
  return { what, engine, kind, site: site ?? null, stages, why, since, again: again ?? null, processes, advice };
}
