/** What every command starts from: its global options, the home, the board, and where its words go. */
import { Board, boardFolder, listBoards } from '../board/board.ts';
import { missingFolders } from '../board/check-folders.ts';
import { BoardError, faultKind, RightsError } from '../board/errors.ts';
import { FOLDER_ADVICE } from '../board/probe.ts';
import { requireRights } from '../board/rights.ts';
import { readRefusal } from '../board/rights-door.ts';
import { useUmaskOf } from '../board/sharing.ts';
import { findHome } from '../definitions/home.ts';
import type { StageDefinition } from '../model/definition.ts';
import { stageNameFault } from '../model/name.ts';
import type { Work } from '../model/rights-wanted.ts';
import { didYouMean } from '../model/suggest.ts';
import { plainLines } from '../model/text.ts';
import { CliError, EXIT, usage } from './exit.ts';
import type { Output } from './output.ts';
import { type ColorWish, type Paint, painter, wantsColor } from './style.ts';

/** The world of one run of the command; tests make their own. */
export interface World {
  readonly out: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: NodeJS.ReadStream;
  readonly isTTY: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Cells of the terminal, where there is one. */
  readonly columns: number | undefined;
  readonly say: (text: string) => void;
}

/** Options that every command takes. */
export interface Globals {
  readonly home?: string;
  readonly board?: string;
  readonly json?: boolean;
  readonly color?: ColorWish;
}

export class Session {
  readonly world: World;
  readonly #globals: Globals;
  readonly #opened: Board[] = [];
  #home: string | undefined;

  constructor(world: World, globals: Globals) {
    this.world = world;
    this.#globals = globals;
  }

  get out(): Output {
    return this.world.out;
  }

  get json(): boolean {
    return this.#globals.json === true;
  }

  /** A message for people, on standard error. */
  say(message: string): void {
    this.world.say(`slate: ${plainLines(message)}\n`);
  }

  get hasColor(): boolean {
    const { env, isTTY } = this.world;
    return wantsColor(this.#globals.color ?? 'auto', { env, isTTY: isTTY.stdout });
  }

  get paint(): Paint {
    return painter(this.hasColor);
  }

  home(): string {
    this.#home ??= findHome(this.world.cwd, this.world.env, this.#globals.home);
    return this.#home;
  }

  /** `--board`, else `$SLATE_BOARD`, else the only board. @throws CliError with the list if there are several. */
  boardName(named = this.#globals.board): string {
    const home = this.home();
    const boards = listBoards(home);
    const variable = this.world.env.SLATE_BOARD;
    const name = named ?? (variable === undefined || variable === '' ? undefined : variable);
    if (name !== undefined) {
      if (boards.includes(name)) return name;
      const closed = stageNameFault(name) === undefined ? readRefusal(boardFolder(home, name)) : undefined;
      if (closed !== undefined) throw new RightsError(closed);
      const others = boards.length === 0 ? '' : `; there are ${boards.join(', ')}`;
      throw usage(
        `there is no board '${name}' in ${home}${didYouMean(name, boards) || others}; 'slate create ${name} --pipeline P' makes one`,
      );
    }
    const [only, ...more] = boards;
    if (only === undefined)
      throw usage(`there is no board in ${home} yet: make one with 'slate create BOARD --pipeline P'`);
    if (more.length > 0) throw usage(`which board? Say --board NAME or set SLATE_BOARD: ${boards.join(', ')}`);
    return only;
  }

  board(named?: string): Board {
    const board = Board.open(this.home(), this.boardName(named), { onTrouble: (message) => this.say(message) });
    this.#opened.push(board);
    return board;
  }

  /** The same error; where something was not there because a folder of the board is missing, one that says that and what to do. */
  explained(error: unknown): unknown {
    const cause = error instanceof BoardError ? error.cause : error;
    if (faultKind(cause) !== 'gone') return error;
    const [missing] = this.#opened.flatMap(missingFolders);
    if (missing === undefined) return error;
    const what = error instanceof BoardError ? `${error.message}; ` : '';
    return new BoardError(`${what}${missing}: the board's folder is missing: ${FOLDER_ADVICE}`, { cause });
  }

  /** The board with what its stage files say of classes and retries: for what opens stages. @throws DefinitionError */
  async boardWithStages(): Promise<Board> {
    const board = this.board();
    board.useStages(await stageDefinitions(board));
    return board;
  }

  /**
   * Before the first change: makes sure that this account may do such work on the board; what it makes there from now on
   * is the group's, where the board is.
   * @throws RightsError
   */
  prepare(board: Board, work: Work, more: readonly string[] = []): void {
    requireRights(board, work, more);
    useUmaskOf(board);
  }

  /** Why this account may not change the board; undefined: it may, and what it makes there is the group's. */
  whyNotChange(board: Board, work: Work = 'change'): string | undefined {
    try {
      this.prepare(board, work);
      return undefined;
    } catch (error) {
      if (!(error instanceof RightsError)) throw error;
      return error.message;
    }
  }

  /** SLATE_READ_ONLY is for accounts that only look: whatever changes something calls this first. */
  get isReadOnly(): boolean {
    const value = this.world.env.SLATE_READ_ONLY ?? '';
    return value !== '' && value !== '0';
  }

  /** @throws CliError */
  refuseIfReadOnly(): void {
    if (this.isReadOnly) {
      throw new CliError(EXIT.refused, 'SLATE_READ_ONLY is set: this would change the board, and nothing was done');
    }
  }
}

/** YAML, schemas and templates load only for the commands that need them. */
async function stageDefinitions(board: Board): Promise<ReadonlyMap<string, StageDefinition>> {
  const { loadStages } = await import('../definitions/load.ts');
  return loadStages(board.home, board.stages);
}

/** Name of a stage, checked. @throws CliError */
export function stageNamed(board: Board, stage: string): string {
  if (board.stages.includes(stage)) return stage;
  throw usage(
    `board ${board.name} has no stage '${stage}'${didYouMean(stage, board.stages) || `; it has ${board.stages.join(', ')}`}`,
  );
}
