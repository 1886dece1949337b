/** The watchdog's thread, on a terminal and a main loop that are made up: one line of a script is one look. */
import { constants } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { farewell } from '../../../src/tui/term/modes.ts';
import {
  DRAWN,
  END,
  HAS_TERMINAL,
  SHARED_SLOTS,
  TICK,
  type WatchData,
  type WatchModules,
  watchdogThread,
} from '../../../src/tui/term/watchdog-thread.ts';
import { mount } from '../harness.ts';

/** What is there at one look: keys (undefined: the terminal has gone), signals that wait, a main loop that goes on, or works without an end. */
interface Look {
  readonly keys?: string | undefined;
  readonly pending?: string;
  readonly ticks?: true;
  readonly works?: true;
}

interface Seen {
  readonly killed: boolean;
  /** All that was written to the terminal. */
  readonly written: string;
  readonly programs: readonly string[];
  readonly isDrawn: boolean;
}

const NONE = '0000000000000000';
const TERM = '0000000000004000';
const FAREWELL = '<farewell>';

/** Stands still for two looks, then for each of these. */
function watch(looks: readonly Look[], { isOurs = true, hasTerminal = true } = {}): Seen {
  const shared = new Int32Array(new SharedArrayBuffer(SHARED_SLOTS * 4));
  shared[HAS_TERMINAL] = isOurs ? 1 : 0;
  const seen = { written: '', programs: [] as string[] };
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => true);
  const left = [...looks];
  let look: Look | undefined;
  const fs = {
    constants: { O_RDWR: 0, O_NONBLOCK: 0, O_NOCTTY: 0 },
    openSync: () => {
      if (!hasTerminal) throw new Error('ENXIO');
      return 7;
    },
    closeSync: () => undefined,
    writeSync: (_: number, text: string) => {
      seen.written += text;
    },
    readSync: (_: number, bytes: Buffer) => {
      const keys = look !== undefined && 'keys' in look ? look.keys : '';
      if (keys === '') throw Object.assign(new Error('EAGAIN'), { errno: -constants.errno.EAGAIN });
      return keys === undefined ? 0 : bytes.write(keys, 'latin1');
    },
    // Asked for first in a look.
    readFileSync: () => {
      look = left.shift();
      if (look?.ticks) Atomics.add(shared, TICK, 1);
      if (left.length === 0) Atomics.store(shared, END, 1);
      return `Name:\tnode\nState:\t${look?.works ? 'R' : 'D'}\nSigPnd:\t${NONE}\nShdPnd:\t${look?.pending ?? NONE}\nSigBlk:\t${TERM}\n`;
    },
  };
  const workerData: WatchData = {
    shared: shared.buffer as SharedArrayBuffer,
    farewell: FAREWELL,
    lookMs: 1,
    busySeconds: 30,
    looks: 2,
    keysMs: 1,
    endSignals: 1n << 14n,
    nothingTyped: -constants.errno.EAGAIN,
  };
  const spawnSync = (program: string): void => void seen.programs.push(program);
  watchdogThread({ fs, worker: { workerData }, spawnSync } as unknown as WatchModules);
  return { ...seen, killed: kill.mock.calls.some(([, signal]) => signal === 'SIGKILL'), isDrawn: shared[DRAWN] === 1 };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('while the main thread stands still', () => {
  it('it is said on the first line, and nothing else happens', () => {
    const { killed, written, isDrawn } = watch([{}, {}, {}]);
    expect(killed).toBe(false);
    expect(written).toMatch(/^\x1b7.*\x1b\[1;1H.* STALE \d+ s: the disk does not answer\. q or Ctrl-C ends.*\x1b8$/);
    expect(isDrawn).toBe(true);
  });

  it('nothing is said if it works', () => {
    expect(watch([{ works: true }, { works: true }])).toMatchObject({ killed: false, written: '' });
  });

  it.each<[string, Look[], boolean]>([
    ['q', [{}, { keys: 'q' }], true],
    ['q among others', [{}, { keys: 'jjq' }], true],
    ['q before it was said what it does: a letter', [{ keys: 'sequence' }, {}], false],
    ['Ctrl-C, at once', [{ keys: '\x03' }], true],
    ['Ctrl-\\, at once', [{ keys: '\x1c' }], true],
    ['other keys', [{}, { keys: 'jkH\r\x1b' }, {}], false],
    ['a key of the keypad, whose sequence has a q', [{}, { keys: '\x1bOq\x1b[A' }, {}], false],
    ['a click', [{}, { keys: '\x1b[<0;10;5M\x1b[<0;10;5m' }, {}], false],
    ['q, after the main loop has gone on and stopped again', [{ ticks: true }, { keys: 'q' }, {}], false],
    ['a signal that the main thread does not hear', [{}, { pending: TERM }], true],
    ['keys for one that works', [{}, { keys: 'q\x03', works: true }, {}], false],
    ['another signal', [{}, { pending: '0000000008000000' }, {}], false],
  ])('%s', (_, looks, isKilled) => {
    const { killed, written, programs } = watch(looks);
    expect(killed).toBe(isKilled);
    expect(written.includes(FAREWELL)).toBe(isKilled);
    expect(programs).toEqual(isKilled ? ['stty'] : []);
    if (isKilled) expect(written).toMatch(/slate: the disk has not answered for \d+ s: ended by SIGKILL\n$/);
  });

  it('and the terminal hangs up, it ends without a word', () => {
    const { killed, written } = watch([{ keys: undefined }]);
    expect([killed, written]).toEqual([true, '']);
  });

  it.each([
    ['is lent to a pager, or given back', { isOurs: false }],
    ['can not be opened', { hasTerminal: false }],
  ])('and the terminal %s, it is left alone, and signals end', (_, options) => {
    expect(watch([{ keys: 'q' }, { keys: '\x03' }], options)).toMatchObject({ killed: false, written: '' });
    expect(watch([{ pending: TERM }], options)).toMatchObject({ killed: true, written: '', programs: [] });
  });
});

it.each(['xterm-256color', 'linux'])('the farewell gives %s back as the terminal itself does', async (TERM) => {
  const screen = mount({ env: { TERM } });
  try {
    screen.terminal.setMouse(true);
    const before = screen.output.bytes.length;
    screen.terminal.close();
    const sequences = (text: string): string[] => text.match(/\x1b(?:\[\??[\d;]*[A-Za-z]|[=>])/g)?.sort() ?? [];
    const said = farewell(screen.terminal.surroundings);
    expect(sequences(said)).toEqual(sequences(screen.output.bytes.slice(before)));
  } finally {
    screen.close();
  }
});
