/**
 * The dashboard at work: keys, mouse, data and time come in, the root's pure functions say what follows, the terminal
 * shows it. It holds no lock, and nothing on the board depends on it: it may be killed at any moment.
 */
import { FilterError, filterWords } from '../../model/filter.ts';
import type { KeyPress, MouseEvent } from '../binding.ts';
import { type BoardState, boardHiddenMarks, boardMarks } from '../board/view.ts';
import { isTooSmall, paintFrame, paintTooSmall } from '../frame.ts';
import type { Look } from '../look.ts';
import { layerNamed, viewNamed } from '../registry.ts';
import * as roots from '../root.ts';
import { Surface } from '../surface.ts';
import type { Message } from '../view.ts';
import type { Sources } from './sources.ts';

/** What the app needs of a terminal; `term/terminal.ts` is one. */
export interface Screen {
  readonly cols: number;
  readonly rows: number;
  paint(surface: Surface): void;
  repaint(): void;
  setMouse(on: boolean): void;
  suspend(): void;
  runPager(program: string, args: readonly string[]): Promise<void>;
  copy(text: string): 'sent' | 'too long' | 'no clipboard';
  onKey(listener: (press: KeyPress) => void): void;
  onMouse(listener: (event: MouseEvent) => void): void;
  onPaste(listener: (text: string) => void): void;
  onFocus(listener: (isFocused: boolean) => void): void;
  onResize(listener: () => void): void;
}

/** Does what the root asks for outside; `effects.ts` is one. */
export interface EffectRunner {
  run(effect: roots.AppEffect): void;
  /** Nothing lies over the view any longer. */
  whenIdle(): void;
  /** Ends what is still under way. */
  stop(): void;
}

export interface AppOptions {
  readonly screen: Screen;
  readonly look: Look;
  readonly sources: Sources;
  readonly isReadOnly: boolean;
  readonly hasMouse: boolean;
  /** What the dashboard was started with: a filter to begin with. */
  readonly filter: string;
  readonly effects: (app: App) => EffectRunner;
}

/** At most so many frames a second; a key is painted at once. */
const FRAME_MS = 1000 / 30;
/** The clock in the header, ages, heartbeats. */
const TICK_MS = 1000;

export class App {
  readonly screen: Screen;
  readonly sources: Sources;
  readonly #look: Look;
  readonly #effects: EffectRunner;
  root: roots.Root;
  #surface: Surface;
  #isDirty = true;
  #timer: NodeJS.Timeout | undefined;
  #tick: NodeJS.Timeout | undefined;
  #paintedMs = 0;
  #frames = 0;
  #isOver = false;
  #end: (() => void) | undefined;

  constructor(options: AppOptions) {
    const { screen, look, sources, isReadOnly, hasMouse } = options;
    this.screen = screen;
    this.sources = sources;
    this.#look = look;
    this.root = roots.initialRoot({
      cols: screen.cols,
      rows: screen.rows,
      filter: { text: '', fault: undefined },
      sort: { key: 'rank', reverse: false },
      isReadOnly,
      isPaused: false,
      hasMouse,
      hostFilter: '',
      jobFilter: '',
      zone: 'local',
    });
    this.#surface = new Surface(screen.cols, screen.rows);
    this.#effects = options.effects(this);
    if (options.filter !== '') this.#setFilter(options.filter);
  }

