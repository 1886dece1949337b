/** Puts entries on the board in batches, and again what was not acknowledged: the disk was full, or its process was killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { entries, onCleanup, SLATE } from '../../helpers/home.ts';

const STARTED_MS = 400;

export class Poster {
  readonly #home: string;
  readonly #waiting: string[];
  readonly #posted = new Set<string>();
  #child: ChildProcess | undefined;
  #failed = 0;
  #isDoomed = false;

  constructor(home: string, datasets: readonly string[]) {
    this.#home = home;
    this.#waiting = [...datasets];
    onCleanup(() => void this.#child?.kill('SIGKILL'));
  }

  /** Acknowledged, or found on the board afterwards. */
  get count(): number {
    return this.#posted.size;
  }

  get isOver(): boolean {
    return this.#waiting.length === 0;
  }

  /** Batches that were not posted whole. */
  get failed(): number {
    return this.#failed;
  }

  /** The one that posts, or the next one as soon as it does. @returns false if nothing is left to be posted */
  kill(): boolean {
    if (this.isOver && this.#child === undefined) return false;
    if (this.#child?.kill('SIGKILL') !== true) this.#isDoomed = true;
    return true;
  }

  async post(most: number): Promise<void> {
    const batch = this.#waiting.splice(0, most);
    const { acknowledged, isWhole } = await this.#run(batch);
    for (const dataset of acknowledged) this.#posted.add(dataset);
    if (isWhole) return;
    this.#failed++;
    // What stands there already would be refused while it is on the board, and posted once more when it is done.
    const standing = new Set(entries(this.#home).map(({ name }) => name.dataset));
    for (const dataset of batch) {
      if (standing.has(dataset)) this.#posted.add(dataset);
      else if (!acknowledged.has(dataset)) this.#waiting.push(dataset);
    }
  }

  async #run(batch: readonly string[]): Promise<{ acknowledged: Set<string>; isWhole: boolean }> {
    const args = [SLATE, '--home', this.#home, 'post', '--board', 'b', '--from', '-'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child = child;
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
    });
    // It may be killed before it has read.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(batch.join('\n'));
    // It takes so long until it is at work; one that is faster has been killed too late.
    if (this.#isDoomed) setTimeout(() => child.kill('SIGKILL'), STARTED_MS);
    this.#isDoomed = false;
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    this.#child = undefined;
    return { acknowledged: new Set(text.split('\n').slice(0, -1)), isWhole: code === 0 };
  }
}
