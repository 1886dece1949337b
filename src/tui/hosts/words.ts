/** Numbers and states of hosts as people read them. Pure. */
import { clockText, loadText } from '../../board/host-facts.ts';
import type { HostRow } from '../../board/hosts.ts';
import { formatSize, MB } from '../../model/size.ts';
import type { CellText } from '../processes/table.ts';
import { durationText } from '../processes/table.ts';
import type { Context } from '../view.ts';
import type { StageRow, StageState } from './model.ts';

/** What a host has not said for so long is old. */
const OLD_MS = 60_000;
const UNKNOWN: CellText = { text: '?', tone: 'dim' };

/** `120G`, `812M` */
export function sizeText(mb: number): string {
  return formatSize(Math.max(0, mb) * MB).replace(/ (\w)B$/, '$1');
}

export function isOld({ seenMs }: HostRow): boolean {
  return seenMs === undefined || seenMs > OLD_MS;
}

/** Of what is no longer so, nothing is made much of. */
function fact(row: HostRow, text: string, tone: CellText['tone']): CellText {
  return isOld(row) ? { text, tone: 'dim' } : { text, tone };
}

export function loadCell(row: HostRow): CellText {
  const { load1, cpus = Number.POSITIVE_INFINITY } = row.facts;
  if (load1 === undefined) return UNKNOWN;
  return fact(row, loadText(row.facts), load1 > 2 * cpus ? 'warn' : 'plain');
}

const LEAST_FREE_MB = 1_024;

/** In red below what the board wants to be free, and below one GB. */
export function freeCell(row: HostRow, mb: number | undefined, { data }: Context): CellText {
  if (mb === undefined) return UNKNOWN;
  const floorMb = Math.max(LEAST_FREE_MB, (data.board.config.freeBytes ?? 0) / MB);
  return fact(row, sizeText(mb), mb < floorMb ? 'bad' : 'plain');
}

/** `-`: it is no disk of its own. */
export function scratchCell(row: HostRow, context: Context): CellText {
  const { freeMb, scratchMb } = row.facts;
  if (scratchMb === undefined && freeMb !== undefined) return { text: '-', tone: 'dim' };
  return freeCell(row, scratchMb, context);
}

const NOTABLE_CLOCK_MS = 1_000;
const BAD_CLOCK_MS = 60_000;

export function clockCell(row: HostRow): CellText {
  const { clockMs } = row.facts;
  if (clockMs === undefined) return UNKNOWN;
  const size = Math.abs(clockMs);
  return fact(row, clockText(clockMs), size >= BAD_CLOCK_MS ? 'bad' : size >= NOTABLE_CLOCK_MS ? 'warn' : 'plain');
}

export function seenCell(row: HostRow): CellText {
  if (row.seenMs === undefined) return UNKNOWN;
  return { text: durationText(row.seenMs), tone: isOld(row) ? 'warn' : 'plain' };
}

const STATE_TONES: Readonly<Record<StageState, CellText['tone']>> = {
  running: 'plain',
  suspended: 'warn',
  paused: 'warn',
  leaving: 'warn',
  starting: 'busy',
  waiting: 'warn',
  crashing: 'bad',
  refused: 'bad',
  unclear: 'bad',
  missing: 'bad',
  none: 'dim',
  'by hand': 'plain',
  extra: 'warn',
};

/** In capitals what somebody has to look at. */
export function stageStateCell({ state }: StageRow): CellText {
  const tone = STATE_TONES[state];
  return { text: tone === 'bad' ? state.toUpperCase() : state, tone };
}

/** What is wanted: `4`, `-` if nobody has wished for it, `?` if wishes contradict each other. */
export function wantText({ wish }: StageRow): string {
  return wish === undefined ? '-' : wish.slots === undefined ? '?' : String(wish.slots);
}

/** `4/4`: slots that run, of those that are wanted; `0/4!` where something is wrong. */
export function slotsCell(stage: StageRow): CellText {
  if (stage.wish === undefined && stage.processes.length === 0) return { text: '-', tone: 'dim' };
  const tone = STATE_TONES[stage.state];
  const isShort = tone === 'plain' && stage.wish !== undefined && stage.slots !== stage.wish.slots;
  return {
    text: `${stage.slots}/${wantText(stage)}${tone === 'bad' ? '!' : ''}`,
    tone: isShort ? 'busy' : tone,
  };
}
