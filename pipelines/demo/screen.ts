/** The dashboard beside the demo: it has the terminal while it is open, and what the demo says meanwhile comes after it. */
import { execa } from 'execa';

const held: string[] = [];
let isOpen = false;

/** One line of the demo, now or once the dashboard has been left. */
export function say(text = ''): void {
  if (isOpen) held.push(text);
  else process.stdout.write(`${text}\n`);
}

export function canShowDashboard(args: readonly string[]): boolean {
  const { TERM = '', CI = '' } = process.env;
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY && TERM !== '' && TERM !== 'dumb';
  return isTerminal && CI === '' && !args.includes('--plain');
}

/** One dashboard after the other, each of another board, until a person leaves one. */
export class Screen {
  #run: (PromiseLike<unknown> & { kill(signal: 'SIGTERM'): boolean }) | undefined;
  #isReplaced = false;
  #hasLeft = false;
  #tellLeft: () => void = () => undefined;
  /** Settles when a person has left it, or it was closed. */
  readonly left: Promise<void>;

  constructor() {
    this.left = new Promise((resolve) => {
      this.#tellLeft = resolve;
    });
    process.stdout.write('The dashboard opens: q leaves it, ? tells its keys; the demo goes on meanwhile.\n');
  }

  /** Opens the dashboard on this terminal, in place of the one before; not after a person has left. */
  async show(args: readonly string[]): Promise<void> {
    if (this.#run !== undefined) {
      this.#isReplaced = true;
      this.#run.kill('SIGTERM');
      await this.#run;
      this.#isReplaced = false;
    }
    if (this.#hasLeft) return;
    isOpen = true;
    const run = execa(process.execPath, args, { stdio: 'inherit', reject: false });
    this.#run = run;
    run.then(({ exitCode }) => {
      if (this.#isReplaced) return;
      this.#hasLeft = true;
      isOpen = false;
      for (const line of held.splice(0)) say(line);
      if (exitCode !== 0) say(`the dashboard ended with exit code ${exitCode}`);
      this.#tellLeft();
    });
  }

  /** A pause in which people are to see something; none once they have left. */
  async linger(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([this.left, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
    clearTimeout(timer);
  }

  close(): void {
    this.#run?.kill('SIGTERM');
  }
}
