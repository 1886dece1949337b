/** `engines.yaml` of a home → its engines. A home without the file has those that a bare kind names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_KINDS, type EngineDefinition, LOCAL, plainEngine } from '../model/engine.ts';
import { enginesShape } from './engine-schema.ts';
import type { Fault } from './fault.ts';
import { issueFaults } from './issues.ts';
import { keysAt } from './schema-doc.ts';
import { readSource, Source } from './source.ts';

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
      const { partition, account, walltime, options, setup, most, array, poll } = data;
      engines.set(name, {
        name,
        kind,
        partition,
        account,
        walltimeMs: walltime,
        options,
        setup,
        most,
        array,
        pollMs: poll,
      });
    }
  }
  return { engines, faults };
}
