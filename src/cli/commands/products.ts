/** `slate products`: where a dataset's products are, as whoever uses them should read them. */
import { isAbsolute } from 'node:path';
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { runsOf } from '../../board/runs.ts';
import { visibilityOf } from '../../board/transaction.ts';
import { officialProducts } from '../../board/tries.ts';
import { publishedLink } from '../../model/name.ts';
import { plain } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';
import { postedOption, refuseBadName } from '../select.ts';
import { type Session, stageNamed } from '../session.ts';

interface ProductsOptions {
  readonly stage?: string;
  readonly posted?: string;
}

interface Products {
  readonly posted: string;
  /** Stage → folder, absolute, in column order. */
  readonly folders: ReadonlyMap<string, string>;
  readonly visibility: string | undefined;
}

export function registerProducts(program: Command, run: Run): void {
  const command = subcommand(program, 'products', "folders of a dataset's products")
    .argument('<dataset>', 'the dataset')
    .option('--stage <stage>', 'of this stage only')
    .option('--posted <time>', 'of the run posted at that time; else of the one that is visible, or the latest');
  act<ProductsOptions>(command, run, products);
}

async function products(session: Session, [dataset = '']: string[], options: ProductsOptions): Promise<number> {
  const board = session.board();
  refuseBadName(dataset);
  const stage = options.stage === undefined ? undefined : stageNamed(board, options.stage);
  const posted = options.posted === undefined ? undefined : postedOption(options.posted);
  const found = board.config.transaction ? visible(board, dataset, posted) : official(board, dataset, posted);
  if (found === undefined) throw new CliError(EXIT.absent, `no such dataset on board ${board.name}: ${dataset}`);
  const told = [...found.folders].filter(([name]) => stage === undefined || name === stage);
  if (session.json) {
    const list = told.map(([name, path]) => ({ stage: name, path }));
    const { visibility = null } = found;
    session.out.json({
      schemaVersion: 1,
      board: board.name,
      dataset,
      posted: found.posted,
      visibility,
      products: list,
    });
    return EXIT.ok;
  }
  for (const [, path] of told) session.out.line(isAbsolute(path) ? path : plain(path));
  if (told.length === 0)
    session.say(`${dataset} has no products${found.visibility === 'open' ? ' that are visible yet' : ''}`);
  return EXIT.ok;
}

/** The official products of a run: the one on the board, or the latest. */
function official(board: Board, dataset: string, posted: string | undefined): Products | undefined {
  const entry = runsOf(board, dataset, posted).at(-1);
  if (entry === undefined) return undefined;
  const folders = [...officialProducts(board, entry.name)].map(
    ([stage, folder]) => [stage, board.path(folder)] as const,
  );
  return { posted: entry.name.posted, folders: new Map(folders), visibility: undefined };
}

/** What readers see in `published/`; of a run that is told, that run's official products if it has been committed. */
function visible(board: Board, dataset: string, posted: string | undefined): Products | undefined {
  const runs = runsOf(board, dataset, posted);
  const shown = runs.find(({ name }) => visibilityOf(board, dataset, name.posted).kind === 'visible') ?? runs.at(-1);
  if (shown === undefined) return undefined;
  const visibility = visibilityOf(board, dataset, shown.name.posted);
  if (visibility.kind === 'visible') {
    const folders = board.stages
      .filter((stage) => visibility.stages.includes(stage))
      .map((stage) => [stage, board.path(`${publishedLink(dataset)}/${stage}`)] as const);
    return { posted: shown.name.posted, folders: new Map(folders), visibility: 'visible' };
  }
  const wasCommitted = visibility.kind === 'replaced' && official(board, dataset, shown.name.posted);
  return {
    posted: shown.name.posted,
    folders: wasCommitted === false || wasCommitted === undefined ? new Map() : wasCommitted.folders,
    visibility: visibility.kind,
  };
}
