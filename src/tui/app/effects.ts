/** Does what the views and layers ask for outside: actions on the board, commands, logs, the clipboard. */
import type { Board } from '../../board/board.ts';
import { faultText, isSystemError } from '../../board/errors.ts';
import { runOwnCommand } from '../../process/own-command.ts';
import type { AppEffect } from '../root.ts';
import type { LayerSpec } from '../view.ts';
import { applyAll, orderAll, type Plans, planAll } from './actions.ts';
import type { App, EffectRunner } from './app.ts';
import { COMMAND_ENDS, commandArgs } from './command-line.ts';
import { orderHosts, scaleHosts, type Told } from './host-actions.ts';

export interface EffectsOptions {
  /** `dist/slate.js`, for commands. */
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const NO_PLANS: Plans = new Map();

type Of<K extends AppEffect['kind']> = Extract<AppEffect, { kind: K }>;

export class Effects implements EffectRunner {
  readonly #app: App;
  readonly #options: EffectsOptions;
  readonly #abort = new AbortController();
  /** What was shown last: what is applied must still come to the same. */
  #plans: Plans = NO_PLANS;
  #planRequest = 0;
  #isStopped = false;
  #command: AbortController | undefined;
  readonly #outputs: LayerSpec[] = [];

  constructor(app: App, options: EffectsOptions) {
    this.#app = app;
    this.#options = options;
  }

  /** Output comes when nothing lies over the view: it must not take keys that are meant for something else. */
  whenIdle(): void {
    // What was shown in a dialog is over.
    this.#plans = NO_PLANS;
    const output = this.#app.root.layers.length === 0 ? this.#outputs.shift() : undefined;
    if (output !== undefined) this.#app.openLayer(output);
  }

  /** Ends what is still under way. */
  stop(): void {
    this.#isStopped = true;
    this.#abort.abort();
    this.#command?.abort();
  }

  run(effect: AppEffect): void {
    const app = this.#app;
    switch (effect.kind) {
      case 'suspend':
        app.screen.suspend();
        break;
      case 'repaint':
        app.screen.repaint();
        app.mark();
        break;
      case 'pace':
        app.toast(app.sources.changePace(effect.factor));
        break;
      case 'plan':
        this.#do(this.#plan(effect));
        break;
      case 'apply':
        this.#do(this.#apply(effect));
        break;
      case 'stopApply':
        this.#isStopped = true;
        break;
      case 'order':
        this.#do(this.#order(effect));
        break;
      case 'scale':
        this.#do(this.#onHosts((board) => scaleHosts(board, effect)));
        break;
      case 'host':
        this.#do(this.#onHosts((board) => orderHosts(board, effect)));
        break;
      case 'command':
        this.#do(this.#runCommand(effect.line));
        break;
      case 'complete':
        this.#do(this.#complete(effect));
        break;
      case 'openLog':
        this.#do(this.#openLog(effect));
        break;
      case 'closeLog':
        app.sources.closeLog();
        break;
      case 'moreLog':
        this.#do(app.sources.moreLog());
        break;
      case 'saveLog':
        this.#do(this.#saveLog());
        break;
      case 'pager':
        this.#do(this.#pager(effect.path));
        break;
      case 'copy':
        this.#copy(effect);
        break;
      default:
        break;
    }
  }

