/**
 * What one entry's step needs of its host, worked out before the entry is claimed: from its parameters and the size of its
 * input. A claim for a step that does not fit would have to be given back, and would raise the epoch each time.
 */
import fs from 'node:fs';
import { resolve } from 'node:path';
import { type FileSize, type NeedsContext, needsTemplates, TemplateError } from '../definitions/definitions.ts';
import type { StageDefinition } from '../model/definition.ts';
import { type Needs, NO_NEEDS, tryParseCpus, tryParseMemory } from '../model/demand.ts';
import { GB, MB } from '../model/size.ts';
import type { Board } from './board.ts';
import { type Params, parseContent } from './content.ts';
import { dueMs } from './delay.ts';
import { faultKind, faultText, isGone, isNoFile, isSystemError } from './errors.ts';
import { addedFor, mergedParams, officialTries } from './official.ts';
import type { Located } from './scan.ts';
import { officialProducts } from './tries.ts';

export type Need =
  | { readonly kind: 'known'; readonly needs: Needs }
  /** The entry is claimed all the same, and fails with this. */
  | { readonly kind: 'faulty'; readonly error: TemplateError }
  /** Its time has not come: nothing is asked for it. */
  | { readonly kind: 'early' }
  /** Can't be told now: it is asked again. */
  | { readonly kind: 'unknown'; readonly why: string };

/** Files below a folder that are counted; a step with more should say what it needs otherwise. */
const MOST_FILES = 100_000;

/** True if the stage's steps are counted against the host's budget. */
export function declaresNeeds({ cpus, memory }: StageDefinition): boolean {
  return cpus !== undefined || memory !== undefined;
}

/** What a step of this entry needs, as far as the stage declares any. Reads the entry's file. */
export function needsOf(board: Board, entry: Located, stage: StageDefinition): Need {
  let content: string;
  try {
    const read = board.fs.read(board.path(`${entry.folder}/${entry.file}`));
    if (dueMs(board, entry, read.identity.mtimeMs) > board.now()) return { kind: 'early' };
    content = read.content;
  } catch (error) {
    // Another user's, or no file at all: the claim finds out, and holds it.
    if (faultKind(error) === 'denied' || isNoFile(error)) return { kind: 'known', needs: NO_NEEDS };
    if (isGone(error)) return { kind: 'unknown', why: 'it has another name by now' };
    throw error;
  }
  const parsed = parseContent(content);
  // The claim finds out, and holds it.
  if (typeof parsed === 'string') return { kind: 'known', needs: NO_NEEDS };
  return evaluate(board, entry, stage, paramsNow(board, entry, stage, parsed.params));
}

/** With what the stages before have added. Where none is complete, nothing is looked for. */
function paramsNow(board: Board, { name }: Located, stage: StageDefinition, own: Params): Params {
  if (!name.letters.includes('c')) return own;
  return mergedParams(own, addedFor(board, name, board.column(stage.name), officialTries(board, name)));
}

function evaluate(board: Board, entry: Located, stage: StageDefinition, params: Params): Need {
  const templates = needsTemplates(stage);
  const context = contextOf(board, entry, stage, params);
  const one = (key: 'cpus' | 'memory', parse: (text: string) => number | undefined, form: string): number => {
    const own = params[`${stage.name}.${key}`];
    const text = own === undefined ? templates[key](context) : String(own);
    if (text === undefined) return 0;
    const value = parse(text);
    if (value !== undefined) return value;
    const where = own === undefined ? `${stage.file}: ${key}` : `parameter ${stage.name}.${key}`;
    throw new TemplateError(`${where} is '${text}' for this entry, and must be ${form}`);
  };
  try {
    const milliCpus = one('cpus', tryParseCpus, 'a number of cores, such as 2');
    const memoryMb = one('memory', tryParseMemory, 'a size with a unit, such as 8g');
    return { kind: 'known', needs: { milliCpus, memoryMb } };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const cause = systemCause(error);
    // What is not there is a fault of the entry; a disk that does not answer is none.
    if (cause !== undefined && !isGone(cause) && faultKind(cause) !== 'denied')
      return { kind: 'unknown', why: `${String(cause.path ?? 'its input')}: ${faultText(cause)}` };
    return { kind: 'faulty', error };
  }
}

function systemCause(error: unknown): NodeJS.ErrnoException | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (isSystemError(at)) return at;
  return undefined;
}

function contextOf(board: Board, { name }: Located, stage: StageDefinition, params: Params): NeedsContext {
  return {
    home: board.home,
    board: board.name,
    pipeline: board.config.pipeline,
    stage: stage.name,
    dataset: name.dataset,
    class: name.class,
    rank: String(name.rank).padStart(2, '0'),
    posted: name.posted,
    params,
    input: lazySize(() => inputSize(board.home, params.input)),
    sizes: lazySizes(board, name),
  };
}

/** Asked for only by templates that name it. */
function lazySize(measure: () => number): FileSize {
  let known: number | undefined;
  const bytes = (): number => {
    known ??= measure();
    return known;
  };
  return {
    get bytes() {
      return bytes();
    },
    get mb() {
      return bytes() / MB;
    },
    get gb() {
      return bytes() / GB;
    },
  };
}

function lazySizes(board: Board, name: Located['name']): Record<string, FileSize> {
  let products: Map<string, string> | undefined;
  const sizes: Record<string, FileSize> = {};
  for (const stage of board.stages) {
    Object.defineProperty(sizes, stage, {
      enumerable: true,
      get: () => {
        products ??= officialProducts(board, name);
        const folder = products.get(stage);
        return folder === undefined ? undefined : lazySize(() => sizeAt(board.path(folder)));
      },
    });
  }
  return sizes;
}

function inputSize(home: string, input: unknown): number {
  const paths = Array.isArray(input) ? input : [input];
  let bytes = 0;
  for (const path of paths) {
    if (typeof path !== 'string' || path === '') throw new TemplateError("this entry has no parameter 'input'");
    bytes += sizeAt(resolve(home, path));
  }
  return bytes;
}

/** Bytes of a file, or of all files below a folder. Links below are not followed. */
function sizeAt(path: string): number {
  let stat: fs.Stats;
  try {
    stat = fs.statSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new TemplateError(`${path}: ${faultText(error)}`, { cause: error });
  }
  if (!stat.isDirectory()) return stat.size;
  let bytes = 0;
  let files = 0;
  const folders = [path];
  for (let folder = folders.pop(); folder !== undefined && files < MOST_FILES; folder = folders.pop()) {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      files++;
      const inside = `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(inside);
      else bytes += fs.lstatSync(inside, { throwIfNoEntry: false })?.size ?? 0;
    }
  }
  return bytes;
}
