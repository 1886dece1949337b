/** The pane's first tab: what `slate show` tells of an entry. */
import { columnsAt, noteOf, Row, runKey, tryOf } from '../../board/rows.ts';
import type { Located } from '../../board/scan.ts';
import { jobLines } from '../../history/describe.ts';
import { familyLines } from '../../history/family.ts';
import { paramsWithSources, parentText, type Story } from '../../history/story.ts';
import type { Try } from '../../history/tries.ts';
import { companyText } from '../../model/batch-line.ts';
import { formatDuration } from '../../model/duration.ts';
import { isDigit, type Letter } from '../../model/letters.ts';
import { type Claim, claimsOf, formatEpoch, NO_CLASS, parsePosted } from '../../model/name.ts';
import { count, padEnd, plain, width } from '../../model/text.ts';
import type { Tone } from '../look.ts';
import { dateTime, shortTime } from '../times.ts';
import type { Context } from '../view.ts';
import { type Line, line, type Segment } from './lines.ts';
import { nextSteps } from './next-step.ts';

/** The story of an entry's own run, and of the others of its dataset. */
export interface Stories {
  readonly isLoading: boolean;
  readonly own: Story | undefined;
  readonly others: readonly Story[];
}

export function storiesOf(entry: Located, { data }: Context): Stories {
  const state = data.story(runKey(entry));
  if (state.kind === 'loading') return { isLoading: true, own: undefined, others: [] };
  const own = state.stories.find(({ posted }) => posted === entry.name.posted);
  return { isLoading: false, own, others: state.stories.filter((story) => story !== own) };
}

const LABEL = 9;
const labelled = (label: string, ...segments: Segment[]): Line => [
  { text: padEnd(label, LABEL), tone: 'dim' },
  ...segments,
];

export function detailLines(entry: Located, context: Context): Line[] {
  const { own, others, isLoading } = storiesOf(entry, context);
  const row = new Row(entry);
  const lines: Line[] = [
    headline(row, context),
    ...whyLines(row, own),
    ...nextSteps(entry, context.data).map((step, index) => labelled(index === 0 ? 'next' : '', { text: step })),
    ...(own?.waits ?? []).map((text, index) => labelled(index === 0 ? 'waits' : '', { text })),
    aboutLine(row, context),
    ...claimsOf(entry.name).map((claim) => claimLine(row, claim, own, context)),
    stagesLine(row, context),
  ];
  if (isLoading) lines.push(line(`reading its story ${context.look.glyphs.more}`, 'dim'));
  else if (own === undefined || own.tries.length === 0) {
    // It was tried, and what told of it is gone, or was never written here.
    const text = entry.name.epoch > 0 ? 'none in the journals or logs' : 'none yet';
    lines.push(labelled('tries', { text }));
  } else lines.push(...triesLines(own.tries, context));
  if (own !== undefined) lines.push(...jobPart(own));
  if (own !== undefined) lines.push(...familyPart(own, context), ...paramLines(own));
  if (own?.paramsFault !== undefined) lines.push(labelled('param', { text: own.paramsFault, tone: 'bad' }));
  lines.push(labelled('file', { text: `${entry.folder}/${entry.file}` }));
  for (const other of others) lines.push(labelled('also', { text: otherText(other, context) }));
  return lines;
}

/** The jobs that its tries were, the latest first. */
function jobPart({ tries }: Story): Line[] {
  return tries.toReversed().flatMap(({ job, epoch }) => {
    const tone: Tone = job?.state === 'held' ? 'warn' : job?.state === 'running' ? 'busy' : 'plain';
    const lines = job === undefined ? [] : jobLines(job);
    return lines.map((text, index) =>
      labelled(index === 0 ? 'job' : '', { text: `${index === 0 ? formatEpoch(epoch) : '   '} ${text}`, tone }),
    );
  });
}

/** Who posted it, and what it has posted. */
function familyPart({ parent, children }: Story, { data, common }: Context): Line[] {
  const time = (posted: string): string => dateTime(parsePosted(posted) ?? Number.NaN, common.zone);
  const { name } = data.board;
  const lines = parent === undefined ? [] : [labelled('parent', { text: parentText(parent, name, time) })];
  const told = children === undefined ? [] : familyLines(children, name);
  return [...lines, ...told.map((text, index) => labelled(index === 0 ? 'children' : '', { text }))];
}

function paramLines(own: Story): Line[] {
  return paramsWithSources(own).map(({ key, value, source }) => {
    const text = `${key} = ${typeof value === 'string' ? value : JSON.stringify(value)}`;
    return source === undefined
      ? labelled('param', { text })
      : labelled('param', { text }, { text: `  (${source})`, tone: 'dim', mayBreak: true });
  });
}

function headline(row: Row, { data, look }: Context): Line {
  const columns = columnsAt(row);
  const { glyph, word, tone } = look.state(row.state);
  const places = columns.map((column) => data.board.stages[column] ?? '').join(', ');
  const note = noteOf(row, columns);
  const text = `${glyph} ${word}${places === '' ? '' : ` at ${places}`}${note === '' ? '' : `: ${note}`}`;
  return [{ text, tone }];
}

/** What the step, or its process, said of the latest try of the stages that the entry is stuck at. */
function whyLines(row: Row, own: Story | undefined): Line[] {
  const isStuck = row.state === 'failed' || row.state === 'held' || [...row.letters].some(isDigit);
  if (own === undefined || !isStuck) return [];
  const reason = own.tries.findLast(({ outcome }) => outcome !== 'complete' && outcome !== 'running')?.reason;
  return reason === undefined ? [] : [labelled('why', { text: reason, tone: outcomeTone(row.state) })];
}

