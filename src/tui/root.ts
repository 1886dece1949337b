/**
 * The whole dashboard as one state: which view, its cursor, what lies over it. Keys, mouse and messages go in, the next
 * state and effects come out; the app does what effects ask for. Pure.
 */
import { type Binding, bindingOf, type KeyPress, type KeyTable, type MouseEvent } from './binding.ts';
import { isTooSmall } from './frame.ts';
import { GLOBAL } from './global-keys.ts';
import { type AnyLayer, layerNamed, viewNamed } from './registry.ts';
import { type AppEffect, contextOf, type Root, type Step, type World } from './root-state.ts';
import { tabAt } from './tabs.ts';
import { remember } from './typed.ts';
import type { Ask, Context, Effect, LayerResult, LayerSpec, Message, Result, ViewName } from './view.ts';

export { type AppEffect, contextOf, initialRoot, type Root, type Step, type World } from './root-state.ts';

/** The screen is too small to show anything. */
function isBlind({ common }: Root): boolean {
  return isTooSmall(common.cols, common.rows);
}

/** Keys that no layer can take away. */
const ALWAYS: ReadonlySet<string> = new Set(['C-c', 'C-z', 'C-l']);

/** For the help overlay: the view at hand, then what holds everywhere. */
export function keyTables(view: ViewName): readonly KeyTable[] {
  const { title, bindings } = viewNamed(view);
  return [
    { title: `${title} view`, bindings },
    { title: 'Everywhere', bindings: GLOBAL },
  ];
}

/** Keys that are in force now, the first table first. */
export function tablesOf(root: Root): readonly (readonly Binding[])[] {
  const top = root.layers.at(-1);
  if (top === undefined) return [viewNamed(root.view).bindings, GLOBAL];
  const layer = layerNamed(top.name);
  return [layer.bindingsIn?.(top.state) ?? layer.bindings];
}

export function press(root: Root, key: KeyPress, world: World): Step {
  // What can't be seen must not be done.
  if (isBlind(root) && !ALWAYS.has(key.name)) return { root, effects: key.name === 'q' ? [{ kind: 'quit' }] : [] };
  const clear = root.toast === undefined ? root : { ...root, toast: undefined };
  if (ALWAYS.has(key.name)) return globalAct(clear, bindingOf([GLOBAL], key.name)?.action ?? '', world);
  if (clear.layers.length > 0) return pressLayer(clear, key, world);
  const view = viewNamed(clear.view);
  const own = bindingOf([view.bindings], key.name);
  if (own !== undefined) {
    const step = viewAct(clear, own, world);
    // Nothing there to close: the key means what it means everywhere.
    const isIdle = step.effects.length === 0 && step.root.states[clear.view] === clear.states[clear.view];
    if (key.name !== 'escape' || !isIdle || step.root !== clear) return step;
  }
  const action = bindingOf([GLOBAL], key.name)?.action;
  if (action === 'back') return back(clear, world);
  return action === undefined ? { root: clear, effects: [] } : globalAct(clear, action, world);
}

/** Closes one thing: the view's pane, or the filter. Never quits. */
function back(root: Root, world: World): Step {
  const view = viewNamed(root.view);
  const step = fromView(root, view.act(root.states[root.view], 'back', contextOf(root, world)), world);
  if (step.effects.length > 0 || step.root.states[root.view] !== root.states[root.view]) return step;
  if (root.common.filter.text !== '' && root.view === 'board') return { root, effects: [{ kind: 'filter', text: '' }] };
  return root.view === 'board' ? { root, effects: [] } : { root: { ...root, view: 'board' }, effects: [] };
}

function viewAct(root: Root, binding: Binding, world: World): Step {
  if (binding.mutates === true && root.common.isReadOnly) return { root: refused(root, binding), effects: [] };
  const result = viewNamed(root.view).act(root.states[root.view], binding.action, contextOf(root, world));
  return fromView(root, result, world);
}

function refused(root: Root, binding: Binding): Root {
  return { ...root, toast: { text: `read-only: nothing was changed (${binding.help})`, isError: true } };
}

function fromView(root: Root, result: Result<unknown>, world: World): Step {
  const states = { ...root.states, [root.view]: result.state };
  const next = result.state === root.states[root.view] ? root : { ...root, states };
  return settle(next, result.effects ?? [], world);
}

