/**
 * Names of what a transactional board shows: `published/<dataset>` → `products/<dataset>/<posted>/.view.<n>/`, a folder of
 * links to the products that were official when it was made. Pure.
 */
import { datasetFault, formatEpoch, parseEpoch, parsePosted, stageNameFault } from './fields.ts';
import { productsFolder } from './files.ts';

export const PUBLISHED_FOLDER = 'published';
const VIEW = /^\.view\.(\d{3,9})(?:\.(ok|gone))?$/;

/** One view of a run; a run's views are counted from 1. */
export interface ViewName {
  readonly dataset: string;
  readonly posted: string;
  readonly number: number;
}

/** The symbolic link that readers follow. */
export function publishedLink(dataset: string): string {
  return `${PUBLISHED_FOLDER}/${dataset}`;
}

/** The same in the making; its name says what it points to, so that whoever finds it may use it. */
export function newPublishedLink({ dataset, posted, number }: ViewName): string {
  return `${PUBLISHED_FOLDER}/.${dataset}.${posted}.${formatEpoch(number)}`;
}

export function viewFolder({ dataset, posted, number }: ViewName): string {
  return `${productsFolder(dataset, posted)}/.view.${formatEpoch(number)}`;
}

/** `ok`: it has been shown; `gone`: it was, and its run has been given up. */
export type ViewMark = 'ok' | 'gone';

export function viewMark(name: ViewName, mark: ViewMark): string {
  return `${viewFolder(name)}.${mark}`;
}

/** Reads a name in `products/<dataset>/<posted>/`: a view, or its mark. Undefined for every other file. */
export function parseViewName(file: string): { number: number; mark: ViewMark | undefined } | undefined {
  const match = VIEW.exec(file);
  const number = parseEpoch(match?.[1] ?? '');
  return number === undefined ? undefined : { number, mark: match?.[2] as ViewMark | undefined };
}

/** What `published/<dataset>` holds. */
export function viewTarget(name: ViewName): string {
  return `../${viewFolder(name)}`;
}

/** Undefined: it was made by somebody else, and points elsewhere. */
export function parseViewTarget(target: string): ViewName | undefined {
  const [up, products, dataset = '', posted = '', view = '', ...more] = target.split('/');
  if (up !== '..' || products !== 'products' || more.length > 0 || datasetFault(dataset) !== undefined)
    return undefined;
  const parsed = parseViewName(view);
  if (parsed === undefined || parsed.mark !== undefined || parsePosted(posted) === undefined) return undefined;
  return { dataset, posted, number: parsed.number };
}

/** A stage's products, as its link in a view holds it. */
export function productsTarget(stage: string, epoch: number): string {
  return `../${stage}.${formatEpoch(epoch)}`;
}

export function parseProductsTarget(target: string): { stage: string; epoch: number } | undefined {
  const [up, name = '', ...more] = target.split('/');
  const [stage = '', epochText = '', ...rest] = name.split('.');
  const epoch = parseEpoch(epochText);
  if (up !== '..' || more.length + rest.length > 0 || epoch === undefined || stageNameFault(stage) !== undefined)
    return undefined;
  return { stage, epoch };
}
