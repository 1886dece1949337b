/** Presses keys as the root does: the tables in force first, then what is typed. */
import { expect } from 'vitest';
import { planned } from '../../../src/board/effect.ts';
import { bindingOf } from '../../../src/tui/binding.ts';
import type { Context, Effect, Layer, LayerResult, LayerSpec, Message } from '../../../src/tui/view.ts';
import { paintSurface } from '../data.ts';

export class Driver<Spec extends LayerSpec, S> {
  readonly layer: Layer<Spec, S>;
  context: Context;
  state: S;
  isClosed = false;
  /** All of them, in order. */
  effects: Effect[] = [];
  /** Questions about what a verb would do are answered at once. */
  answersPlans = true;

  constructor(layer: Layer<Spec, S>, spec: Spec, context: Context, answersPlans = true) {
    this.layer = layer;
    this.context = context;
    this.answersPlans = answersPlans;
    const result = layer.open(spec, context);
    this.state = result.state;
    this.#took(result);
  }

  #took(result: LayerResult<S>): void {
    this.state = result.state;
    this.isClosed ||= result.isClosed === true;
    for (const effect of result.effects ?? []) {
      this.effects.push(effect);
      if (effect.kind === 'plan' && this.answersPlans) this.plan(effect);
    }
    this.check();
  }

  /** What holds in every state: keys are bound once, and each is told in the help. */
  check(): void {
    const bindings = this.layer.bindingsIn?.(this.state) ?? this.layer.bindings;
    const keys = bindings.flatMap((binding) => [...binding.keys]);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    const told = new Map(this.layer.bindings.map((binding) => [binding.action, binding]));
    for (const { action, keys: own } of bindings) {
      const known = told.get(action);
      expect(own.filter((key) => known?.keys.includes(key) !== true)).toEqual([]);
    }
  }

  plan({ verb, keys }: Extract<Effect, { kind: 'plan' }>): void {
    const { board, entries } = this.context.data;
    const found = keys.flatMap((key) => entries.find(key) ?? []);
    const plans = found.map((entry) => planned(board, entry, verb));
    this.tell({ kind: 'planned', plans, gone: keys.length - found.length });
  }

  /** `enter`, `x`, `C-w`; of a text of several characters that is no key's name, each one. */
  press(...keys: readonly string[]): this {
    for (const name of keys) {
      const { layer, state, context } = this;
      const binding = bindingOf([layer.bindingsIn?.(state) ?? layer.bindings], name);
      const text = [...name].length === 1 ? name : name === 'space' ? ' ' : '';
      if (binding !== undefined) this.#took(layer.act(state, binding.action, context));
      else if (layer.type !== undefined) this.#took(layer.type(state, { name, text }, context));
    }
    return this;
  }

  type(text: string): this {
    return this.press(...[...text].map((char) => (char === ' ' ? 'space' : char)));
  }

  paste(text: string): this {
    const { layer, state, context } = this;
    if (layer.paste !== undefined) this.#took(layer.paste(state, text, context));
    return this;
  }

  tell(message: Message): this {
    const { layer, state, context } = this;
    if (layer.message !== undefined) this.#took(layer.message(state, message, context));
    return this;
  }

  /** Other data, or another size. */
  follow(context: Context): this {
    this.context = context;
    this.state = this.layer.follow?.(this.state, context) ?? this.state;
    return this;
  }

  mouse(kind: 'click' | 'wheelup' | 'wheeldown', x: number, y: number): this {
    const { layer, state, context } = this;
    if (layer.mouse !== undefined) this.#took(layer.mouse(state, { kind, x, y }, context));
    return this;
  }

  /** Effects since the last time that this was asked. */
  take(): Effect[] {
    return this.effects.splice(0);
  }

  /** The rows of the body. */
  lines(cols = this.context.common.cols, rows = this.context.common.rows): string[] {
    return paintSurface(this.layer, this.state, this.context, cols, rows)
      .lines()
      .slice(3, rows - 1);
  }

  get text(): string {
    return this.lines().join('\n');
  }

  get cursor(): { readonly x: number; readonly y: number } | undefined {
    return paintSurface(this.layer, this.state, this.context).cursor;
  }
}
