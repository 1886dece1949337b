/** What the dashboard's root is made of, and what it asks of the app. Pure. */
import type { Data } from './data.ts';
import { bodyOf } from './frame.ts';
import type { Look } from './look.ts';
import { viewNamed } from './registry.ts';
import { NOTHING_TYPED, type Typed } from './typed.ts';
import { type Common, type Context, type Effect, type LayerSpec, VIEWS, type ViewName } from './view.ts';

export interface Toast {
  readonly text: string;
  readonly isError: boolean;
}

export interface Root {
  readonly view: ViewName;
  readonly states: Readonly<Record<ViewName, unknown>>;
  /** The topmost last. */
  readonly layers: readonly { readonly name: LayerSpec['name']; readonly state: unknown }[];
  readonly common: Common;
  /** Stays until a key is pressed. */
  readonly toast: Toast | undefined;
  /** What was typed before, the latest last: filters and commands. */
  readonly typed: Typed;
}

/** What the app has to do: everything but what the root does itself. */
export type AppEffect = Exclude<Effect, { kind: 'view' | 'open' | 'act' | 'toast' }>;

export interface Step {
  readonly root: Root;
  readonly effects: readonly AppEffect[];
}

export interface World {
  readonly data: Data;
  readonly look: Look;
}

export function initialRoot(common: Common): Root {
  const states = Object.fromEntries(VIEWS.map((view) => [view, viewNamed(view).initial])) as Root['states'];
  return { view: 'board', states, layers: [], common, toast: undefined, typed: NOTHING_TYPED };
}

export function contextOf(root: Root, world: World): Context {
  return { ...world, common: root.common, body: bodyOf(root.common.cols, root.common.rows) };
}
