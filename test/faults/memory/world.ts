/** What an actor has: its board through its own door, time that passes only when it sleeps or calls, chance, and an end. */
import { randomFrom } from '../../../bench/pool/clock.ts';
import { Board } from '../../../src/board/board.ts';
import { DiskLostError, isBlocking } from '../../../src/board/errors.ts';
import type { Fs } from '../../../src/board/fs.ts';
import { definitionsOf } from './board.ts';
import type { Fact, Reply, Request, Setup } from './messages.ts';
import { MOVE_NEW, remoteFs } from './remote-fs.ts';

/** The actor was killed in the middle of a call. */
export class Died extends Error {
  override readonly name = 'Died';
}

const AGAIN_MS = 200;

export class World {
  readonly setup: Setup;
  readonly fs: Fs;
  /** From 0 to 1. */
  readonly random: () => number;
  isDead = false;
  readonly #ask: (request: Request) => Reply;

  constructor(setup: Setup, ask: (request: Request) => Reply) {
    this.setup = setup;
    this.#ask = ask;
    this.random = randomFrom(setup.seed);
    this.fs = remoteFs((op, args) => this.#request({ kind: 'call', op, args }));
  }

  #request(request: Request): unknown {
    if (this.isDead) throw new Died('it has died before');
    const reply = this.#ask(request);
    if (reply.kind === 'value') return reply.value;
    if (reply.kind === 'error') {
      const { errno, code, path } = reply;
      throw Object.assign(new Error(`${code}: injected, '${path}'`), { errno, code, path, syscall: 'injected' });
    }
    if (reply.kind === 'disk lost') throw new DiskLostError(reply.message);
    this.isDead = true;
    throw new Died('killed');
  }

  sleep(ms: number): void {
    this.#request({ kind: 'sleep', ms });
  }

  told(fact: Fact): void {
    this.#request({ kind: 'told', fact });
  }

  /** `mv -n`. */
  moveNew(from: string, to: string): void {
    this.#request({ kind: 'call', op: MOVE_NEW, args: [from, to] });
  }

  below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  pick<T>(among: readonly T[]): T | undefined {
    return among[this.below(among.length)];
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  /** Again and again while the disk refuses, as a program that waits for it does. */
  patiently<T>(action: () => T): T {
    for (;;) {
      try {
        return action();
      } catch (error) {
        if (error instanceof DiskLostError || !isBlocking(error)) throw error;
        this.sleep(AGAIN_MS);
      }
    }
  }

  /** @param writer whose journal it is */
  open(writer: string): Board {
    const { home, host, isNetwork } = this.setup;
    return this.patiently(() => {
      const board = Board.open(home, 'b', { fs: this.fs, writer, host, isNetwork });
      board.useStages(definitionsOf(board.stages));
      return board;
    });
  }
}
