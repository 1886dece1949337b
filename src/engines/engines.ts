/** The engines that there are: a new one is a file of its own, and one line here. */
import type { EngineDefinition, EngineKind } from '../model/engine.ts';
import { type Client, clientAt } from './client.ts';
import type { Engine } from './engine.ts';
import { htcondor } from './htcondor.ts';
import { pbs } from './pbs.ts';
import { slurm } from './slurm.ts';

const ENGINES: Readonly<Record<EngineKind, (definition: EngineDefinition, client: Client) => Engine>> = {
  slurm,
  pbs,
  htcondor,
};

/** @param unwanted aborted when nobody waits for its answers any more */
export function makeEngine(definition: EngineDefinition, unwanted?: AbortSignal): Engine {
  return ENGINES[definition.kind](definition, clientAt(definition.site, unwanted));
}
