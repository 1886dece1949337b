/**
 * A place for one instance of a service: its working folder and log, the instance that is up in it, and when the next one
 * may be started after one has died.
 */
import type { Board } from '../../board/board.ts';
import { faultText, isSystemError } from '../../board/errors.ts';
import type { ServiceStatus } from '../../board/status.ts';
import { TemplateError } from '../../definitions/definitions.ts';
import { backoffMs } from '../../model/backoff.ts';
import type { ServiceDefinition, StageDefinition } from '../../model/definition.ts';
import { serviceLogPath, servicePath } from '../../model/name.ts';
import type { Running } from '../launcher.ts';
import type { LogCode } from '../log-lines.ts';
import type { StepTask } from '../step.ts';
import { Deaths } from './deaths.ts';
import { Instance, type InstanceEnd } from './instance.ts';
import { ServiceLog } from './log.ts';
import { residentBytes } from './memory.ts';
import { requestOf, serviceLaunch, takeAnswer } from './request.ts';

/** After a death in a row: so long it has to stay up before it is given an entry. */
const SETTLE_MS = 500;
/** Memory is asked for between two entries, but not after each of a thousand a second. */
const MEMORY_EVERY_MS = 250;

export interface PlaceParts {
  readonly board: Board;
  readonly process: string;
  say(code: LogCode, text: string): void;
  /** Its program is not there: it is not started again before that is mended. */
  absent(why: string): void;
  /** It can be given an entry, or is up no more. */
  changed(): void;
}

export class Place {
  readonly #parts: PlaceParts;
  readonly number: number;
  #stage: StageDefinition;
  #log: ServiceLog | undefined;
  #instance: Instance | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #deaths = new Deaths();
  /** Why the instance is replaced as soon as it has nothing in hand. */
  #retiring: string | undefined;
  #memoryMs = Number.NEGATIVE_INFINITY;
  #rss: number | undefined;
  #isClosed = false;
  #onEmpty: (() => void) | undefined;

  constructor(parts: PlaceParts, stage: StageDefinition, number: number) {
    this.#parts = parts;
    this.#stage = stage;
    this.number = number;
  }

  get isIdle(): boolean {
    return this.#instance?.state === 'idle';
  }

  get isBusy(): boolean {
    return this.#instance?.state === 'busy';
  }

  /** Nothing is up, and nothing will be by itself. */
  get isEmpty(): boolean {
    return this.#instance === undefined && this.#timer === undefined;
  }

  /** Why it can't be relied on, or undefined. `isOver`: nothing that is on the board has a part in it. */
  get trouble(): Deaths['trouble'] {
    return this.isIdle || this.isBusy ? undefined : this.#deaths.trouble;
  }

  /** Not wanted, and nothing of it is left. */
  get isOver(): boolean {
    return this.#isClosed && this.#instance === undefined;
  }

  status(): ServiceStatus {
    const instance = this.#instance;
    return {
      stage: this.#stage.name,
      place: this.number,
      pid: instance?.pid ?? null,
      state: instance?.state ?? 'waiting',
      served: instance?.served ?? 0,
      deaths: this.#deaths.total,
      rssMb: this.#rss === undefined || instance === undefined ? null : Math.round(this.#rss / 1e6),
    };
  }

