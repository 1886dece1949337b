/**
 * One instance of a service: a program that stays up, from its start to its end, and the entry that it has in hand. It has a
 * launcher of its own, which ends its whole process group when this process ends, however that ends; lines do not pass
 * through it.
 */
import { isReady, MOST_ANSWER_BYTES, parseAnswer, quoteLine, type ServiceAnswer } from '../../model/service-line.ts';
import { STOP_GRACE_MS } from '../execution.ts';
import { type Launch, type LaunchEnd, type Launched, Launcher, type RunEnd, type Running } from '../launcher.ts';
import { type Channels, launcherKinds, spawnServiceLauncher } from '../launcher-kinds.ts';
import { type Death, deathOf, endOfAnswer, endOfEntry } from './ends.ts';
import { LineReader } from './lines.ts';
import type { ServiceLog } from './log.ts';

/** What was said before the end may still be on its way. */
const DRAIN_MS = 1_000;

export interface InstanceOptions {
  readonly launch: Launch;
  readonly log: ServiceLog;
  /** Within which it has to say that it is ready; undefined: it is ready once it has been up for `settleMs`. */
  readonly startMs: number | undefined;
  readonly settleMs: number;
  readonly stopMs: number;
  readonly cancel: boolean;
  /** It can be given an entry: it has become ready, or has answered. */
  readonly onIdle: () => void;
  readonly onEnd: (end: InstanceEnd) => void;
}

export interface InstanceEnd extends Death {
  /** It had an entry in hand, and was not ended over it by this process. */
  readonly overEntry: boolean;
}

/** One entry in hand. */
interface Job {
  readonly id: string;
  readonly log: string;
  /** @returns why it can't be taken, if it can't */
  readonly onAnswer: (answer: ServiceAnswer) => string | undefined;
  readonly resolve: (end: RunEnd) => void;
}

export type InstanceState = 'starting' | 'idle' | 'busy' | 'stopping';

export class Instance {
  readonly #options: InstanceOptions;
  readonly #launcher = new Launcher(launcherKinds(), spawnServiceLauncher);
  readonly #launched: Launched;
  readonly #lines = new LineReader(MOST_ANSWER_BYTES);
  readonly startedMs = performance.now();
  #channels: Channels | undefined;
  #silent: Promise<void> = Promise.resolve();
  #state: InstanceState = 'starting';
  #job: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #end: Death | undefined;
  /** A signal has been sent to it over the entry in hand: what it says of that is no longer heard. */
  #isDoomed = false;
  #isSuspended = false;
  pid: number | undefined;
  served = 0;

  constructor(options: InstanceOptions) {
    this.#options = options;
    options.log.start();
    this.#launched = this.#launcher.start(options.launch, (pid, channels) => this.#started(pid, channels));
    this.#launched.ended.then((end) => this.#ended(end));
  }

  get state(): InstanceState {
    return this.#state;
  }

