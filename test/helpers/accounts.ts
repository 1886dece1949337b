/**
 * Runs the command as other accounts: only root can. Each is a number that the host has no name for, so nothing has to be set
 * up; the program takes the account on by itself, as `setpriv` would let it.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { onCleanup, type Ran, SLATE } from './home.ts';

export interface TestAccount {
  readonly uid: number;
  /** Beside its own, which has its number. */
  readonly groups: readonly number[];
  readonly umask: number;
}

const AS = `
const [uid, groups, umask, script, ...args] = process.argv.slice(2);
process.setgroups(groups === '' ? [] : groups.split(',').map(Number));
process.setgid(Number(uid));
process.setuid(Number(uid));
process.umask(Number(umask));
process.argv = [process.execPath, script, ...args];
await import(script);
`;

/** Why other accounts can't be taken on here; undefined: they can. */
export function whyNoAccounts(): string | undefined {
  if (process.geteuid?.() !== 0) return 'only root can run a program as another account';
  const ran = spawnSync(process.execPath, ['-e', ''], { uid: 61_000, gid: 61_000, cwd: '/' });
  return ran.status === 0 ? undefined : 'other accounts may not run this Node';
}

/** The command, where every account may read it: the project may lie in a folder that is closed. */
export class Accounts {
  readonly #as: string;
  readonly #slate: string;

  /** @param folder one that every account may read */
  constructor(folder: string) {
    this.#as = join(folder, 'as.mjs');
    this.#slate = join(folder, 'slate.mjs');
    fs.writeFileSync(this.#as, AS);
    fs.copyFileSync(SLATE, this.#slate);
    for (const file of [this.#as, this.#slate]) fs.chmodSync(file, 0o755);
    // What it starts, beside it.
    for (const file of fs.readdirSync(dirname(SLATE)).filter((name) => /^slate-.*\.cjs/.test(name))) {
      fs.copyFileSync(join(dirname(SLATE), file), join(folder, file));
      fs.chmodSync(join(folder, file), 0o644);
    }
  }

  /** Runs the command to its end. */
  run(account: TestAccount, home: string, args: readonly string[]): Promise<Ran> {
    const { uid, groups, umask } = account;
    const line = [this.#as, String(uid), groups.join(','), String(umask), this.#slate, '--home', home, ...args];
    const child = spawn(process.execPath, line, { cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (data: Buffer) => {
        texts[stream] += data.toString();
      });
    onCleanup(() => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    });
    return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, ...texts })));
  }

  /** As `run`, but anything other than exit code 0 throws. */
  async ok(account: TestAccount, home: string, args: readonly string[]): Promise<string> {
    const ran = await this.run(account, home, args);
    if (ran.code !== 0) throw new Error(`${account.uid}: slate ${args.join(' ')} → ${ran.code}\n${ran.stderr}`);
    return ran.stdout;
  }
}
