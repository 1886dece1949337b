/** How long the dashboard takes to paint, in this process: from its state to the bytes for the terminal. */
import { PassThrough, Writable } from 'node:stream';
import type { Board } from '../src/board/board.ts';
import { paintRoot } from '../src/tui/app/app.ts';
import { Sources } from '../src/tui/app/sources.ts';
import { Look } from '../src/tui/look.ts';
import { follow, initialRoot, press, type Root } from '../src/tui/root.ts';
import { Surface } from '../src/tui/surface.ts';
import { surroundingsOf } from '../src/tui/term/surroundings.ts';
import { Terminal } from '../src/tui/term/terminal.ts';
import { median } from './measure.ts';

const FRAMES = 300;

class Counter extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows: number;
  bytes = 0;

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.bytes += chunk.length;
    done();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function live(sources: Sources): Promise<void> {
  sources.start();
  while (sources.data.health.phase !== 'live') await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Milliseconds a frame for one key pressed over and over: median and 95th percentile. */
export async function measureRedraw(board: Board, cols: number, rows: number) {
  const sources = new Sources(board);
  await live(sources);
  const surroundings = surroundingsOf({ TERM: 'xterm-256color', LANG: 'C.UTF-8' });
  const jobs = { kill: () => true, on: () => undefined, off: () => undefined };
  const terminal = Terminal.open({ input: new PassThrough(), output: new Counter(cols, rows), surroundings, jobs });
  const look = new Look({ isAscii: false, hasColor: true, showLetters: false });
  const world = { data: sources.data, look };
  const surface = new Surface(cols, rows);
  const filter = { text: '', fault: undefined };
  const sort = { key: 'rank', reverse: false } as const;
  const shared = {
    isReadOnly: false,
    isPaused: false,
    hasMouse: false,
    hostFilter: '',
    jobFilter: '',
    zone: 'utc',
  } as const;
  let root: Root = follow(initialRoot({ cols, rows, filter, sort, ...shared }), world);
  const frames = async (name: string): Promise<number[]> => {
    const times: number[] = [];
    for (let frame = 0; frame < FRAMES; frame++) {
      if (name !== '') root = press(root, { name, text: '' }, world).root;
      const start = performance.now();
      paintRoot(surface, root, world);
      terminal.paint(surface);
      times.push(performance.now() - start);
      await turn();
    }
    return times.sort((a, b) => a - b);
  };
  const figures = [];
  for (const [what, key] of [
    ['nothing changed', ''],
    ['the cursor moved', 'j'],
    ['a page scrolled', 'pagedown'],
  ] as const) {
    await frames(key);
    const times = await frames(key);
    figures.push({ what: `redraw, ${what}, median`, value: median(times), unit: 'ms', budget: undefined });
    const p95 = times[Math.ceil(0.95 * times.length) - 1] ?? Number.NaN;
    figures.push({ what: `redraw, ${what}, p95`, value: p95, unit: 'ms', budget: 10 });
  }
  terminal.close();
  sources.stop();
  return figures;
}
