/**
 * Jobs that dead processes have left. Who has one is what its submission says, and not what its stage says by now: steps of
 * that stage may run elsewhere since, on this host too.
 */
import type { Board } from '../../board/board.ts';
import { jobOf, readSubmission, type Submission } from '../../board/jobs.ts';
import { engineThatHas, type Named } from '../../definitions/stage-engine.ts';
import type { EngineDefinition } from '../../model/engine.ts';
import type { EngineTrouble } from '../../model/engine-trouble.ts';
import type { TryName } from '../../model/name.ts';
import type { Log } from '../log-lines.ts';

/** `engines.yaml` is not read again for each of a thousand tries. */
const READ_AGAIN_MS = 5_000;

export interface LeftJob {
  readonly about: Submission;
  readonly index: number;
  readonly engine: EngineDefinition;
}

export interface LeftJobsParts {
  readonly board: Board;
  readonly log: Log;
  /** Those of the stages that are served. */
  readonly engines: () => readonly EngineDefinition[];
}

interface Stranded {
  readonly about: Submission;
  readonly why: string;
  readonly atMs: number;
  /** RFC 3339. */
  readonly since: string;
}

export class LeftJobs {
  readonly #parts: LeftJobsParts;
  readonly #read = new Map<string, { readonly named: Named; readonly atMs: number }>();
  /** Datasets whose job nobody can be asked for. */
  readonly #stranded = new Map<string, Stranded>();
  readonly #told = new Set<string>();

  constructor(parts: LeftJobsParts) {
    this.#parts = parts;
  }

  /** @returns undefined: it has none that could be found; `stranded`: its engine is not there any more */
  find(name: TryName): LeftJob | 'stranded' | undefined {
    const { board } = this.#parts;
    const pointer = jobOf(board, name);
    const about = pointer === undefined ? undefined : readSubmission(board, pointer.name);
    const isListed = pointer !== undefined && about?.tries[pointer.index] !== undefined;
    const before = this.#stranded.get(name.dataset);
    this.#stranded.delete(name.dataset);
    if (pointer === undefined || about === undefined || !isListed) return undefined;
    const { engine, fault } = this.engineOf(about);
    if (engine !== undefined) return { about, index: pointer.index, engine };
    const since = before?.since ?? new Date(board.now()).toISOString();
    this.#strand(name, about, since, `${fault?.message ?? `there is no engine '${about.engine}'`}, which has its job`);
    return 'stranded';
  }

  /** True if it was lately seen to wait for an engine that is not there. */
  isStranded(dataset: string): boolean {
    const seen = this.#stranded.get(dataset);
    return seen !== undefined && performance.now() - seen.atMs < 2 * this.#parts.board.leaseMs;
  }

  /** Empty if every job can be asked for. */
  get trouble(): string {
    const [first, ...others] = [...this.#stranded.keys()].filter((dataset) => this.isStranded(dataset));
    if (first === undefined) return '';
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return `${first}${more} can't be taken over: ${this.#stranded.get(first)?.why}; put it back into engines.yaml, or hold the entry`;
  }

  /** The same by engine, with since when. */
  get troubles(): EngineTrouble[] {
    const engines = new Map<string, { readonly dataset: string; readonly first: Stranded; count: number }>();
    for (const [dataset, seen] of this.#stranded) {
      if (!this.isStranded(dataset)) continue;
      const key = `${seen.about.engine} ${seen.about.kind}`;
      const same = engines.get(key);
      if (same === undefined) engines.set(key, { dataset, first: seen, count: 1 });
      else same.count++;
    }
    return [...engines.values()].map(({ dataset, first: { about, why, since }, count }) => {
      const more = count === 1 ? '' : ` (and ${count - 1} more)`;
      const { engine, kind } = about;
      return { what: 'missing', engine, kind, stages: [], why: `${dataset}${more}: ${why}`, since };
    });
  }

  /** Of a submission, whatever its stages say by now. */
  engineOf({ engine: name, kind }: Pick<Submission, 'engine' | 'kind'>): Named {
    const served = this.#parts.engines().find((one) => one.name === name && one.kind === kind);
    if (served !== undefined) return { engine: served, fault: undefined };
    const key = `${name} ${kind}`;
    const known = this.#read.get(key);
    if (known !== undefined && performance.now() - known.atMs < READ_AGAIN_MS) return known.named;
    const named = engineThatHas(this.#parts.board.home, { engine: name, kind });
    this.#read.set(key, { named, atMs: performance.now() });
    return named;
  }

  #strand({ dataset, stage, epoch }: TryName, about: Submission, since: string, why: string): void {
    this.#stranded.set(dataset, { about, why, since, atMs: performance.now() });
    const key = `${dataset} ${stage}.${epoch}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#parts.log(
      'engine-missing',
      `${key}: ${why}: it keeps its claim until engines.yaml has that engine again; to give the job up, hold the entry`,
    );
  }
}
