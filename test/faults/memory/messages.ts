/** What an actor's thread and the stage that all of them are on say to each other. */
import type { Durability } from '../../../src/model/definition.ts';

export type Role = 'worker' | 'poster' | 'sweeper' | 'operator';

/** One life of an actor: from its start until it leaves, dies, or the run is over. */
export interface Setup {
  readonly role: Role;
  /** Of a stage process: four characters, new for every life. */
  readonly id: string;
  readonly host: string;
  readonly home: string;
  readonly isNetwork: boolean;
  readonly durability: Durability;
  /** What its host's clock is ahead. */
  readonly skewMs: number;
  readonly seed: number;
}

/** What an actor was told by the code under test, and may rely on from then on. */
export type Fact =
  | { readonly kind: 'posted'; readonly dataset: string; readonly posted: string }
  | { readonly kind: 'finished'; readonly dataset: string; readonly posted: string; readonly epoch: number };

export type Request =
  | { readonly kind: 'call'; readonly op: string; readonly args: readonly unknown[] }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'told'; readonly fact: Fact }
  /** A life is over, or none has begun; `fault`: it threw what no disk throws. */
  | { readonly kind: 'ready'; readonly fault?: string | undefined };

export type Reply =
  | { readonly kind: 'live'; readonly setup: Setup }
  | { readonly kind: 'value'; readonly value?: unknown }
  | { readonly kind: 'error'; readonly errno: number; readonly code: string; readonly path: string }
  /** An fsync that failed. */
  | { readonly kind: 'disk lost'; readonly message: string }
  /** The actor is dead: nothing that it does from here on reaches the disk. */
  | { readonly kind: 'crash' }
  | { readonly kind: 'end' };