  /** Starts an instance, if none is up. */
  start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isClosed || this.#instance !== undefined) return;
    const { board, process } = this.#parts;
    const stage = this.#stage;
    const definition = this.#definition;
    let launch: ReturnType<typeof serviceLaunch>;
    try {
      const folder = board.path(servicePath(stage.name, process, this.number));
      board.fs.removeTree(folder);
      board.fs.mkdir(folder);
      this.#log ??= new ServiceLog(board.path(serviceLogPath(stage.name, process, this.number)));
      launch = serviceLaunch(board, stage, { folder, log: this.#log.path, place: this.number });
    } catch (error) {
      if (!isSystemError(error) && !(error instanceof TemplateError)) throw error;
      this.#died({ kind: 'died', why: isSystemError(error) ? faultText(error) : error.message, overEntry: false });
      return;
    }
    this.#retiring = undefined;
    this.#rss = undefined;
    this.#instance = new Instance({
      launch,
      log: this.#log,
      startMs: definition.startMs,
      settleMs: this.#deaths.inRow === 0 ? 0 : SETTLE_MS,
      stopMs: definition.stopMs,
      cancel: definition.cancel,
      onIdle: () => this.#idle(),
      onEnd: (end) => this.#ended(end),
    });
  }

  run(task: StepTask): Running {
    const instance = this.#instance;
    if (instance === undefined || instance.state !== 'idle') throw new Error('no idle service');
    const { id, line } = requestOf(this.#parts.board, task);
    return instance.run({ id, log: task.log, onAnswer: (answer) => takeAnswer(task, answer) }, line);
  }

  /** Follows what a busy one says, and whether it is to be replaced. */
  look(): void {
    const instance = this.#instance;
    if (instance === undefined) return;
    instance.follow();
    const { ageMs } = this.#definition;
    const isOld = ageMs !== undefined && performance.now() - instance.startedMs >= ageMs;
    if (isOld && this.#retiring === undefined) this.retire('its age');
    else if (instance.state === 'idle') this.#lookAtMemory();
  }

  /** What it takes of memory, for people. */
  measure(): void {
    const pid = this.#instance?.pid;
    if (pid !== undefined) this.#rss = residentBytes(pid) ?? this.#rss;
  }

  /** The instance is replaced, after its entry if it has one in hand. */
  retire(why: string): void {
    if (this.#instance === undefined || this.#instance.state === 'stopping') return;
    this.#retiring = why;
    if (this.#instance.state === 'busy') return;
    this.#parts.say('service-retired', `${this.#label}: ${why}, after ${this.#instance.served} entries`);
    this.#instance.close(why);
  }

  /** Another definition: in force with the next instance, which is started now. */
  use(stage: StageDefinition): void {
    this.#stage = stage;
    this.#deaths.forget();
    if (this.#instance !== undefined) this.retire('the stage files were read anew');
    else this.start();
  }

  suspend(): void {
    this.#instance?.suspend();
  }

  resume(): void {
    this.#instance?.resume();
  }

  /** Ends it, after its entry if it has one in hand. Nothing is started any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#instance?.close('it is no longer wanted');
    if (this.#instance === undefined) this.#clean();
  }

  /** After `close`: it may be wanted again. */
  reopen(): void {
    this.#isClosed = false;
  }

  kill(): void {
    this.#instance?.kill();
  }

  /** After `close`: when nothing of it is left. */
  gone(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#instance === undefined) resolve();
      else this.#onEmpty = resolve;
    });
  }

  get #definition(): ServiceDefinition {
    const { service } = this.#stage;
    if (service === undefined) throw new Error(`stage ${this.#stage.name} is no service`);
    return service;
  }

  get #label(): string {
    return `${this.#stage.name} ${this.number}${this.#instance?.pid === undefined ? '' : `, pid ${this.#instance.pid}`}`;
  }

  #idle(): void {
    const instance = this.#instance;
    if (instance === undefined) return;
    if (instance.served === 0) this.#parts.say('service-up', `${this.#label}: it takes entries`);
    else this.#deaths.forget();
    const { most } = this.#definition;
    if (this.#isClosed) instance.close('it is no longer wanted');
    else if (this.#retiring !== undefined) this.retire(this.#retiring);
    else if (most !== undefined && instance.served >= most) this.retire('it has had as many entries as it may');
    else this.#lookAtMemory();
    this.#parts.changed();
  }

  #lookAtMemory(): void {
    const { memoryBytes } = this.#definition;
    const pid = this.#instance?.pid;
    const nowMs = performance.now();
    if (memoryBytes === undefined || pid === undefined || nowMs - this.#memoryMs < MEMORY_EVERY_MS) return;
    this.#memoryMs = nowMs;
    this.#rss = residentBytes(pid);
    if (this.#rss !== undefined && this.#rss > memoryBytes)
      this.retire(`its memory (${Math.round(this.#rss / 2 ** 20)} MB)`);
  }

  #ended(end: InstanceEnd): void {
    const label = this.#label;
    this.#instance = undefined;
    if (end.kind === 'stopped') {
      if (!this.#isClosed) this.start();
    } else if (end.kind === 'absent') {
      this.#parts.absent(end.why);
    } else {
      this.#parts.say(
        end.kind === 'protocol' ? 'service-protocol' : 'service-died',
        `${label}: ${end.why}${end.overEntry ? ', over an entry' : ''}`,
      );
      this.#died(end);
    }
    if (this.#isClosed) this.#clean();
    this.#parts.changed();
  }

  #died(end: InstanceEnd): void {
    this.#deaths.add(end);
    this.#parts.board.journal.write('service', {
      process: this.#parts.process,
      stage: this.#stage.name,
      place: this.number,
      deaths: this.#deaths.inRow,
      reason: end.why,
    });
    if (this.#isClosed) return;
    const waitMs = backoffMs(this.#definition.restart, this.#deaths.inRow, Math.random());
    this.#timer = setTimeout(() => this.start(), waitMs);
  }

  /** Nothing is up: the folder goes, and the log if nothing stands in it. */
  #clean(): void {
    const { board, process } = this.#parts;
    try {
      board.fs.removeTree(board.path(servicePath(this.#stage.name, process, this.number)));
      this.#log?.close(this.#deaths.total > 0);
    } catch (error) {
      // What can't be removed now is left to retention.
      if (!isSystemError(error)) throw error;
    }
    this.#log = undefined;
    const onEmpty = this.#onEmpty;
    this.#onEmpty = undefined;
    onEmpty?.();
  }
}
