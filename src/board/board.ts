/**
 * One board: where it lies, what its columns are, its clock, its journal. Opening reads `board.yaml` and nothing else.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Gather, PipelineDefinition, StageDefinition } from '../model/definition.ts';
import { type Graph, graphOfStages } from '../model/graph.ts';
import {
  ALL_FOLDERS,
  BOARD_FILE,
  CLAIM_ROOM,
  COLUMNS_FILE,
  FOLDERS,
  formatDay,
  hostField,
  PUBLISHED_FOLDER,
  showText,
  stageNameFault,
} from '../model/name.ts';
import type { Rules } from '../model/transition.ts';
import { ownUserName } from './accounts.ts';
import { type BoardConfig, configOf, formatColumns, formatConfig, parseConfig } from './config.ts';
import { BoardError, explain, faultKind, faultText, isExists, pathText, RightsError } from './errors.ts';
import { type Fs, isNetworkFs, localFs, makeFolders, nodeFs } from './fs.ts';
import { Journal } from './journal.ts';
import type { OpenOptions } from './open-options.ts';
import { readRefusal } from './rights-door.ts';
import { groupOfNewBoards, madeFor, shareFolder, shareReservations } from './sharing.ts';

export const LOCAL_LEASE_MS = 15_000;
export const NETWORK_LEASE_MS = 60_000;
const CLOCK_KEPT_MS = 60_000;
/** This host's wall clock was set, or it slept, if in between its two clocks have come apart by more than this. */
const CLOCK_STEP_MS = 500;

export type { OpenOptions };

export class Board {
  readonly home: string;
  readonly name: string;
  /** The board's folder, absolute. */
  readonly root: string;
  readonly config: BoardConfig;
  readonly stages: readonly string[];
  readonly graph: Graph;
  readonly fs: Fs;
  readonly host: string;
  readonly isNetwork: boolean;
  /** Whether a stat may tell what is no longer so: on a network file system, and where somebody knows better than to watch. */
  readonly isShared: boolean;
  readonly leaseMs: number;
  readonly #options: OpenOptions;
  readonly #siblings = new Map<string, Board>();
  #writer: string;
  #journal: Journal;
  #clock: { readonly offsetMs: number; readonly wallMs: number; readonly at: number } | undefined;
  #rules: Rules;
  #gather: ReadonlyArray<Gather | undefined> = [];
  #checkpoints: ReadonlySet<number> = new Set();

  private constructor(home: string, name: string, config: BoardConfig, options: OpenOptions) {
    this.home = home;
    this.name = name;
    this.root = boardFolder(home, name);
    this.config = config;
    this.stages = config.stages.map(({ stage }) => stage);
    this.graph = graphOfStages(config.stages);
    this.host = options.host ?? hostField(hostname());
    this.isNetwork = options.isNetwork ?? isNetworkFs(this.root);
    this.isShared = this.isNetwork || config.watch === 'poll';
    this.fs = options.fs ?? (this.isShared ? nodeFs : localFs);
    this.leaseMs = config.leaseMs ?? (this.isNetwork ? NETWORK_LEASE_MS : LOCAL_LEASE_MS);
    this.#options = options;
    this.#writer = options.writer ?? userName();
    this.#journal = this.#openJournal(this.#writer);
    this.#rules = rulesOf(this, new Map());
  }

  /** @throws BoardError if there is no such board or its `board.yaml` is damaged. */
  static open(home: string, name: string, options: OpenOptions = {}): Board {
    const fs = options.fs ?? nodeFs;
    // Names come from steps and lists as well: `../x` is no board, whatever stands there.
    const fault = stageNameFault(name, 'board name');
    if (fault !== undefined) throw new BoardError(`${showText(name)}: ${fault.why}`);
    const file = `${boardFolder(home, name)}/${BOARD_FILE}`;
    let text: string;
    try {
      text = fs.read(file).content;
    } catch (error) {
      if (faultKind(error) !== 'gone') {
        const why = faultKind(error) === 'denied' ? readRefusal(file) : undefined;
        if (why !== undefined) throw new RightsError(why, { cause: error });
        throw new BoardError(`${file}: ${faultText(error)}`, { cause: error });
      }
      throw new BoardError(`there is no board '${name}' in ${home}: make it with 'slate create ${name} --pipeline P'`, {
        cause: error,
      });
    }
    return new Board(home, name, parseConfig(text, file), options);
  }