  /** Runs until it is left. */
  async run(): Promise<void> {
    const { screen, sources } = this;
    screen.onKey((press) => this.#hear(() => roots.press(this.root, press, this.#world)));
    screen.onMouse((event) => this.#hear(() => roots.mouse(this.root, event, this.#world)));
    screen.onPaste((text) => this.#hear(() => roots.paste(this.root, text, this.#world)));
    screen.onFocus((isFocused) => sources.setFocused(isFocused));
    screen.onResize(() => this.#resize());
    sources.onChange(() => this.#changed());
    sources.onFault((text) => this.toast(text, true));
    screen.setMouse(this.root.common.hasMouse);
    this.#paint();
    this.#tick = setInterval(() => this.mark(), TICK_MS);
    sources.start();
    await new Promise<void>((resolve) => {
      this.#end = resolve;
      if (this.#isOver) resolve();
    });
    clearInterval(this.#tick);
    clearTimeout(this.#timer);
    sources.stop();
    this.#effects.stop();
  }

  quit(): void {
    this.#isOver = true;
    this.#end?.();
  }

  get #world(): roots.World {
    return { data: this.sources.data, look: this.#look };
  }

  /** Frames painted so far. */
  get frames(): number {
    return this.#frames;
  }

  /** What is acted on is to be seen as it is. */
  unpause(): void {
    if (this.root.common.isPaused) this.#set({ isPaused: false });
  }

  toast(text: string, isError = false): void {
    this.root = { ...this.root, toast: { text, isError } };
    this.mark();
  }

  /** An answer to an effect. */
  receive(message: Message): void {
    this.#take(roots.receive(this.root, message, this.#world));
    this.mark();
  }

  closeLayer(name: string): void {
    this.root = { ...this.root, layers: this.root.layers.filter((layer) => layer.name !== name) };
    this.mark();
  }

  openLayer(spec: Parameters<typeof roots.open>[1]): void {
    this.#take(roots.open(this.root, spec, this.#world));
    this.mark();
  }

  /** To be painted soon, together with what else changes until then. */
  mark(): void {
    this.#isDirty = true;
    if (this.#timer !== undefined || this.#isOver) return;
    const wait = Math.max(0, FRAME_MS - (performance.now() - this.#paintedMs));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#paint();
    }, wait);
  }

  #hear(next: () => roots.Step): void {
    if (this.#isOver) return;
    this.#take(next());
    this.#isDirty = true;
    this.#paint();
  }

  #take(step: roots.Step): void {
    this.root = step.root;
    for (const effect of step.effects) {
      if (effect.kind === 'quit') this.quit();
      else if (effect.kind === 'filter') this.#setFilter(effect.text);
      else if (effect.kind === 'set') this.#set(effect.common);
      else this.#effects.run(effect);
    }
    if (this.root.layers.length === 0) this.#effects.whenIdle();
    // They are many files: read only while somebody looks.
    this.sources.showHosts(this.root.view === 'hosts' || this.root.view === 'events');
    this.sources.showJobs(this.root.view === 'jobs');
    // Another view may have come up, and its rows have changed since it was seen last.
    this.root = roots.follow(this.root, this.#world);
  }

  #set(changes: Partial<roots.Root['common']>): void {
    const before = this.root.common;
    const common = { ...before, ...changes };
    this.root = { ...this.root, common };
    if (common.sort !== before.sort) this.sources.setSort(common.sort.key, common.sort.reverse);
    if (common.isPaused !== before.isPaused) this.sources.setPaused(common.isPaused);
    if (common.hasMouse !== before.hasMouse) {
      this.screen.setMouse(common.hasMouse);
      this.toast(common.hasMouse ? 'mouse on' : 'mouse off: the terminal selects text as usual');
    }
    this.#changed();
  }

  /** A line that can't be understood leaves the last good one in force. */
  #setFilter(text: string): void {
    try {
      this.sources.setFilter(filterWords(text));
      this.root = { ...this.root, common: { ...this.root.common, filter: { text, fault: undefined } } };
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      const filter = { ...this.root.common.filter, fault: error.message };
      this.root = { ...this.root, common: { ...this.root.common, filter } };
    }
    this.#changed();
  }

  #changed(): void {
    this.root = roots.follow(this.root, this.#world);
    this.mark();
  }

  #resize(): void {
    const { cols, rows } = this.screen;
    this.#surface = new Surface(cols, rows);
    this.root = { ...this.root, common: { ...this.root.common, cols, rows } };
    this.root = roots.follow(this.root, this.#world);
    this.#isDirty = true;
    this.#paint();
  }

  #paint(): void {
    if (!this.#isDirty || this.#isOver) return;
    this.#isDirty = false;
    this.#paintedMs = performance.now();
    this.#frames++;
    paintRoot(this.#surface, this.root, this.#world);
    this.screen.paint(this.#surface);
  }
}

/** The whole screen. */
export function paintRoot(surface: Surface, root: roots.Root, world: roots.World): void {
  surface.clear();
  const canvas = surface.canvas;
  if (isTooSmall(surface.cols, surface.rows)) {
    paintTooSmall(canvas);
    return;
  }
  const context = roots.contextOf(root, world);
  const { x, y, width, height } = context.body;
  const body = canvas.part(x, y, width, height);
  viewNamed(root.view).paint(body, root.states[root.view], context);
  const board = root.states.board as BoardState;
  const [marked, hidden] = [boardMarks(board), boardHiddenMarks(board, context)];
  paintFrame(canvas, { view: root.view, tables: roots.tablesOf(root), marked, hidden, toast: root.toast }, context);
  for (const { name, state } of root.layers) layerNamed(name).paint(body, state, context);
}
