/** The template of an engine's job file, and what it may name. */
import type { EngineDefinition, JobNeeds, JobTemplate } from '../model/engine.ts';
import { compileTemplate, type TemplateNames } from './template.ts';

export const JOB_NAMES: TemplateNames = {
  names: ['run', 'name', 'board', 'count', 'cpus', 'memory', 'walltime', 'partition', 'account'],
};

/** What all jobs of one submission have in common. */
export interface JobFileContext {
  /** The line of shell that runs the job's step. */
  readonly run: string;
  /** The submission's name. */
  readonly name: string;
  readonly board: string;
  readonly count: number;
  readonly needs: JobNeeds;
}

/** The job file, as the engine gets it. @throws TemplateError */
export function renderJobFile(
  template: JobTemplate,
  { partition = '', account = '' }: EngineDefinition,
  { needs, ...context }: JobFileContext,
): string {
  const { milliCpus, memoryMb, walltimeMs } = needs;
  return compileTemplate(template.text, JOB_NAMES, template.file).render({
    ...context,
    cpus: Math.max(1, Math.ceil(milliCpus / 1000)),
    memory: memoryMb === 0 ? '' : Math.ceil(memoryMb),
    walltime: walltimeMs === undefined ? '' : Math.ceil(walltimeMs / 1000),
    partition,
    account,
  });
}
