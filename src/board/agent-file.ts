/**
 * `hosts/<host>/agent`: what the agent of a host says of itself and of what it keeps there, for people and for the next
 * agent. Nothing depends on it: what runs, the status files say.
 */
import { AGENT_FILE, wishFolder } from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists, isGone } from './errors.ts';
import type { ProcessMark } from './host.ts';
import type { HostFacts } from './host-facts.ts';
import { loadText } from './load-text.ts';

/** One wish, and what has become of it. */
export interface KeptWish {
  /** The wish's stages, in order. */
  readonly key: string;
  readonly slots: number;
  /** `waiting`: it has died, and is started again after a while; `refused`: it can't be; `unclear`: what is wanted can't be told. */
  readonly state: 'running' | 'starting' | 'waiting' | 'refused' | 'unclear';
  /** Started, and not yet seen on the board. */
  readonly started?: ProcessMark;
  /** How often it has died in a row. */
  readonly deaths: number;
  /** How it died last, or why it is refused; empty: nothing is wrong. */
  readonly why: string;
  /** When it is started again, RFC 3339 UTC. */
  readonly next?: string;
}

export interface AgentContent {
  readonly mark: ProcessMark;
  readonly version: string;
  readonly started: string;
  /** What it can't do, or empty. */
  readonly trouble: string;
  readonly wishes: readonly KeptWish[];
  /** Of the host; missing: of an older version. */
  readonly facts?: HostFacts;
}

/** An agent that has not written for so long is silent. */
export const AGENT_SILENT_MS = 60_000;

export interface AgentSeen {
  readonly content: AgentContent | undefined;
  /** Since it last wrote, by the board's clock. */
  readonly agoMs: number;
}

function path(board: Board, host: string): string {
  return board.path(`${wishFolder(host)}/${AGENT_FILE}`);
}

/** Undefined: there is none, or it has ended. */
export function readAgent(board: Board, host: string): AgentSeen | undefined {
  try {
    const { content, identity } = board.fs.read(path(board, host));
    return { content: parseAgent(content), agoMs: Math.max(0, board.now() - identity.mtimeMs) };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The same without waiting for the disk. @throws the system's error */
export async function loadAgent(board: Board, host: string, nowMs: number): Promise<AgentSeen | undefined> {
  const read = await loadText(path(board, host));
  return read && { content: parseAgent(read.text), agoMs: Math.max(0, nowMs - read.mtimeMs) };
}

function parseAgent(text: string): AgentContent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isAgent = typeof value === 'object' && value !== null && 'mark' in value && 'wishes' in value;
    return isAgent && Array.isArray(value.wishes) ? (value as AgentContent) : undefined;
  } catch (error) {
    // Seen in the middle of a write, or written over by a person: the agent writes it anew.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @throws the system's error */
export function writeAgent(board: Board, host: string, content: AgentContent): void {
  const text = `${JSON.stringify(content)}\n`;
  try {
    board.fs.overwrite(path(board, host), text, false);
  } catch (error) {
    if (!isGone(error)) throw error;
    try {
      board.fs.create(path(board, host), text, false);
    } catch (second) {
      // Another agent was faster: the next write is over its file.
      if (!isExists(second)) throw second;
    }
  }
}

/** When the disk says that the agent's file was written last. @throws the system's error */
export function stampOfAgent(board: Board, host: string): number {
  return board.fs.identify(path(board, host)).mtimeMs;
}

export function removeAgent(board: Board, host: string): void {
  try {
    board.fs.unlink(path(board, host));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
