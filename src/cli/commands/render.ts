/** `slate render`: what a stage would run for a dataset, without running it. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { rfc3339 } from '../../board/rows.ts';
import type { Located } from '../../board/scan.ts';
import { shellQuote } from '../../definitions/shell-scan.ts';
import { MEANINGS } from '../../model/letters.ts';
import { plain, plainLines } from '../../model/text.ts';
import type { Preview } from '../../process/preview.ts';
import { act, type Run, subcommand } from '../command.ts';
import { CliError, EXIT, usage } from '../exit.ts';
import { chooseByName, postedOption } from '../select.ts';
import { type Session, stageNamed } from '../session.ts';

interface RenderOptions {
  readonly file?: string;
  readonly posted?: string;
}

export function registerRender(program: Command, run: Run): void {
  const command = subcommand(program, 'render', 'what a stage would run for a dataset: nothing is run')
    .argument('<dataset>', 'the dataset')
    .argument('<stage>', 'the stage')
    .option('--file <name>', 'only this file of the working folder, as it would stand there')
    .option('--posted <time>', 'of the run posted at that time');
  act<RenderOptions>(command, run, render);
}

async function render(session: Session, [dataset = '', stage = '']: string[], options: RenderOptions): Promise<number> {
  const board = session.board();
  stageNamed(board, stage);
  const posted = options.posted === undefined ? undefined : postedOption(options.posted);
  // Templates and YAML load for the commands that need them.
  const [{ loadStages }, { previewOf }] = await Promise.all([
    import('../../definitions/load.ts'),
    import('../../process/preview.ts'),
  ]);
  const definition = loadStages(board.home, [stage]).get(stage);
  if (definition === undefined) throw usage(`stage '${stage}' has no definition`);
  for (let look = 0; look < 10; look++) {
    const entry = await entryOf(board, dataset, posted);
    const preview = previewOf(board, entry, board.column(stage), definition);
    if (preview !== undefined) return tell(session, board, entry, preview, options.file);
  }
  throw new CliError(EXIT.some, `${dataset} moves all the time: try again`);
}

async function entryOf(board: Board, dataset: string, posted: string | undefined): Promise<Located> {
  const { entries, unclear } = await chooseByName(board, [dataset], posted);
  const [entry] = entries;
  if (entry !== undefined) return entry;
  if (unclear.length === 0) throw new CliError(EXIT.absent, `no such dataset on board ${board.name}: ${dataset}`);
  throw new CliError(
    EXIT.refused,
    `dataset ${dataset} stands several times: 'slate show ${dataset}' tells; say --posted`,
  );
}

function tell(session: Session, board: Board, entry: Located, preview: Preview, file: string | undefined): number {
  if (file !== undefined) tellFile(session, preview, file);
  else if (session.json) session.out.json(previewJson(board, entry, preview));
  else tellAll(session, entry, preview);
  for (const text of preview.missing) session.say(`it would fail (cause n): ${plain(text)}`);
  return preview.missing.length === 0 ? EXIT.ok : EXIT.some;
}

function tellFile(session: Session, { files, stage }: Preview, name: string): void {
  const file = files.find((one) => one.name === name);
  if (file === undefined) {
    const names = files.map((one) => one.name).join(', ');
    throw usage(`stage ${stage} makes no file '${name}'${names === '' ? '' : `; it makes ${names}`}`);
  }
  const content = file.content ?? '';
  if (session.json) session.out.json({ schemaVersion: 1, name, content: file.content ?? null });
  // What it holds must not move a terminal's cursor.
  else session.out.write(session.world.isTTY.stdout ? plainLines(content) : content);
}

function previewJson(board: Board, entry: Located, preview: Preview): Record<string, unknown> {
  const { argv, shell, program, programFault, env, files, params, products, request, members, ...rest } = preview;
  return {
    schemaVersion: 1,
    board: board.name,
    dataset: entry.name.dataset,
    posted: rfc3339(entry.name.posted),
    ...rest,
    command: argv.map((text) => text ?? null),
    shell,
    program: program ?? null,
    programFault: programFault ?? null,
    products: products ?? null,
    ...(request === undefined ? {} : { request: JSON.parse(request) as unknown }),
    ...(members === undefined ? {} : { members }),
    env: Object.fromEntries(env.map(([name, value]) => [name, value ?? null])),
    params: Object.fromEntries(params.map(({ name, value, from }) => [name, { value, from }])),
    files: files.map(({ content, from, ...file }) => ({ ...file, from: from ?? null, content: content ?? null })),
  };
}

const UNKNOWN = '?';

function quoted(word: string | undefined): string {
  if (word === undefined) return UNKNOWN;
  return plain(/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : shellQuote(word));
}

function tellAll({ out }: Session, entry: Located, preview: Preview): void {
  const { stage, letter, epoch, argv, shell, program, programFault, env, files, inputs, params } = preview;
  const line = (head: string, text: string): void => out.line(`  ${head.padEnd(9)} ${text}`);
  const state = MEANINGS[letter].word;
  out.line(`${entry.name.dataset}  ${stage}: claim ${epoch}, try ${preview.try}; the stage is ${state} (${letter})`);
  if (shell) line('shell', argv[2] === undefined ? UNKNOWN : plain(argv[2]));
  else line('command', argv.map(quoted).join(' '));
  line('program', `${plain(program ?? UNKNOWN)}${programFault === undefined ? '' : `; ${plain(programFault)}`}`);
  if (preview.request !== undefined) line('service', `is told: ${plain(preview.request)}`);
  line('folder', preview.scratch);
  if (preview.products !== undefined) line('products', preview.products);
  for (const [from, folder] of Object.entries(inputs)) line('input', `${from}  ${folder}`);
  for (const { dataset, board, state, ready } of preview.members ?? [])
    line('member', `${plain(dataset)} on ${plain(board)}, ${state}${ready ? '' : '; not there yet'}`);
  for (const { name, value, from } of params) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    line('param', `${plain(name)} = ${plain(text)}  (${from})`);
  }
  for (const [name, value] of env) line('env', `${name}=${quoted(value)}`);
  for (const { name, content, executable, from } of files) {
    const kind = [executable ? 'executable' : '', from === undefined ? '' : `from ${from}`].filter(
      (word) => word !== '',
    );
    line('file', `${plain(name)}${kind.length === 0 ? '' : `  (${kind.join(', ')})`}`);
    if (content === undefined) out.line(`    | ${UNKNOWN}`);
    else if (content !== '')
      for (const text of content.replace(/\n$/, '').split('\n')) out.line(`    | ${plainLines(text)}`);
  }
}
