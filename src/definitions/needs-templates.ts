/** The templates of what a stage's step needs of its host. They are rendered before the claim, and see what is known then. */

import type { StageDefinition } from '../model/definition.ts';
import { compileTemplate, type TemplateNames } from './template.ts';

/** What `cpus` and `memory` of a stage see: what is known of an entry before it is claimed. */
export interface NeedsContext {
  readonly home: string;
  readonly board: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly dataset: string;
  readonly class: string;
  readonly rank: string;
  readonly posted: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Size of the file or files that the parameter `input` names. */
  readonly input: FileSize;
  /** Earlier stage → size of its official products. */
  readonly sizes: Readonly<Record<string, FileSize>>;
}

export interface FileSize {
  readonly bytes: number;
  readonly mb: number;
  readonly gb: number;
}

export const NEEDS_NAMES: TemplateNames = {
  names: ['home', 'board', 'pipeline', 'stage', 'dataset', 'class', 'rank', 'posted', 'params', 'input', 'sizes'],
  members: { input: ['bytes', 'mb', 'gb'] },
};

export interface NeedsTemplates {
  /** Undefined: the stage declares none. @throws TemplateError */
  cpus(context: NeedsContext): string | undefined;
  memory(context: NeedsContext): string | undefined;
}

const needsCache = new WeakMap<StageDefinition, NeedsTemplates>();

/** The templates of what a loaded stage needs; compiled at the first call. */
export function needsTemplates(stage: StageDefinition): NeedsTemplates {
  const cached = needsCache.get(stage);
  if (cached !== undefined) return cached;
  const compile = (key: 'cpus' | 'memory') => {
    const text = stage[key];
    const template = text === undefined ? undefined : compileTemplate(text, NEEDS_NAMES, `${stage.file}: ${key}`);
    return (context: NeedsContext) => template?.render({ ...context });
  };
  const templates = { cpus: compile('cpus'), memory: compile('memory') };
  needsCache.set(stage, templates);
  return templates;
}
