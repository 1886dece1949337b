/** Lines that were typed before: they come again with the arrows. Pure. */

export interface Typed {
  /** The latest last. */
  readonly filter: readonly string[];
  readonly command: readonly string[];
}

export const NOTHING_TYPED: Typed = { filter: [], command: [] };

const MOST_TYPED = 100;

/** What a prompt has handed over: a command, else the filter that is in force. */
export function remember(typed: Typed, command: string | undefined, filter: string): Typed {
  const [purpose, line] = command === undefined ? (['filter', filter] as const) : (['command', command] as const);
  if (line === '') return typed;
  const lines = [...typed[purpose].filter((one) => one !== line), line].slice(-MOST_TYPED);
  return { ...typed, [purpose]: lines };
}
