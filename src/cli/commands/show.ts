/** `slate show`: everything that is known of a dataset. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { changedMembers, waitLines, waitReports } from '../../board/gather/report.ts';
import { processRows } from '../../board/processes.ts';
import { columnsAt, noteOf, Row, rfc3339 } from '../../board/rows.ts';
import type { Located } from '../../board/scan.ts';
import { serverWaits } from '../../board/serving.ts';
import { visibilityOf } from '../../board/transaction.ts';
import { type Wait, waitsOf } from '../../board/waiting.ts';
import { DefinitionError, loadStages } from '../../definitions/definitions.ts';
import { describeLine, jobLines } from '../../history/describe.ts';
import { type ChildSight, familyLines } from '../../history/family.ts';
import { paramsWithSources, parentText, type Story, storiesOf } from '../../history/story.ts';
import type { Try } from '../../history/tries.ts';
import { companyText } from '../../model/batch-line.ts';
import { formatDuration } from '../../model/duration.ts';
import { NO_CLASS, publishedLink } from '../../model/name.ts';
import { plain } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';
import { rowJson } from '../rows.ts';
import { postedOption, refuseBadName } from '../select.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';

export function registerShow(program: Command, run: Run): void {
  const command = subcommand(program, 'show', "a dataset's whole story: entry, parameters, tries, what people did")
    .argument('<dataset>', 'the dataset')
    .option('--posted <time>', 'only the run posted at that time');
  act<{ posted?: string }>(command, run, async (session, [dataset = ''], options) => {
    const board = await boardToShow(session);
    const posted = options.posted === undefined ? undefined : postedOption(options.posted);
    refuseBadName(dataset);
    const stories = storiesOf(board, dataset, posted);
    if (stories.length === 0) throw new CliError(EXIT.absent, `no such dataset on board ${board.name}: ${dataset}`);
    if (session.json) {
      const runs = stories.map((story) => storyJson(board, dataset, story));
      session.out.json({ schemaVersion: 1, board: board.name, dataset, runs });
    } else for (const [index, story] of stories.entries()) tell(session, board, dataset, story, index > 0);
    return EXIT.ok;
  });
}

/** What a stage gathers stands in its file: where that has faults, the rest can be shown all the same. */
async function boardToShow(session: Session): Promise<Board> {
  const { DefinitionError } = await import('../../definitions/fault.ts');
  try {
    return await session.boardWithStages();
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return session.board();
  }
}

function storyJson(board: Board, dataset: string, story: Story): Record<string, unknown> {
  const { entry, posted, paramsFault, tries, acts, parent, children } = story;
  const params = paramsWithSources(story);
  const sources = params.filter(({ source }) => source !== undefined);
  return {
    posted: rfc3339(posted),
    entry: entry === undefined ? null : rowJson(new Row(entry), board.stages, board.now()),
    params: Object.fromEntries(params.map(({ key, value }) => [key, value])),
    ...(sources.length === 0
      ? {}
      : { paramSources: Object.fromEntries(sources.map(({ key, source }) => [key, source])) }),
    ...(parent === undefined ? {} : { parent }),
    ...(children === undefined ? {} : { children: children.map(childJson) }),
    ...(entry === undefined ? {} : { ...gatherJson(board, entry), lacks: waitsNow(board, entry) }),
    ...(paramsFault === undefined ? {} : { paramsFault }),
    tries,
    acts,
    ...(board.config.transaction ? { visibility: visibilityOf(board, dataset, posted) } : {}),
  };
}

function childJson({ board, dataset, posted, state, letters, text }: ChildSight): Record<string, unknown> {
  return { board, dataset, posted: rfc3339(posted), state, ...(letters === undefined ? {} : { letters }), text };
}

/** Who posted it, and what it has posted. */
function tellFamily({ out }: Session, board: Board, { parent, children }: Story): void {
  if (parent !== undefined) out.line(`  parent    ${plain(parentText(parent, board.name, rfc3339))}`);
  for (const [index, text] of (children === undefined ? [] : familyLines(children, board.name)).entries())
    out.line(`  ${index === 0 ? 'children  ' : '            '}${plain(text)}`);
}

/** What it waits for, and what has become of what it has gathered; nothing for most entries. */
function gatherJson(board: Board, entry: Located): Record<string, unknown> {
  const waits = waitReports(board, entry);
  const changed = changedMembers(board, entry);
  return { ...(waits.length === 0 ? {} : { waits }), ...(changed.length === 0 ? {} : { changed }) };
}

function tellGather({ out }: Session, board: Board, entry: Located): void {
  for (const report of waitReports(board, entry)) {
    for (const [index, text] of waitLines(report, board.now()).entries())
      out.line(`  ${index === 0 ? `waits     ${report.stage}: ` : '            '}${plain(text)}`);
  }
  for (const { stage, board: name, dataset, text } of changedMembers(board, entry))
    out.line(`  changed   ${stage}: ${plain(`${name}:${dataset}`)} ${text}`);
}

/** What keeps it from running now; of its needs nothing where the stage files can't be read, which `slate check` tells. */
function waitsNow(board: Board, entry: Located): Wait[] {
  const isLive = entry.folder === 'queue' || entry.folder === 'active';
  const ofServers = isLive ? serverWaits(board, entry, processRows(board)) : [];
  try {
    return [...ofServers, ...waitsOf(board, entry, loadStages(board.home, board.stages))];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return ofServers;
  }
}

