/** An HTCondor of this machine's own for tests: one submitting host and two nodes on loopback, ended with the test. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { onCleanup, ROOT, tempFolder, until } from '../helpers/home.ts';
import { preparePool, SECOND } from './conf.ts';

export const NODES: readonly string[] = ['n1', 'n2'];
/** In both roots, and nobody's. HTCondor takes no jobs of root. */
const USER = 'games';

export interface Pool {
  /** For whoever talks to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Of another host that submits, once `second` is started. */
  readonly secondEnv: Readonly<Record<string, string>>;
  /** A command of HTCondor's. @returns what it printed */
  ask(command: string, ...words: string[]): Promise<string>;
  /** Kills a daemon, and what it has started: `schedd`, `second`, `n1`, `n2`. */
  kill(daemon: string): Promise<void>;
  start(daemon: string): Promise<void>;
}

interface Door {
  readonly root: string;
  ask(line: string): Promise<void>;
}

let door: Promise<Door> | undefined;

/** Opened once, while this process may; from then on it is an ordinary user's. */
async function openDoor(): Promise<Door> {
  if (process.getuid?.() !== 0) throw new Error('the tests on a real HTCondor have to be started as root');
  const folder = join(ROOT, 'test', 'htcondor');
  const root = execFileSync(join(folder, 'root.sh'), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  const words = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', join(folder, 'door.sh'), root, USER];
  const child = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'] });
  becomeUser();
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await answer(child, lines);
  return {
    root,
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      await answer(child, lines);
    },
  };
}

async function answer(child: ChildProcess, lines: AsyncIterator<string>): Promise<void> {
  const { done } = await lines.next();
  if (done === true) throw new Error(`door.sh has ended (${child.exitCode ?? child.signalCode})`);
}

function becomeUser(): void {
  const id = (flag: string): number => Number(execFileSync('id', [flag, USER], { encoding: 'utf8' }));
  const [uid, gid] = [id('-u'), id('-g')];
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

export async function startPool(): Promise<Pool> {
  door ??= openDoor();
  const { root, ask: tell } = await door;
  const home = tempFolder('slate-pool-');
  const { env, secondEnv, logs, daemons } = preparePool(home, root, NODES, await freePort());
  const ask = async (command: string, ...words: string[]): Promise<string> =>
    (await execa(command, words, { env })).stdout;
  const start = (name: string): Promise<void> => tell(`start ${name} ${daemons.get(name)?.join(' ')}`);
  const said = (): string =>
    fs
      .readdirSync(logs)
      .filter((file) => file.endsWith('Log'))
      .map((file) => `${file}: ${fs.readFileSync(join(logs, file), 'utf8').trim().split('\n').slice(-3).join(' / ')}`)
      .join('\n');
  const answers = async (command: string, words: readonly string[], lines: number, as = env): Promise<boolean> => {
    const { exitCode, stdout } = await execa(command, words, { env: as, reject: false });
    return exitCode === 0 && stdout.split('\n').filter((line) => line !== '').length >= lines;
  };
  onCleanup(() => tell('reset'));
  for (const name of daemons.keys()) if (name !== SECOND) await start(name);
  await until(
    async () => (await answers('condor_q', [], 1)) && (await answers('condor_status', ['-af', 'Name'], NODES.length)),
    () => `two nodes\n${said()}`,
    60_000,
  );
  return {
    env,
    secondEnv,
    ask,
    kill: (name) => tell(`kill ${name}`),
    start: async (name) => {
      await start(name);
      await until(() => answers('condor_q', [], 1, name === SECOND ? secondEnv : env), name, 60_000);
    },
  };
}

/** Free a moment ago: nothing else here looks for one. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
