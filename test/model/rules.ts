/** Small pipelines for the tests of the state machine. */
import { graphOfStages, makeGraph } from '../../src/model/graph.ts';
import { type EntryName, formatName, parseName } from '../../src/model/name.ts';
import type { Event, Rules, Transition } from '../../src/model/transition.ts';
import { transition } from '../../src/model/transition.ts';

export interface RulesOptions {
  /** Stages that serve only the class `acs`. */
  readonly acsOnly?: readonly number[];
  readonly gathering?: readonly number[];
  readonly retries?: number;
}

export function rulesFrom(parents: readonly (readonly number[])[], options: RulesOptions = {}): Rules {
  return {
    graph: makeGraph(parents),
    stages: parents.map((_, column) => `s${column + 1}`),
    serves: (column, cls) => cls === 'acs' || options.acsOnly?.includes(column) !== true,
    gathers: (column) => options.gathering?.includes(column) === true,
    retries: () => options.retries ?? 3,
  };
}

/** `length` stages, one after the other. */
export function chain(length: number, options?: RulesOptions): Rules {
  return rulesFrom(
    Array.from({ length }, (_, column) => (column === 0 ? [] : [column - 1])),
    options,
  );
}

/** verify → calibrate → detect, preview → archive: the pipeline of the design. */
export const HST = [[], [0], [1], [1], [2, 3]];

export const hstGraph = graphOfStages([
  { stage: 'verify', after: [] },
  { stage: 'calibrate', after: ['verify'] },
  { stage: 'detect', after: ['calibrate'] },
  { stage: 'preview', after: ['calibrate'] },
  { stage: 'archive', after: ['detect', 'preview'] },
]);

/** A name from its short form `LETTERS[.EPOCH[.CLASS]][@TAGS]`. */
export function entry(short: string): EntryName {
  const [head = '', tags] = short.split('@');
  const [letters = '', epoch = '009', cls = '-'] = head.split('.');
  const parsed = parseName(`50.20261121T120000.${letters}.${epoch}.${cls}.a${tags === undefined ? '' : `@${tags}`}`);
  if (!parsed.ok) throw new Error(`${short}: ${parsed.why}`);
  return parsed.name;
}

/** The short form of a name, class left out. */
export function short(name: EntryName): string {
  const [, , letters, epoch, ...rest] = formatName(name).split('.');
  const tags = rest.join('.').split('@')[1];
  return `${letters}.${epoch}${tags === undefined ? '' : `@${tags}`}`;
}

/** `folder: letters.epoch@tags`, or `no: why`. */
export function moved(from: string, event: Event, rules: Rules): string {
  return said(transition(entry(from), event, rules));
}

export function said(result: Transition): string {
  if (result.ok) return `${result.folder}: ${short(result.name)}`;
  const first = result.finishFirst === undefined ? '' : ` (finish column ${result.finishFirst + 1} first)`;
  return `no: ${result.why}${first}`;
}
