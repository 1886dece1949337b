import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lifecycle } from '../../../src/tui/term/lifecycle.ts';

class FakeHost extends EventEmitter {
  readonly happened: string[] = [];
  readonly stderr = { write: (text: string): void => void this.happened.push(`says ${text.split('\n')[0]}`) };
  readonly pid = 1;
  exit(code: number): void {
    this.happened.push(`exit ${code}`);
  }
  kill(_pid: number, signal: string): void {
    this.happened.push(`kill ${signal}, ${this.listenerCount(signal)} listeners`);
  }
}

class FakeTerminal {
  readonly #happened: string[];
  isLent = false;
  isGone = false;
  isClosed = false;
  gone: () => void = () => undefined;

  constructor(happened: string[]) {
    this.#happened = happened;
  }

  close(): void {
    if (!this.isClosed) this.#happened.push('restored');
    this.isClosed = true;
  }

  onGone(listener: () => void): void {
    this.gone = listener;
  }
}

let host: FakeHost;
let terminal: FakeTerminal;
let lifecycle: Lifecycle;

beforeEach(() => {
  vi.useFakeTimers();
  host = new FakeHost();
  terminal = new FakeTerminal(host.happened);
  lifecycle = new Lifecycle(terminal, host);
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the end', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ])('by %s has the code %i', async (signal, code) => {
    host.emit(signal, signal);
    expect(await lifecycle.ended).toBe(code);
    expect(host.happened).toEqual(['restored']);
    lifecycle.end();
    vi.runAllTimers();
    expect(host.happened).toEqual(['restored']);
  });

  it('by a second signal is at once, with the code of the first', () => {
    host.emit('SIGTERM', 'SIGTERM');
    host.emit('SIGINT', 'SIGINT');
    expect(host.happened).toEqual(['restored', 'exit 143']);
  });

  it('comes even if the dashboard does not end by itself', () => {
    host.emit('SIGTERM', 'SIGTERM');
    vi.advanceTimersByTime(2000);
    expect(host.happened).toEqual(['restored', 'exit 143']);
  });

  it('by a terminal that has gone is that of a hangup', async () => {
    terminal.gone();
    expect(await lifecycle.ended).toBe(129);
  });

  it('by a hangup that is told twice is not hurried', () => {
    host.emit('SIGHUP', 'SIGHUP');
    host.emit('SIGHUP', 'SIGHUP');
    expect(host.happened).toEqual(['restored']);
    host.emit('SIGTERM', 'SIGTERM');
    expect(host.happened).toEqual(['restored', 'exit 129']);
  });

  it('without a terminal is by the hangup itself, after all else is done', () => {
    terminal.isGone = true;
    terminal.gone();
    lifecycle.end();
    expect(host.happened).toEqual(['restored']);
    host.emit('exit', 129);
    expect(host.happened).toEqual(['restored', 'kill SIGHUP, 0 listeners']);
  });

  it('by a hangup with a terminal is not', () => {
    host.emit('SIGHUP', 'SIGHUP');
    lifecycle.end();
    host.emit('exit', 129);
    expect(host.happened).toEqual(['restored']);
  });

  it('does not come by keys that are for a pager', () => {
    terminal.isLent = true;
    host.emit('SIGINT', 'SIGINT');
    host.emit('SIGQUIT', 'SIGQUIT');
    expect(host.happened).toEqual([]);
    host.emit('SIGTERM', 'SIGTERM');
    expect(host.happened).toEqual(['restored']);
  });

  it('by a fault restores before it says so', () => {
    host.emit('uncaughtException', new Error('boom'));
    expect(host.happened).toEqual(['restored', 'says Error: boom', 'exit 70']);
  });

  it("by a fault restores before the program's own handler says so, once", () => {
    lifecycle.end();
    host.happened.length = 0;
    terminal = new FakeTerminal(host.happened);
    host.on('uncaughtException', () => host.happened.push('program says so'));
    lifecycle = new Lifecycle(terminal, host);
    host.emit('uncaughtException', new Error('boom'));
    expect(host.happened).toEqual(['restored', 'program says so']);
  });

  it('of the process restores', () => {
    host.emit('exit', 0);
    expect(host.happened).toEqual(['restored']);
  });

  it('of the dashboard leaves nothing behind', () => {
    lifecycle.end();
    lifecycle.end();
    expect(host.eventNames()).toEqual([]);
    expect(host.happened).toEqual(['restored']);
  });
});
