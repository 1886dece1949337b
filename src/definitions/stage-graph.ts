/**
 * The graph of a pipeline's stages, checked on the plain data: what can be read of `stages` is checked, whatever is wrong
 * beside it, and nothing is said that only follows from what can't be read.
 */

import { findCycle } from '../model/graph.ts';
import { nearest } from '../model/suggest.ts';
import type { Fault } from './fault.ts';
import { keysAt } from './schema-doc.ts';
import { STAGE_NAME } from './shapes.ts';
import { isRecord, type Path, type Place, type Source } from './source.ts';

export interface StageGraph {
  readonly faults: readonly Fault[];
  /** The stages that can be read, each once. */
  readonly columns: ReadonlyArray<{ readonly stage: string; readonly place: Place }>;
  /** Undefined: what comes after what is not certain. */
  readonly sound: ReadonlyArray<{ readonly stage: string; readonly after: readonly string[] }> | undefined;
}

/** A pipeline has at most 32 stages; of a longer list no more than this is looked at. */
const MOST = 100;

interface Item {
  readonly stage: string | undefined;
  /** Undefined: can't be told. The place is that of the name in the list. */
  readonly after: ReadonlyArray<{ readonly stage: string; readonly path: Path }> | undefined;
  readonly whole: boolean;
  /** Words that may be the name that can't be read. */
  readonly words: readonly string[];
}

export function checkStageGraph(source: Source, stages: unknown): StageGraph {
  const raw: readonly unknown[] = Array.isArray(stages) ? stages.slice(0, MOST) : [];
  const names = raw.map(nameOf);
  const items = raw.map((item, index) => read(item, index, names));
  const first = (name: string) => names.indexOf(name);
  const isFirst = (index: number) => names[index] !== undefined && first(names[index]) === index;

  const faults: Fault[] = [];
  const known = [...new Set(names.filter((name) => name !== undefined))];
  const nameless = items.filter(({ stage }) => stage === undefined);
  const words = nameless.flatMap((item) => item.words);
  const anyMissing =
    nameless.some((item) => item.words.length === 0) || (Array.isArray(stages) && stages.length > MOST);
  for (const [index, { stage, after }] of items.entries()) {
    if (stage !== undefined && !isFirst(index)) {
      faults.push(source.fault(['stages', index, 'stage'], `stage '${stage}' stands here a second time`));
    }
    const seen = new Set<string>();
    for (const parent of isImplied(raw[index]) ? [] : (after ?? [])) {
      const { path } = parent;
      if (parent.stage === stage) faults.push(source.fault(path, `stage '${stage}' can't come after itself`));
      else if (known.includes(parent.stage)) {
        if (seen.has(parent.stage)) faults.push(source.fault(path, `'${parent.stage}' is named twice`));
      } else if (!anyMissing && !words.includes(parent.stage)) {
        const near = nearest(parent.stage, known);
        const hint = near === undefined ? `its stages are ${known.join(', ')}` : `did you mean '${near}'?`;
        faults.push(source.fault(path, `no stage '${parent.stage}' in this pipeline`, hint));
      }
      seen.add(parent.stage);
    }
  }
  const parents = items.map(({ stage, after }, index) => {
    // A stage that stands twice is taken where it stands first; what only follows the second one is not certain.
    if (!isFirst(index) || (isImplied(raw[index]) && index > 0 && !isFirst(index - 1))) return [];
    return (after ?? []).filter((parent) => parent.stage !== stage && first(parent.stage) >= 0);
  });
  faults.push(
    ...cycleFaults(
      source,
      names,
      parents.map((list) => [...new Set(list.map(({ stage }) => first(stage)))]),
    ),
  );

  const certain = Array.isArray(stages) && stages.length <= MOST && faults.length === 0;
  return {
    faults,
    columns: names.flatMap((stage, index) =>
      stage === undefined || !isFirst(index) ? [] : [{ stage, place: source.placeOf(['stages', index, 'stage']) }],
    ),
    sound:
      certain && items.every(({ stage, whole }) => stage !== undefined && whole)
        ? items.map(({ stage = '', after = [] }) => ({ stage, after: after.map((parent) => parent.stage) }))
        : undefined,
  };
}

/** A name that stands where a mapping belongs is meant as the stage's name. */
function nameOf(item: unknown): string | undefined {
  const name = isRecord(item) ? item.stage : item;
  return typeof name === 'string' && STAGE_NAME.test(name) ? name : undefined;
}

function isImplied(item: unknown): boolean {
  return !isRecord(item) || item.after === undefined;
}

function read(item: unknown, index: number, names: ReadonlyArray<string | undefined>): Item {
  const stage = names[index];
  const before = names[index - 1];
  const implied =
    index === 0 ? [] : before === undefined ? undefined : [{ stage: before, path: ['stages', index] as Path }];
  if (!isRecord(item)) return { stage, after: implied, whole: implied !== undefined, words: [] };
  const keys = keysAt('pipeline', ['stages', 0]);
  const unknown = Object.keys(item).filter((key) => !keys.includes(key));
  const words = [item.stage, ...unknown, ...unknown.map((key) => item[key])].flatMap((word) =>
    typeof word === 'string' ? [word, word.toLowerCase()] : [],
  );
  if (item.after === undefined) {
    // `afer: [x]` is not "after the stage before it".
    const meant = unknown.some((key) => (nearest(key, keys) ?? 'after') === 'after');
    const after = meant ? undefined : implied;
    return { stage, after, whole: after !== undefined, words };
  }
  const list: unknown = typeof item.after === 'string' ? [item.after] : item.after;
  if (!Array.isArray(list)) return { stage, after: undefined, whole: false, words };
  const after = list.flatMap((parent: unknown, at) =>
    typeof parent === 'string' && STAGE_NAME.test(parent)
      ? [{ stage: parent, path: ['stages', index, 'after', at] as Path }]
      : [],
  );
  return { stage, after, whole: after.length === list.length, words };
}

/** Each cycle once; two that share a step are told as one. */
function cycleFaults(source: Source, names: ReadonlyArray<string | undefined>, parents: number[][]): Fault[] {
  const faults: Fault[] = [];
  for (let cycle = findCycle(parents); cycle !== undefined; cycle = findCycle(parents)) {
    for (const [at, column] of cycle.slice(1).entries()) {
      const parent = cycle[at];
      parents[column] = (parents[column] ?? []).filter((one) => one !== parent);
    }
    const first = Math.min(...cycle);
    // Told from its first column on, whatever parent it was found by.
    const ring = cycle.slice(0, -1);
    const start = ring.indexOf(first);
    const told = [...ring.slice(start), ...ring.slice(0, start), first].map((column) => names[column]).join(' → ');
    faults.push(source.fault(['stages', first, 'after'], `these stages wait for each other: ${told}`));
  }
  return faults;
}