function pressLayer(root: Root, key: KeyPress, world: World): Step {
  const { layer, state } = topOf(root);
  const context = contextOf(root, world);
  const binding = bindingOf([layer.bindingsIn?.(state) ?? layer.bindings], key.name);
  if (binding !== undefined) {
    if (binding.mutates === true && root.common.isReadOnly) return { root: refused(root, binding), effects: [] };
    return fromLayer(root, layer.act(state, binding.action, context), world);
  }
  if (layer.type === undefined) return { root, effects: [] };
  return fromLayer(root, layer.type(state, key, context), world);
}

function topOf(root: Root): { layer: AnyLayer; state: unknown } {
  const top = root.layers.at(-1);
  if (top === undefined) throw new Error('no layer is open');
  return { layer: layerNamed(top.name), state: top.state };
}

function fromLayer(root: Root, result: LayerResult<unknown>, world: World): Step {
  const below = root.layers.slice(0, -1);
  const top = root.layers.at(-1);
  if (top === undefined) return { root, effects: [] };
  const layers = result.isClosed === true ? below : [...below, { ...top, state: result.state }];
  const step = settle({ ...root, layers }, result.effects ?? [], world);
  if (result.isClosed !== true || top.name !== 'prompt') return step;
  const command = step.effects.find((effect) => effect.kind === 'command')?.line;
  const filter = step.effects.find((effect) => effect.kind === 'filter')?.text ?? step.root.common.filter.text;
  return { ...step, root: { ...step.root, typed: remember(step.root.typed, command, filter) } };
}

/** Does the effects that are the root's own, in order; hands on the others. */
function settle(root: Root, effects: readonly Effect[], world: World): Step {
  let now = root;
  const left: AppEffect[] = [];
  for (const effect of effects) {
    switch (effect.kind) {
      case 'view':
        now = { ...now, view: effect.view, layers: [] };
        break;
      case 'toast':
        now = { ...now, toast: { text: effect.text, isError: effect.isError === true } };
        break;
      case 'open': {
        const step = open(now, effect.layer, world);
        now = step.root;
        left.push(...step.effects);
        break;
      }
      case 'act': {
        const binding = viewNamed(now.view).bindings.find(({ action }) => action === effect.action);
        const step = binding === undefined ? globalAct(now, effect.action, world) : viewAct(now, binding, world);
        now = step.root;
        left.push(...step.effects);
        break;
      }
      default:
        left.push(effect);
    }
  }
  return { root: now, effects: left };
}

/** Dialogs that something is changed by. */
const CHANGING: ReadonlySet<LayerSpec['name']> = new Set(['verb', 'order', 'scale', 'host']);

export function open(root: Root, spec: LayerSpec, world: World): Step {
  if (CHANGING.has(spec.name) && root.common.isReadOnly) {
    return { root: { ...root, toast: { text: 'read-only: nothing was changed', isError: true } }, effects: [] };
  }
  const result = layerNamed(spec.name).open(spec, contextOf(root, world));
  if (result.isClosed === true) return settle(root, result.effects ?? [], world);
  const layers = [...root.layers, { name: spec.name, state: result.state }];
  return settle({ ...root, layers }, result.effects ?? [], world);
}

