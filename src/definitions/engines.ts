/** `engines.yaml` of a home → its engines. A home without the file has those that a bare kind names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  ENGINE_KINDS,
  type EngineDefinition,
  type EngineKind,
  type JobTemplate,
  LOCAL,
  plainEngine,
} from '../model/engine.ts';
import { optionFaults } from './engine-options.ts';
import { type EngineShape, enginesShape } from './engine-schema.ts';
import type { Fault } from './fault.ts';
import { issueFaults } from './issues.ts';
import { JOB_NAMES, renderJobFile } from './job-template.ts';
import { keysAt } from './schema-doc.ts';
import { readySite, siteNamed } from './sites.ts';
import { readSource, readText, Source } from './source.ts';
import { TemplateError } from './template.ts';
import { directiveFaults } from './template-directives.ts';
import { checkTemplateFile } from './templates.ts';

export const ENGINES_FILE = 'engines.yaml';

export interface ParsedEngines {
  /** By name; a kind that no entry names stands for itself. */
  readonly engines: ReadonlyMap<string, EngineDefinition>;
  readonly faults: readonly Fault[];
}

const PLAIN = ENGINE_KINDS.map((kind) => [kind, plainEngine(kind)] as const);

export function readEngines(home: string): ParsedEngines {
  if (!existsSync(join(home, ENGINES_FILE))) return { engines: new Map(PLAIN), faults: [] };
  const source = readSource(home, ENGINES_FILE);
  if (!(source instanceof Source)) return { engines: new Map(PLAIN), faults: [source] };
  if (source.data === undefined) return { engines: new Map(PLAIN), faults: source.faults };
  const faults: Fault[] = [...source.faults];
  const result = enginesShape.safeParse(source.data);
  if (!result.success)
    faults.push(
      ...issueFaults(source, result.error.issues, (path) => (path.length < 2 ? [] : keysAt('engine', path.slice(2)))),
    );
  const engines = new Map<string, EngineDefinition>(PLAIN);
  for (const [name, data] of Object.entries(result.data?.engines ?? {})) {
    const kind = data.kind ?? ENGINE_KINDS.find((one) => one === name);
    if (name === LOCAL) {
      const message = `'${LOCAL}' is where steps run that name no engine: it can't be another`;
      faults.push(source.faultAt(source.keyPlaceOf(['engines', name]), message, 'give the engine another name'));
    } else if (kind === undefined) {
      const hint = `one of ${ENGINE_KINDS.join(', ')}`;
      faults.push(source.fault(['engines', name], `engine '${name}' does not say its kind`, hint));
    } else {
      for (const { path, message, hint } of optionFaults(kind, data))
        faults.push(source.fault(['engines', name, ...path], message, hint));
      const { partition, account, walltime, options, setup, most, array, poll } = data;
      const template = templateOf(home, source, name, data, kind);
      faults.push(...template.faults);
      const site =
        data.site === undefined ? undefined : siteNamed(source, ['engines', name, 'site'], data.site, home, faults);
      engines.set(name, {
        name,
        kind,
        partition,
        account,
        walltimeMs: walltime,
        options,
        setup,
        template: template.template,
        most,
        array,
        pollMs: poll,
        ...(site === undefined ? {} : { site: readySite(site, home) }),
      });
    }
  }
  return { engines, faults };
}

/** What only shows when it is rendered. */
function trialFaults(template: JobTemplate): Fault[] {
  const needs = { milliCpus: 1_000, memoryMb: 1_000, walltimeMs: 60_000 };
  try {
    renderJobFile(template, plainEngine('slurm'), { run: 'step', name: 'k3f1.1', board: 'b', count: 2, needs });
    return [];
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [{ file: template.file, line: 1, column: 1, message: error.message }];
  }
}

/** The engine's job file, read and checked. */
function templateOf(
  home: string,
  source: Source,
  name: string,
  { template: file, setup }: EngineShape,
  kind: EngineKind,
): { readonly template: JobTemplate | undefined; readonly faults: readonly Fault[] } {
  if (file === undefined) return { template: undefined, faults: [] };
  const place = source.placeOf(['engines', name, 'template']);
  const faults: Fault[] = [];
  if (setup !== '')
    faults.push(source.faultAt(place, "'setup' and 'template' are both given", 'write its lines into the template'));
  const read = readText(home, file);
  if ('message' in read) {
    faults.push(source.faultAt(place, `the template ${file} ${read.message}`, read.hint));
    return { template: undefined, faults };
  }
  const checked = checkTemplateFile(file, read.text, JOB_NAMES);
  faults.push(...checked.faults);
  if (!/\{\{-?\s*run\b/.test(read.text)) {
    const hint = 'write {{ run }} on a line of its own, where the step is to run';
    faults.push({ file, line: 1, column: 1, message: 'the step is never run', hint });
  }
  const template = { file, text: read.text };
  if (checked.faults.length === 0) faults.push(...trialFaults(template), ...directiveFaults(kind, template));
  return { template, faults };
}
