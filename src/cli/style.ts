/** Colours: sixteen at most, never the only sign of anything, and none where they are not wanted. Pure. */
import type { State } from '../model/name.ts';

export type ColorWish = 'auto' | 'always' | 'never';
export const COLOR_WISHES: readonly ColorWish[] = ['auto', 'always', 'never'];

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
}

/** `--color` first, then NO_COLOR, FORCE_COLOR, TERM=dumb, and whether the stream is a terminal. */
export function wantsColor(wish: ColorWish, { env, isTTY }: Surroundings): boolean {
  if (wish !== 'auto') return wish === 'always';
  if ((env.NO_COLOR ?? '') !== '') return false;
  if ((env.FORCE_COLOR ?? '') !== '') return env.FORCE_COLOR !== '0';
  return isTTY && env.TERM !== 'dumb';
}

const SGR: Readonly<Record<State, string>> = {
  queue: '37',
  active: '94;1',
  gather: '90',
  failed: '91;1',
  held: '93',
  done: '92',
  removed: '90',
};

export type Paint = (state: State, text: string) => string;

export function painter(hasColor: boolean): Paint {
  return hasColor ? (state, text) => `\x1b[${SGR[state]}m${text}\x1b[0m` : (_, text) => text;
}
