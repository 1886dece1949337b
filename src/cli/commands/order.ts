/** `slate order`: tells stage processes what to do, by renaming their status files. */
import type { Command } from 'commander';
import { giveOrder, listStatusNames } from '../../board/status.ts';
import { isOrder, ORDERS, type Order } from '../../model/name.ts';
import { didYouMean } from '../../model/suggest.ts';
import { act, type Run, subcommand } from '../command.ts';
import { CliError, EXIT, exitOfMany, usage } from '../exit.ts';
import type { Session } from '../session.ts';

interface OrderOptions {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly reason?: string;
}

export function registerOrder(program: Command, run: Run): void {
  const command = subcommand(program, 'order', `tell stage processes to ${ORDERS.join(', ')}`)
    .argument('<words...>', `ids of stage processes, then the order: ${ORDERS.join(', ')}`)
    .option('--all', 'all stage processes of the board')
    .option('-n, --dry-run', 'change nothing, say what would change')
    .option('--reason <text>', 'why, for the journal');
  act<OrderOptions>(command, run, order);
}

function orderOf(word: string): Order {
  if (isOrder(word)) return word;
  throw usage(`'${word}' is no order${didYouMean(word, ORDERS) || `; the orders are ${ORDERS.join(', ')}`}`);
}

async function order(session: Session, words: string[], options: OrderOptions): Promise<number> {
  const isDry = options.dryRun === true;
  if (!isDry) session.refuseIfReadOnly();
  const wanted = orderOf(words.at(-1) ?? '');
  const named = words.slice(0, -1);
  if (options.all === named.length > 0) throw usage('name stage processes, or say --all, not both');
  if (named.length === 0 && options.all !== true)
    throw usage(`which stage processes? 'slate order ID… ${wanted}', or --all`);
  const board = session.board();
  if (!isDry) session.prepare(board, 'order');
  const standing = listStatusNames(board).map(({ name }) => name);
  const ids = options.all ? standing.filter((name) => name.order !== 'lost').map(({ id }) => id) : [...new Set(named)];
  if (ids.length === 0) throw new CliError(EXIT.absent, `no stage process serves board ${board.name}`);

  const told: { id: string; result: string }[] = [];
  for (const id of ids) {
    const now = standing.find((name) => name.id === id);
    const planned =
      now === undefined ? 'absent' : now.order === 'lost' ? 'lost' : now.order === wanted ? 'unchanged' : 'ordered';
    const result = isDry ? planned : giveOrder(board, id, wanted, options.reason);
    told.push({ id, result });
    if (result === 'absent') session.say(`no stage process has the id ${id}: 'slate ps' lists them`);
    else if (result === 'lost') session.say(`${id} has been found dead and takes no orders`);
    else if (!session.json) session.out.line(`${id}\t${result === 'unchanged' ? `${wanted} already` : wanted}`);
  }
  board.journal.flush();
  if (session.json)
    session.out.json({ schemaVersion: 1, board: board.name, order: wanted, dryRun: isDry, processes: told });
  const number = (...results: string[]): number => told.filter(({ result }) => results.includes(result)).length;
  return exitOfMany(number('ordered', 'unchanged'), number('lost'), number('absent'));
}