function tell(session: Session, board: Board, dataset: string, story: Story, isFurther: boolean): void {
  const { out } = session;
  if (isFurther) out.line('');
  const { entry } = story;
  if (entry === undefined) {
    out.line(`${plain(dataset)}  posted ${rfc3339(story.posted)}  no longer on the board; its traces are`);
  } else {
    tellEntry(session, board, new Row(entry));
    tellGather(session, board, entry);
    for (const { stage, why } of waitsNow(board, entry)) out.line(`  waits     ${stage}: ${plain(why)}`);
  }
  if (board.config.transaction) out.line(`  visible   ${visibilityText(board, dataset, story)}`);
  tellFamily(session, board, story);
  for (const { key, value, source } of paramsWithSources(story)) {
    const from = source === undefined ? '' : `  (${source})`;
    out.line(`  param     ${plain(key)} = ${plain(typeof value === 'string' ? value : JSON.stringify(value))}${from}`);
  }
  if (story.paramsFault !== undefined) out.line(`  param     ${plain(story.paramsFault)}`);
  tellTries(session, story.tries);
  if (story.acts.length > 0) out.line('  what was done to it:');
  for (const line of story.acts) {
    const who = `${line.by}@${line.host}`;
    out.line(
      `    ${line.t.replace(/\.\d+Z$/, 'Z')}  ${plain(line.event)}  ${plain(who)}  ${plain(describeLine(line))}`,
    );
  }
}

/** What readers of a transactional board see of a run. */
function visibilityText(board: Board, dataset: string, { posted, entry }: Story): string {
  const visibility = visibilityOf(board, dataset, posted);
  switch (visibility.kind) {
    case 'visible': {
      const isDone = entry?.folder.startsWith('done/') === true;
      const what = isDone ? 'committed' : `checkpoint ${visibility.view}`;
      return `${what}: ${publishedLink(dataset)} shows ${visibility.stages.join(', ') || 'nothing, for it has no products'}`;
    }
    case 'replaced': {
      const by =
        visibility.by === undefined ? 'it was taken out of sight' : `the run of ${rfc3339(visibility.by)} is shown`;
      return `committed, but ${by}`;
    }
    case 'givenUp':
      return 'given up: it was committed, and is out of sight';
    case 'open':
      return 'open: nothing of it can be seen until it is done';
  }
}

function tellEntry(session: Session, board: Board, row: Row): void {
  const { out, paint } = session;
  const { name, folder, file } = row.at;
  const places = columnsAt(row).map((column) => board.stages[column] ?? '');
  const note = noteOf(row);
  const state = paint(row.state, row.state) + (places.length === 0 ? '' : ` at ${places.join(', ')}`);
  out.line(`${name.dataset}  ${state}${note === '' ? '' : `: ${plain(note)}`}`);
  const age = formatDuration(Math.max(0, board.now() - row.postedMs));
  out.line(`  posted    ${rfc3339(name.posted)} (${age} ago)`);
  const cls = name.class === NO_CLASS ? 'none' : name.class;
  out.line(`  rank      ${String(name.rank).padStart(2, '0')}   class ${cls}   claims ${name.epoch}`);
  out.line(`  stages    ${board.stages.map((stage, column) => `${stage} ${name.letters[column]}`).join('   ')}`);
  out.line(`  file      ${folder}/${file}`);
}

function tellTries(session: Session, tries: readonly Try[]): void {
  const { out } = session;
  if (tries.length === 0) {
    out.line('  no try yet');
    return;
  }
  const rows = tries.map((one) => [
    String(one.epoch).padStart(3, '0'),
    one.stage,
    one.try === undefined ? '' : String(one.try),
    endText(one),
    [one.process, one.host].filter((part) => part !== undefined).join('@'),
    (one.started ?? one.ended ?? '').replace(/\.\d+Z$/, 'Z'),
    one.seconds === undefined ? '' : formatDuration(one.seconds * 1000),
    one.log ?? '',
  ]);
  const heads = ['EPOCH', 'STAGE', 'TRY', 'OUTCOME', 'WHERE', 'STARTED', 'TOOK', 'LOG'];
  for (const line of formatTable(
    heads.map((head) => ({ head })),
    rows,
  ))
    out.line(`  ${line}`);
  for (const one of tries) {
    if (one.batch !== undefined)
      out.line(`  batch     ${String(one.epoch).padStart(3, '0')} ${companyText(one.batch, one.together)}`);
    if (one.products !== undefined) {
      const kind = one.official ? 'official' : one.published ? 'published' : 'not published';
      out.line(`  products  ${one.products} (${kind})`);
    }
    if (one.job !== undefined) {
      const epoch = String(one.epoch).padStart(3, '0');
      for (const [index, text] of jobLines(one.job).entries())
        out.line(`  ${index === 0 ? `job       ${epoch} ` : '              '}${plain(text)}`);
    }
    if (one.reason !== undefined) out.line(`  reason    ${String(one.epoch).padStart(3, '0')} ${plain(one.reason)}`);
  }
}

function endText(one: Try): string {
  const parts = [one.outcome];
  if (one.code !== undefined && one.code !== 0) parts.push(`exit code ${one.code}`);
  if (one.signal !== undefined) parts.push(one.signal);
  return parts.join(', ');
}