  /** What goes wrong is told, and the dashboard goes on; a fault of its own ends it with its trace. */
  #do(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const told = this.#app.sources.explain(error);
      if (told === undefined) throw error;
      this.#app.toast(told, true);
    });
  }

  async #plan({ verb, keys }: Of<'plan'>): Promise<void> {
    const request = ++this.#planRequest;
    const { data } = this.#app.sources;
    const { plans, gone } = await planAll(data.board, (key) => data.entries.find(key), verb, keys);
    // A later question has been asked meanwhile.
    if (request !== this.#planRequest) return;
    this.#plans = plans;
    this.#app.receive({ kind: 'planned', plans: [...plans.values()], gone });
  }

  async #apply({ verb, keys, reason }: Of<'apply'>): Promise<void> {
    const { sources } = this.#app;
    const { data } = sources;
    this.#isStopped = false;
    this.#app.unpause();
    const applied = await applyAll(data.board, (key) => data.entries.find(key), {
      verb,
      keys,
      reason,
      plans: this.#plans,
      onProgress: (done) => this.#app.receive({ kind: 'progress', done, of: keys.length }),
      isStopped: () => this.#isStopped,
      refresh: () => sources.reread(),
    });
    sources.refresh();
    this.#app.receive(applied);
  }

  async #order({ ids, order, reason }: Of<'order'>): Promise<void> {
    const { text, isError } = orderAll(this.#app.sources.data.board, ids, order, reason);
    this.#app.toast(text, isError);
    this.#app.sources.refresh();
  }

  async #onHosts(work: (board: Board) => Promise<Told>): Promise<void> {
    const { text, isError } = await work(this.#app.sources.data.board);
    this.#app.toast(text, isError);
    this.#app.sources.refresh();
  }

  async #runCommand(line: string): Promise<void> {
    const app = this.#app;
    // How it ends after a fault can be tried out on a real terminal only.
    if (line === '__fault' && (this.#options.env.SLATE_DEBUG ?? '') !== '') throw new Error('a fault was asked for');
    const parsed = commandArgs(line);
    if (parsed.kind === 'quit') return app.quit();
    if (parsed.kind === 'refused') return app.toast(parsed.why, true);
    if (this.#command !== undefined) {
      if (line.trim() === 'stop') return this.#command.abort();
      return app.toast("a command is running: wait for its end, or ':stop' it", true);
    }
    this.#command = new AbortController();
    const pending = setTimeout(() => app.toast(`slate ${parsed.args.join(' ')} is running …`), 300);
    try {
      const { exit, lines, isCut } = await runOwnCommand({
        ...this.#own,
        args: parsed.args,
        signal: this.#command.signal,
      });
      const shown = isCut ? [...lines, 'cut here: the rest is too long'] : lines;
      const title = `slate ${parsed.args.join(' ')}${exit === 0 ? '' : `: exit ${exit}${COMMAND_ENDS.get(exit) ?? ''}`}`;
      app.toast(exit === 0 ? 'done' : title, exit !== 0);
      this.#outputs.push({ name: 'output', title, lines: shown.length === 0 ? ['(it printed nothing)'] : shown });
      this.whenIdle();
      app.sources.refresh();
    } finally {
      clearTimeout(pending);
      this.#command = undefined;
    }
  }

  get #own(): { script: string; cwd: string; env: EffectsOptions['env'] } {
    const { board } = this.#app.sources.data;
    const { script, cwd, env } = this.#options;
    const more = this.#app.root.common.isReadOnly ? { SLATE_READ_ONLY: '1' } : {};
    const own = {
      SLATE_HOME: board.home,
      SLATE_BOARD: board.name,
      NO_COLOR: '1',
      COLUMNS: String(this.#app.screen.cols),
    };
    return { script, cwd, env: { ...env, ...own, ...more } };
  }

  async #complete({ purpose, line }: Of<'complete'>): Promise<void> {
    const before = purpose === 'filter' ? ['ls'] : [];
    const words = line.replace(/^\s*slate\s+/, '').split(/\s+/);
    const args = ['__complete', '--', ...before, ...words];
    const { lines } = await runOwnCommand({ ...this.#own, args, signal: this.#abort.signal });
    this.#app.receive({ kind: 'candidates', words: lines.filter((word) => word !== '') });
  }

  async #openLog(which: Of<'openLog'>): Promise<void> {
    if ((await this.#app.sources.openLog(which)) !== 'none') return;
    this.#app.closeLayer('log');
    const { phase } = this.#app.sources.data.health;
    this.#app.toast(
      phase === 'stale' ? "the board can't be read now" : `${which.dataset} has no log yet`,
      phase === 'stale',
    );
  }

  #copy({ text, what }: Of<'copy'>): void {
    const result = this.#app.screen.copy(text);
    if (result === 'sent') this.#app.toast(`copied: ${what}`);
    else if (result === 'too long') this.#app.toast(`${what}: too long for a terminal's clipboard`, true);
    else this.#app.toast('this terminal has no clipboard that could be reached', true);
  }

  async #saveLog(): Promise<void> {
    const path = await this.#app.sources.saveLog(this.#options.cwd);
    this.#app.toast(path === undefined ? 'no log is open' : `saved as ${path}`, path === undefined);
  }

  async #pager(path: string): Promise<void> {
    const [program = 'less', ...args] = (this.#options.env.PAGER ?? '').split(/\s+/).filter((word) => word !== '');
    try {
      await this.#app.screen.runPager(program, [...args, path]);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#app.toast(`the pager ${program} can't be started: ${faultText(error)}; PAGER names another`, true);
    }
    this.#app.mark();
  }
}