function aboutLine(row: Row, { data, common }: Context): Line {
  const { name } = row.at;
  const age = formatDuration(Math.max(0, data.nowMs - row.postedMs));
  const parts = [
    `${dateTime(row.postedMs, common.zone)} (${age} ago)`,
    `rank ${String(name.rank).padStart(2, '0')}`,
    `class ${name.class === NO_CLASS ? 'none' : name.class}`,
    count(name.epoch, 'claim'),
  ];
  const nth = tryOf(row);
  if (nth > 0) parts.push(`try ${nth}`);
  return labelled('posted', { text: parts.join('   ') });
}

function claimLine(row: Row, claim: Claim, own: Story | undefined, { data, common }: Context): Line {
  const stage = data.board.stages[claim.column] ?? '';
  const process = data.processes.find(({ status }) => status.name.id === claim.process);
  const told = own?.tries.find((one) => one.stage === stage && one.epoch === claim.epoch);
  const said = process?.status.content?.entries.find((one) => one.dataset === row.dataset && one.epoch === claim.epoch);
  const since = told?.started ?? said?.since;
  const size = told?.batch ?? said?.of ?? 1;
  const company = size > 1 ? `, ${companyText(size, told?.together)}` : '';
  const sinceMs = since === undefined ? Number.NaN : Date.parse(since);
  const where =
    process === undefined
      ? ', which has no status file'
      : ` on ${process.status.name.host} pid ${process.status.name.pid}`;
  const ran = Number.isNaN(sinceMs)
    ? ''
    : ` since ${shortTime(sinceMs, data.nowMs, common.zone)} (${formatDuration(Math.max(0, data.nowMs - sinceMs))})`;
  const health: Segment[] = [];
  if (process?.isDead === true) health.push({ text: '  DEAD', tone: 'bad', mayBreak: true });
  else if (process?.isSilent === true) health.push({ text: '  SILENT', tone: 'warn', mayBreak: true });
  const verb = row.letters[claim.column] === 'e' ? 'published' : 'done';
  return labelled(
    'claim',
    { text: `${stage} is being ${verb} by ${claim.process}${where}${ran}, try ${claim.try}${company}`, tone: 'busy' },
    ...health,
  );
}

function stagesLine(row: Row, { data, look }: Context): Line {
  const segments = data.board.stages.flatMap((stage, column): Segment[] => {
    const { glyph, tone } = look.letter((row.letters[column] ?? '_') as Letter);
    return [
      { text: `${stage} `, mayBreak: true },
      { text: `${glyph}  `, tone },
    ];
  });
  return labelled('stages', ...segments);
}

const OUTCOME_TONES: Readonly<Record<string, Tone>> = {
  complete: 'good',
  failed: 'bad',
  held: 'warn',
  lost: 'bad',
  retry: 'retry',
  'sent back': 'warn',
  running: 'busy',
  publishing: 'busy',
};

export function outcomeTone(outcome: string): Tone {
  return OUTCOME_TONES[outcome] ?? 'plain';
}

/** `failed, exit code 2` */
export function endText(one: Try): string {
  const parts = [one.outcome];
  if (one.code !== undefined && one.code !== 0) parts.push(`exit code ${one.code}`);
  if (one.signal !== undefined) parts.push(one.signal);
  return parts.join(', ');
}

export function whereText(one: Try): string {
  return [one.process, one.host].filter((part) => part !== undefined).join('@');
}

/** A table, the latest try first: that is the one that is asked for. */
function triesLines(tries: readonly Try[], { data, common }: Context): Line[] {
  const heads = ['EPOCH', 'STAGE', 'TRY', 'OUTCOME', 'WHERE', 'STARTED', 'TOOK', 'REASON'];
  const rows = tries.toReversed().map((one) => {
    const began = one.started ?? one.ended;
    const cells = [
      formatEpoch(one.epoch),
      one.stage,
      one.try === undefined ? '' : String(one.try),
      endText(one),
      whereText(one),
      began === undefined ? '' : shortTime(Date.parse(began), data.nowMs, common.zone),
      one.seconds === undefined ? '' : formatDuration(one.seconds * 1000),
      one.reason ?? '',
    ];
    return { cells: cells.map((cell) => plain(cell)), tone: outcomeTone(one.outcome) };
  });
  const wide = heads.map((head, index) => {
    return rows.reduce((most, { cells }) => Math.max(most, width(cells[index] ?? '')), head.length);
  });
  const pad = (cell: string, index: number): string =>
    padEnd(cell, (wide[index] ?? 0) + (index === heads.length - 1 ? 0 : 2));
  return [
    [{ text: heads.map(pad).join(''), tone: 'head' }],
    ...rows.map(({ cells, tone }): Line => {
      return cells.map((cell, index) => ({ text: pad(cell, index), tone: index === 3 ? tone : 'plain' }));
    }),
  ];
}

function otherText(other: Story, { common }: Context): string {
  const posted = dateTime(parsePosted(other.posted) ?? Number.NaN, common.zone);
  const now = other.entry === undefined ? 'no longer on the board' : new Row(other.entry).state;
  return `posted ${posted}: ${now}, ${other.tries.length === 1 ? '1 try' : `${other.tries.length} tries`}`;
}