  get journal(): Journal {
    return this.#journal;
  }

  /** What the letters depend on; without `useStages` every stage serves all classes, has no retries and gathers nothing. */
  get rules(): Rules {
    return this.#rules;
  }

  /** Columns of stages that make visible what is there so far, on a transactional board. */
  get checkpoints(): ReadonlySet<number> {
    return this.#checkpoints;
  }

  /** Takes classes, retries, checkpoints and what is gathered from the stage files as they are now. */
  useStages(definitions: ReadonlyMap<string, StageDefinition>): void {
    const isCheckpoint = (stage: string): boolean => definitions.get(stage)?.checkpoint === true;
    this.#checkpoints = new Set(this.stages.flatMap((stage, column) => (isCheckpoint(stage) ? [column] : [])));
    this.#rules = rulesOf(this, definitions);
    this.#gather = this.stages.map((stage) => definitions.get(stage)?.gather);
  }

  /** What the stage of a column gathers, if it does. */
  gather(column: number): Gather | undefined {
    return this.#gather[column];
  }

  /** From now on the journal is written under this name. */
  writeAs(writer: string): void {
    this.#journal.flush();
    this.#journal = this.#openJournal(writer);
    this.#writer = writer;
    this.#siblings.clear();
  }

  /** Another board of the same home, seen through the same door and written to by the same hand. @throws BoardError */
  sibling(name: string): Board {
    if (name === this.name) return this;
    const known = this.#siblings.get(name);
    if (known !== undefined) return known;
    const { isNetwork, ...options } = this.#options;
    const board = Board.open(this.home, name, { ...options, writer: this.#writer });
    this.#siblings.set(name, board);
    return board;
  }

  path(relative: string): string {
    return `${this.root}/${relative}`;
  }

  column(stage: string): number {
    return this.stages.indexOf(stage);
  }

  /**
   * Now, in milliseconds UTC, by the clock of the disk that the board lies on: the mtime of a file just written there.
   * On a local file system that is this host's clock.
   */
  now(): number {
    if (!this.isNetwork) return Date.now();
    if (!this.#isClockKept()) {
      // Never the same name: what a full disk or a crash leaves is hidden, swept after a day, and in nobody's way.
      const probe = this.path(`${FOLDERS.tmp}/.clock-${randomBytes(6).toString('hex')}`);
      const { mtimeMs } = explain(`${probe}: the board's clock can't be read`, () => this.fs.create(probe, '.', true));
      this.fs.unlink(probe);
      const wallMs = Date.now();
      this.#clock = { offsetMs: mtimeMs - wallMs, wallMs, at: performance.now() };
    }
    return Date.now() + (this.#clock?.offsetMs ?? 0);
  }

  /** Whether what is known of the disk's clock still holds: not for long, and not over a change of this host's own. */
  #isClockKept(): boolean {
    if (this.#clock === undefined) return false;
    const keptMs = performance.now() - this.#clock.at;
    return keptMs <= CLOCK_KEPT_MS && Math.abs(Date.now() - this.#clock.wallMs - keptMs) <= CLOCK_STEP_MS;
  }

  today(): string {
    return formatDay(this.now());
  }

  /** Makes renames in these folders survive a power cut, if the board's durability asks for it at this place. */
  settleDisk(when: 'posts' | 'strict', folders: Iterable<string>): void {
    const { durability } = this.config;
    if (durability === 'none' || (when === 'strict' && durability !== 'strict')) return;
    for (const folder of new Set(folders)) this.fs.sync(this.path(folder));
  }

  #openJournal(writer: string): Journal {
    return new Journal({
      fs: this.fs,
      root: this.root,
      host: this.host,
      writer,
      now: () => Date.now(),
      onTrouble: (error) => this.#options.onTrouble?.(`the journal can't be written: ${pathText(error)}`),
    });
  }
}

export function boardFolder(home: string, name: string): string {
  return `${home}/blackboard/${name}`;
}

function userName(): string {
  return hostField(ownUserName());
}

export function rulesOf(
  board: { graph: Graph; stages: readonly string[] },
  definitions: ReadonlyMap<string, StageDefinition>,
): Rules {
  const byColumn = board.stages.map((stage) => definitions.get(stage));
  const classes = byColumn.map((stage) => (stage?.classes === undefined ? undefined : new Set(stage.classes)));
  return {
    graph: board.graph,
    stages: board.stages,
    serves: (column, cls) => classes[column]?.has(cls) ?? true,
    gathers: (column) => byColumn[column]?.gather !== undefined,
    retries: (column) => byColumn[column]?.retries ?? 0,
  };
}

/** Names of the boards in a home, sorted. A folder without `board.yaml` is none, and so is one that this account may not look into. */
export function listBoards(home: string, fs: Fs = nodeFs): string[] {
  const folder = `${home}/blackboard`;
  const isBoard = (name: string): boolean => {
    if (stageNameFault(name) !== undefined || !fs.isFolder(`${folder}/${name}`)) return false;
    try {
      return fs.names(`${folder}/${name}`).includes(BOARD_FILE);
    } catch (error) {
      if (faultKind(error) !== 'denied') throw error;
      return false;
    }
  };
  return explain(`${folder}: the boards can't be listed`, () => fs.names(folder))
    .filter(isBoard)
    .sort();
}

export interface CreateOptions extends OpenOptions {
  readonly leaseMs?: number | undefined;
  /** The number of the group whose board it is to be; that of `blackboard/`, if that is a group's, unless told. */
  readonly group?: number | undefined;
}

/**
 * Makes a board; `board.yaml` comes last, so that a half-made one is not taken for a board and can be made again.
 * @throws BoardError if the name is not allowed or the board exists.
 */
export function createBoard(
  home: string,
  name: string,
  pipeline: PipelineDefinition,
  options: CreateOptions = {},
): Board {
  const fault = stageNameFault(name, 'board name');
  if (fault !== undefined) throw new BoardError(`'${name}': ${fault.why}`);
  if (pipeline.stages.length + CLAIM_ROOM > 200)
    throw new BoardError(`pipeline '${pipeline.name}' has too many stages`);
  const fs = options.fs ?? nodeFs;
  const root = boardFolder(home, name);
  const config = configOf(name, pipeline, options.leaseMs);
  const group = options.group ?? groupOfNewBoards(home);
  return madeFor(group, () =>
    explain(`${root}: the board can't be made`, () => {
      makeFolders(root);
      if (group !== undefined) {
        shareFolder(root, group);
        shareReservations(root, group);
      }
      for (const folder of [...ALL_FOLDERS, ...(config.transaction ? [PUBLISHED_FOLDER] : [])]) {
        makeFolders(`${root}/${folder}`);
        if (group !== undefined) shareFolder(`${root}/${folder}`, group);
      }
      for (const [file, content] of [
        [COLUMNS_FILE, formatColumns(config.stages)],
        [BOARD_FILE, formatConfig(config)],
      ] as const) {
        try {
          fs.create(`${root}/${file}`, content, config.durability !== 'none');
        } catch (error) {
          if (!isExists(error)) throw error;
          if (file === BOARD_FILE)
            throw new BoardError(`there is a board '${name}' already: choose another name, or post to it`, {
              cause: error,
            });
          fs.overwrite(`${root}/${file}`, content, true);
        }
      }
      return Board.open(home, name, options);
    }),
  );
}