  /** Gives it an entry; only to one that is idle. */
  run(job: Omit<Job, 'resolve'>, line: string): Running {
    this.#options.log.begin();
    this.#state = 'busy';
    const { id } = job;
    const ended = new Promise<RunEnd>((resolve) => {
      this.#job = { ...job, resolve };
    });
    this.#channels?.to.write(`${line}\n`);
    return {
      ended,
      signal: (signal) => {
        if (this.#job?.id !== id) return;
        if (signal === 'SIGTERM' || signal === 'SIGKILL') this.#doom('ended over an entry');
        this.#launched.signal(signal);
      },
      cancel: () => {
        if (!this.#options.cancel || this.#job?.id !== id) return false;
        this.#channels?.to.write(`${JSON.stringify({ id, cancel: true })}\n`);
        return true;
      },
    };
  }

  /** Lets what it has said so far be read in the entry's log. */
  follow(): void {
    if (this.#job !== undefined) this.#options.log.copyTo(this.#job.log);
  }

  /** Ends it by and by, unless it has an entry in hand: its input ends, then TERM, then KILL. */
  close(why: string): void {
    if (this.#state === 'stopping' || this.#state === 'busy') return;
    this.#state = 'stopping';
    this.#end ??= { kind: 'stopped', why };
    if (this.#channels === undefined) {
      this.#launcher.stop();
      return;
    }
    this.#channels.to.end();
    this.#after(this.#options.stopMs, () => {
      this.#launched.signal('SIGTERM');
      this.#launched.signal('SIGCONT');
      this.#after(STOP_GRACE_MS, () => this.#launched.signal('SIGKILL'));
    });
  }

  /** At once. */
  kill(): void {
    this.#doom('killed');
    if (this.#channels === undefined) this.#launcher.stop();
    else this.#launched.signal('SIGKILL');
  }

  suspend(): void {
    this.#isSuspended = true;
    if (this.#state === 'starting') clearTimeout(this.#timer);
    this.#launched.signal('SIGSTOP');
  }

  resume(): void {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    this.#launched.signal('SIGCONT');
    if (this.#state === 'starting' && this.#channels !== undefined) this.#awaitReady();
  }

  #started(pid: number, channels: Channels): void {
    this.pid = pid;
    this.#channels = channels;
    channels.from.on('data', (data: Buffer) => this.#hear(data));
    this.#silent = new Promise((resolve) => channels.from.once('close', resolve));
    channels.from.once('end', () => this.#hearEnd());
    channels.from.resume();
    if (this.#end === undefined) this.#awaitReady();
  }

  #awaitReady(): void {
    const { startMs, settleMs } = this.#options;
    if (startMs === undefined && settleMs === 0) this.#ready();
    else if (startMs === undefined) this.#after(settleMs, () => this.#ready());
    else this.#after(startMs, () => this.#fail('slow', `it did not say {"ready": true} within ${startMs / 1000} s`));
  }

  #ready(): void {
    if (this.#state !== 'starting') return;
    clearTimeout(this.#timer);
    this.#state = 'idle';
    this.#options.onIdle();
  }

  #hear(data: Buffer): void {
    if (this.#end !== undefined || this.#isDoomed) return;
    for (const line of this.#lines.add(data)) {
      if (line === undefined) this.#fail('protocol', `said a line of more than ${MOST_ANSWER_BYTES / 2 ** 20} MB`);
      else if (line.trim() !== '') this.#hearLine(line);
      if (this.#end !== undefined) return;
    }
  }

  #hearLine(line: string): void {
    const job = this.#job;
    if (job === undefined) {
      // Also from one that need not say so.
      if (this.served === 0 && isReady(line)) this.#ready();
      else this.#fail('protocol', `said something that nobody had asked for: ${quoteLine(line)}`);
      return;
    }
    const answer = parseAnswer(line, job.id);
    if ('fault' in answer) {
      if (!(this.served === 0 && isReady(line))) this.#fail('protocol', answer.fault);
      return;
    }
    this.#options.log.copyTo(job.log);
    this.#job = undefined;
    this.served++;
    this.#state = 'idle';
    job.resolve(endOfAnswer(answer, job.onAnswer(answer)));
    this.#options.onIdle();
  }

  /** It may have ended, which is told by the launcher in a moment. */
  #hearEnd(): void {
    if (this.#end !== undefined || this.#isDoomed) return;
    this.#after(DRAIN_MS, () => this.#fail('protocol', 'closed its output'));
  }

  #doom(why: string): void {
    this.#end ??= { kind: 'stopped', why };
    this.#isDoomed = true;
  }

  /** It is of no use any more. */
  #fail(kind: 'protocol' | 'slow', why: string): void {
    this.#end ??= { kind, why };
    this.#launched.signal('SIGKILL');
  }

  async #ended(end: LaunchEnd): Promise<void> {
    if (end.kind === 'exit' || end.kind === 'signal') await this.#drained();
    clearTimeout(this.#timer);
    this.#channels?.from.destroy();
    this.#channels?.to.destroy();
    await this.#launcher.stop();
    this.#state = 'stopping';
    const job = this.#job;
    this.#job = undefined;
    const death = this.#end ?? deathOf(end, () => this.#options.log.lastLine());
    if (job !== undefined) {
      this.#options.log.copyTo(job.log);
      job.resolve(this.#isDoomed ? end : endOfEntry(end, death));
    }
    this.#options.onEnd({ ...death, overEntry: job !== undefined && !this.#isDoomed });
  }

  /** All that it has said has been read, or a process of its that has left the group keeps its output open. */
  async #drained(): Promise<void> {
    const limit = new Promise<void>((resolve) => setTimeout(resolve, DRAIN_MS).unref());
    await Promise.race([this.#silent, limit]);
  }

  #after(ms: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, Math.min(ms, 2 ** 31 - 1));
  }
}
