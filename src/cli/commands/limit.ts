/** `slate limit`: the board's limits, who has places of them, and how many there are. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { readTokens, type Token } from '../../board/limits.ts';
import { readShared, setLimit } from '../../board/settings.ts';
import { holderText } from '../../board/waiting.ts';
import { isLimitName } from '../../model/name.ts';
import { plain } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { CliError, EXIT, usage } from '../exit.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';

const MOST_PLACES = 100_000;

export function registerLimit(program: Command, run: Run): void {
  const command = subcommand(program, 'limit', 'the limits of the board and who has places of them; or change one')
    .argument('[name]', 'only this limit')
    .argument('[places]', 'how many places it is to have from now on; 0 stops what uses it');
  act(command, run, async (session, [name, places]) => {
    const board = session.board();
    if (name !== undefined && !isLimitName(name))
      throw usage(`'${name}' is no name of a limit: a small letter, then up to 31 of a-z 0-9 _ -`);
    if (name !== undefined && places !== undefined) return change(session, board, name, places);
    return tell(session, board, name);
  });
}

interface LimitRow {
  readonly limit: string;
  /** Undefined: `board.yaml` does not set it; a place was taken by hand, or before it was taken out. */
  readonly places: number | undefined;
  readonly tokens: readonly Token[];
}

function rowsOf(board: Board): LimitRow[] {
  const limits = readShared(board)?.limits ?? board.config.limits;
  const tokens = readTokens(board);
  const names = new Set([...Object.keys(limits), ...tokens.map(({ limit }) => limit)]);
  return [...names].sort().map((limit) => ({
    limit,
    places: limits[limit],
    tokens: tokens.filter((token) => token.limit === limit),
  }));
}

function tell(session: Session, board: Board, only: string | undefined): number {
  const rows = rowsOf(board).filter(({ limit }) => only === undefined || limit === only);
  if (only !== undefined && rows.length === 0)
    throw new CliError(EXIT.absent, `board ${board.name} has no limit '${only}': 'slate limit ${only} 1' makes it`);
  if (session.json) {
    const limits = rows.map(({ limit, places, tokens }) => ({
      limit,
      places: places ?? null,
      taken: tokens.map(({ place, owner }) => ({ place, ...(owner ?? { process: null }) })),
    }));
    session.out.json({ schemaVersion: 1, board: board.name, limits });
    return EXIT.ok;
  }
  if (rows.length === 0) session.say(`board ${board.name} has no limits`);
  else {
    const right = { align: 'right' as const };
    const heads = [{ head: 'LIMIT' }, { head: 'TAKEN', ...right }, { head: 'OF', ...right }, { head: 'BY' }];
    const cells = rows.map(({ limit, places, tokens }) => [
      limit,
      String(tokens.length),
      places === undefined ? '?' : String(places),
      plain(tokens.map(holderText).join(', ')),
    ]);
    for (const line of formatTable(heads, cells)) session.out.line(line);
  }
  return EXIT.ok;
}

function change(session: Session, board: Board, name: string, text: string): number {
  const places = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(places <= MOST_PLACES)) throw usage(`'${text}' is no number of places: write one from 0 to ${MOST_PLACES}`);
  session.refuseIfReadOnly();
  session.prepare(board, 'limit');
  const was = setLimit(board, name, places);
  if (session.json) session.out.json({ schemaVersion: 1, board: board.name, limit: name, places, was: was ?? null });
  else session.say(`limit ${name}: ${was === undefined ? 'new, ' : `${was} -> `}${places}; in force within seconds`);
  return EXIT.ok;
}
