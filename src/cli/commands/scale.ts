/** `slate scale`: what is wanted on a host, by renaming a file. */
import type { Command } from 'commander';
import { readAgent } from '../../board/agent-file.ts';
import { hostRows } from '../../board/hosts.ts';
import { processRows } from '../../board/processes.ts';
import { isRead, readWishes, setWish } from '../../board/wishes.ts';
import { formatWish, parseWish, type Wish, wishFolder, wishKey } from '../../model/name.ts';
import { act, type Run, subcommand } from '../command.ts';
import { EXIT, usage } from '../exit.ts';
import { hostJson, hostLines } from '../host-lines.ts';
import { type HostOptions, hostNamed, hostsMeant, thisHost } from '../hosts.ts';
import { type Session, stageNamed } from '../session.ts';

interface ScaleOptions extends HostOptions {
  readonly dryRun?: boolean;
  readonly reason?: string;
}

export function registerScale(program: Command, run: Run): void {
  const command = subcommand(program, 'scale', 'say how many slots of a stage are wanted on a host')
    .argument('[wishes...]', 'STAGE=SLOTS, or STAGE+STAGE=SLOTS for one process of several stages; none: list them')
    .option('--host <host>', 'the host; this one unless told')
    .option('-n, --dry-run', 'change nothing, say what would change')
    .option('--reason <text>', 'why, for the journal');
  act<ScaleOptions>(command, run, scale);
}

async function scale(session: Session, words: string[], options: ScaleOptions): Promise<number> {
  const board = session.board();
  if (words.length === 0) {
    const rows = hostRows(board, processRows(board)).filter(
      ({ host, isListed }) => isListed && (options.host === undefined || host === options.host),
    );
    if (session.json) session.out.json({ schemaVersion: 1, board: board.name, hosts: rows.map(hostJson) });
    else for (const line of hostLines(rows)) session.out.line(line);
    if (rows.length === 0) session.say("nothing is wanted on any host: 'slate scale STAGE=SLOTS' says it");
    return EXIT.ok;
  }
  const isDry = options.dryRun === true;
  if (!isDry) session.refuseIfReadOnly();
  const host = hostNamed(options.host);
  if (!isDry) session.prepare(board, 'wish', [wishFolder(host)]);
  const wishes = words.map((word): Wish => {
    const wish = parseWish(word);
    if (typeof wish === 'string') throw usage(`'${word}': ${wish}`);
    for (const stage of wish.stages) stageNamed(board, stage);
    return wish;
  });
  const read = readWishes(board, host);
  const isKnown = host === thisHost() || hostsMeant(board, { all: true }).includes(host);
  const told = wishes.map((wish) => {
    const standing = isRead(read) ? read.wishes.get(wishKey(wish.stages))?.slots : undefined;
    const was = isDry ? standing : setWish(board, host, wish, options.reason);
    return { wish: formatWish(wish), was: was ?? null, now: wish.slots };
  });
  board.journal.flush();
  if (session.json) session.out.json({ schemaVersion: 1, board: board.name, host, dryRun: isDry, wishes: told });
  else for (const { wish, was } of told) session.out.line(`${host}\t${wish}\t${was === null ? 'new' : `was ${was}`}`);
  if (!isKnown)
    session.say(
      `board ${board.name} has not heard of a host ${host} before: 'slate ps' lists those that it knows; 'rm -r ${wishFolder(host)}' in the board's folder takes one that is none off again`,
    );
  if (isRead(read) && read.isDown) session.say(`${host} is down: 'slate up --host ${host}' takes the mark away`);
  else if (readAgent(board, host) === undefined) session.say(`no agent keeps ${host}: 'slate up' there starts one`);
  return EXIT.ok;
}
