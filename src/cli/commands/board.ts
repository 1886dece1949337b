/** `slate board`, and `slate` alone on a terminal: the dashboard. It loads only when it is asked for. */
import type { Command } from 'commander';
import { Board } from '../../board/board.ts';
import { compileFilter, filterWords } from '../../model/filter.ts';
import { refusalOf } from '../../tui/term/surroundings.ts';
import { act, type Run, subcommand } from '../command.ts';
import { usage } from '../exit.ts';
import type { Session } from '../session.ts';

export interface BoardOptions {
  readonly readOnly?: boolean;
  readonly ascii?: boolean;
  readonly letters?: boolean;
  readonly mouse?: boolean;
}

export function registerBoard(program: Command, run: Run): void {
  const command = subcommand(program, 'board', 'the dashboard: entries, stages, processes, charts and events, live')
    .argument('[filter...]', 'words of the filter language to begin with')
    .option('--read-only', 'look only: nothing on the board can be changed')
    .option('--ascii', 'no characters beyond ASCII (also SLATE_ASCII=1, and where the locale is not UTF-8)')
    .option('--letters', "the board's own letters instead of signs")
    .option('--no-mouse', 'leave the mouse to the terminal');
  act<BoardOptions>(command, run, (session, words, options) => dashboard(session, words, options));
}

/** @returns the exit code @throws CliError where there is no terminal to paint on */
export async function dashboard(
  session: Session,
  words: readonly string[] = [],
  options: BoardOptions = {},
): Promise<number> {
  const { env, isTTY, cwd } = session.world;
  if (session.json) throw usage("the dashboard is for people: 'slate status --json' is for programs");
  const refusal = refusalOf(env, isTTY);
  if (refusal !== undefined) throw usage(refusal);
  const filter = words.flatMap(filterWords).join(' ');
  const home = session.home();
  const name = session.boardName();
  const { runDashboard } = await import('../../tui/app/dashboard.ts');
  // Messages would tear the screen: the dashboard shows them itself.
  let onTrouble: (message: string) => void = (message) => session.say(message);
  const board = Board.open(home, name, { onTrouble: (message) => onTrouble(message) });
  compileFilter(filterWords(filter), { stages: board.stages, nowMs: Date.now() });
  const refused = session.whyNotChange(board);
  if (refused !== undefined) session.say(`it only looks: ${refused}`);
  return runDashboard({
    board,
    filter,
    env,
    cwd,
    script: process.argv[1] ?? '',
    isReadOnly: options.readOnly === true || session.isReadOnly || refused !== undefined,
    isAscii: options.ascii === true,
    showLetters: options.letters === true,
    hasMouse: options.mouse !== false,
    hasColor: session.hasColor,
    whenTroubled: (hear) => {
      onTrouble = hear;
    },
  });
}