/** Actions of the global table. */
function globalAct(root: Root, action: string, world: World): Step {
  const just = (...effects: AppEffect[]): Step => ({ root, effects });
  const { common } = root;
  switch (action) {
    case 'viewBoard':
    case 'viewStages':
    case 'viewProcesses':
    case 'viewCharts':
    case 'viewEvents':
    case 'viewHosts':
    case 'viewJobs': {
      const view = action.slice('view'.length).toLowerCase() as ViewName;
      return { root: { ...root, view }, effects: [] };
    }
    case 'filter':
      if (root.view === 'hosts')
        return open(root, { name: 'prompt', purpose: 'hosts', text: common.hostFilter }, world);
      if (root.view === 'jobs') return open(root, { name: 'prompt', purpose: 'jobs', text: common.jobFilter }, world);
      return open(
        { ...root, view: 'board' },
        {
          name: 'prompt',
          purpose: 'filter',
          text: common.filter.text === '' ? '' : `${common.filter.text} `,
          history: root.typed.filter,
        },
        world,
      );
    case 'command':
      return open(root, { name: 'prompt', purpose: 'command', text: '', history: root.typed.command }, world);
    case 'help':
      return open(root, { name: 'help', tables: keyTables(root.view) }, world);
    case 'clearFilter':
      if (root.view === 'hosts') return just({ kind: 'set', common: { hostFilter: '' } });
      return just(root.view === 'jobs' ? { kind: 'set', common: { jobFilter: '' } } : { kind: 'filter', text: '' });
    case 'pause':
      return just({ kind: 'set', common: { isPaused: !common.isPaused } });
    case 'mouse':
      return just({ kind: 'set', common: { hasMouse: !common.hasMouse } });
    case 'zone':
      return just({ kind: 'set', common: { zone: common.zone === 'utc' ? 'local' : 'utc' } });
    case 'faster':
      return just({ kind: 'pace', factor: 0.5 });
    case 'slower':
      return just({ kind: 'pace', factor: 2 });
    case 'repaint':
      return just({ kind: 'repaint' });
    case 'quit':
    case 'quitNow':
      return just({ kind: 'quit' });
    case 'suspend':
      return just({ kind: 'suspend' });
    default:
      return just();
  }
}

export function mouse(root: Root, event: MouseEvent, world: World): Step {
  if (isBlind(root)) return { root, effects: [] };
  const context = contextOf(root, world);
  const top = root.layers.at(-1);
  if (top !== undefined) {
    const result = layerNamed(top.name).mouse?.(top.state, event, context);
    return result === undefined ? { root, effects: [] } : fromLayer(root, result, world);
  }
  const tab =
    event.y === 0 && event.kind === 'click'
      ? tabAt(event.x, world.data.board.name, root.common.cols, root.view)
      : undefined;
  if (tab !== undefined) return { root: { ...root, view: tab }, effects: [] };
  return fromView(root, viewNamed(root.view).mouse(root.states[root.view], event, context), world);
}

export function paste(root: Root, text: string, world: World): Step {
  const top = root.layers.at(-1);
  const result = isBlind(root)
    ? undefined
    : top && layerNamed(top.name).paste?.(top.state, text, contextOf(root, world));
  // Elsewhere pasted text would be keys, and keys do things.
  return result === undefined ? { root, effects: [] } : fromLayer(root, result, world);
}

/** Marks that something was done to have had their use: left, they would be acted on unseen. */
function unmarked(root: Root, dialog: unknown, context: Context): Root {
  const { ask } = dialog as { readonly ask?: Ask };
  if (ask === undefined || ask.scope === 'cursor') return root;
  const view = root.view === 'jobs' ? root.view : 'board';
  const { state } = viewNamed(view).act(root.states[view], 'unmarkAll', context);
  return { ...root, states: { ...root.states, [view]: state } };
}

/** An answer of the app goes to the topmost layer that wants it. */
export function receive(root: Root, message: Message, world: World): Step {
  const context = contextOf(root, world);
  for (let at = root.layers.length - 1; at >= 0; at--) {
    const one = root.layers[at];
    const layer = one === undefined ? undefined : layerNamed(one.name);
    if (one === undefined || layer?.message === undefined) continue;
    const result = layer.message(one.state, message, context);
    const cleared = message.kind === 'applied' && message.done > 0 ? unmarked(root, one.state, context) : root;
    const rest = root.layers.slice(at + 1);
    const own = result.isClosed === true ? [] : [{ ...one, state: result.state }];
    const layers = [...root.layers.slice(0, at), ...own, ...rest];
    return settle({ ...cleared, layers }, result.effects ?? [], world);
  }
  return { root, effects: [] };
}

/** After data, size, filter or sort have changed. */
export function follow(root: Root, world: World): Root {
  const context = contextOf(root, world);
  const view = viewNamed(root.view);
  const before = root.states[root.view];
  const state = view.follow(before, context);
  const layers = root.layers.map((one) => {
    const layer = layerNamed(one.name);
    const next = layer.follow === undefined ? one.state : layer.follow(one.state, context);
    return next === one.state ? one : { ...one, state: next };
  });
  const isSame = state === before && layers.every((one, at) => one === root.layers[at]);
  return isSame ? root : { ...root, states: { ...root.states, [root.view]: state }, layers };
}
