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

export interface Dashboard {
  /** Settles when it has been left. */
  readonly left: Promise<void>;
  close(): void;
}

/** Opens it on this terminal. */
export function openDashboard(args: readonly string[]): Dashboard {
  process.stdout.write('The dashboard opens: q leaves it, ? tells its keys; the demo goes on meanwhile.\n');
  isOpen = true;
  const run = execa(process.execPath, args, { stdio: 'inherit', reject: false });
  const left = run.then(({ exitCode }) => {
    isOpen = false;
    for (const line of held.splice(0)) say(line);
    if (exitCode !== 0) say(`the dashboard ended with exit code ${exitCode}`);
  });
  return { left, close: () => run.kill('SIGTERM') };
}
