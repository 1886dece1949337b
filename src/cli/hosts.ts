/** Which boards and hosts a command about hosts is meant for. */
import { hostname } from 'node:os';
import { type Board, listBoards } from '../board/board.ts';
import { listStatusNames } from '../board/status.ts';
import { listHosts } from '../board/wishes.ts';
import { hostFault, hostField, wishFolder } from '../model/name.ts';
import { usage } from './exit.ts';
import type { Session } from './session.ts';

export interface HostOptions {
  readonly board?: string;
  readonly host?: string;
  readonly all?: boolean;
}

export function thisHost(): string {
  return hostField(hostname());
}

/** A host's name as a person has given it. @throws CliError */
export function hostNamed(host: string | undefined): string {
  if (host === undefined) return thisHost();
  const fault = hostFault(host);
  if (fault !== undefined) throw usage(fault);
  return host;
}

/** The board that is named; else all of the home. */
export function boardNames(session: Session, options: HostOptions): string[] {
  const variable = session.world.env.SLATE_BOARD ?? '';
  if (options.board !== undefined || variable !== '') return [session.boardName(options.board)];
  return listBoards(session.home());
}

export function boardsMeant(session: Session, options: HostOptions): Board[] {
  return boardNames(session, options).map((name) => session.board(name));
}

/** Before what is wanted on hosts of a board is changed. @throws RightsError */
export function prepareHosts(session: Session, board: Board, options: HostOptions): void {
  session.prepare(board, 'wish', hostsMeant(board, options).map(wishFolder));
}

/** The host that is named, else this one; with `--all` those that the board knows of. */
export function hostsMeant(board: Board, { host, all }: HostOptions): string[] {
  if (all !== true) return [hostNamed(host)];
  if (host !== undefined) throw usage('name a host, or say --all, not both');
  return [...new Set([...listHosts(board), ...listStatusNames(board).map(({ name }) => name.host)])].sort();
}
