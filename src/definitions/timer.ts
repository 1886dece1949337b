/** A timer of `pipelines/<name>.yaml`: its shape, what the shape does not say, and its templates. */
import { z } from 'zod';
import type { Timer, Timing } from '../model/definition.ts';
import { formatDuration, tryParseDuration } from '../model/duration.ts';
import { classFault, datasetFault, formatPosted } from '../model/name.ts';
import { nearest } from '../model/suggest.ts';
import type { Fault } from './fault.ts';
import { cronFault, dayIn, isZone, scheduleOf } from './schedule.ts';
import {
  CLASS_NAME,
  choice,
  duration,
  expected,
  mapping,
  matching,
  RANK,
  rankTemplate,
  STAGE_NAME,
  stageName,
  text,
} from './shapes.ts';
import { isRecord, type Path, type Source } from './source.ts';
import { compileTemplate, TemplateError, type TemplateNames } from './template.ts';
import { checkTemplate } from './templates.ts';

export const TIMER_NAMES: TemplateNames = { names: ['timer', 'time', 'date', 'board', 'pipeline'] };
const DEFAULT_DATASET = '{{ timer }}-{{ time }}';
const UTC = 'UTC';
const SECOND_MS = 1_000;
/** Firings ahead that are looked at for their distance. */
const AHEAD = 100;

export const timerShape = mapping({
  timer: matching(STAGE_NAME, 'a name: a small letter, then up to 31 of a-z 0-9 _ -'),
  every: duration().optional(),
  cron: text("a cron expression, such as '0 3 * * *'").optional(),
  zone: text('a time zone, such as Europe/Berlin').optional(),
  dataset: text(`a template of the dataset, such as '${DEFAULT_DATASET}'`).min(1, 'is empty').default(DEFAULT_DATASET),
  class: text().default('-'),
  rank: rankTemplate.default('50'),
  params: z.record(z.string(), text(), expected('a mapping of parameters to templates')).default({}),
  stage: stageName.optional(),
  missed: choice(['skip', 'last', 'all']).default('last'),
  overlap: choice(['skip', 'queue']).optional(),
  jitter: duration().optional(),
});

export function timerOf(shape: z.output<typeof timerShape>): Timer {
  const { timer, every, cron, zone, dataset, class: className, rank, params, stage, missed, overlap, jitter } = shape;
  return {
    name: timer,
    timing: cron === undefined ? { kind: 'every', ms: every ?? 0 } : { kind: 'cron', pattern: cron, zone: zone ?? UTC },
    dataset,
    class: className,
    rank,
    params,
    stage,
    missed,
    overlap: overlap ?? (missed === 'all' ? 'queue' : 'skip'),
    jitterMs: jitter ?? 0,
  };
}

/** What the templates of a timer see. */
export interface TimerContext {
  readonly timer: string;
  /** `20261121T120000`, UTC. */
  readonly time: string;
  /** The day of the time in the timer's zone. */
  readonly date: string;
  readonly board: string;
  readonly pipeline: string;
}

export interface TimerTemplates {
  dataset(context: TimerContext): string;
  class(context: TimerContext): string;
  rank(context: TimerContext): string;
  params(context: TimerContext): Record<string, string>;
}

export function timerContext(timer: Timer, timeMs: number, board: string, pipeline: string): TimerContext {
  const zone = timer.timing.kind === 'cron' ? timer.timing.zone : UTC;
  return { timer: timer.name, time: formatPosted(timeMs), date: dayIn(zone, timeMs), board, pipeline };
}

const cache = new WeakMap<Timer, TimerTemplates>();

/** Compiled at the first call. @throws TemplateError from each of its functions */
export function timerTemplates(timer: Timer): TimerTemplates {
  const cached = cache.get(timer);
  if (cached !== undefined) return cached;
  const compile = (template: string, key: string) =>
    compileTemplate(template, TIMER_NAMES, `timer ${timer.name}: ${key}`);
  const [dataset, className, rank] = [
    compile(timer.dataset, 'dataset'),
    compile(timer.class, 'class'),
    compile(timer.rank, 'rank'),
  ];
  const params = Object.entries(timer.params).map(([name, one]) => [name, compile(one, `params.${name}`)] as const);
  const templates: TimerTemplates = {
    dataset: (context) => dataset.render({ ...context }),
    class: (context) => className.render({ ...context }),
    rank: (context) => rank.render({ ...context }),
    params: (context) => Object.fromEntries(params.map(([name, one]) => [name, one.render({ ...context })])),
  };
  cache.set(timer, templates);
  return templates;
}

/** What the shape does not say about timers; on the plain data, so that all faults of a file come at once. */
export function timerFaults(source: Source, timers: unknown, pipeline: string, stages: readonly string[]): Fault[] {
  if (!Array.isArray(timers)) return [];
  const seen = new Set<unknown>();
  return timers.flatMap((timer, index) => {
    if (!isRecord(timer)) return [];
    const path = ['timers', index];
    const faults = [
      ...timingFaults(source, path, timer),
      ...templateFaults(source, path, timer, pipeline),
      ...ruleFaults(source, path, timer, stages),
    ];
    if (seen.has(timer.timer)) {
      faults.push(
        source.fault([...path, 'timer'], `there is another timer '${timer.timer}'`, 'give each its own name'),
      );
    }
    seen.add(timer.timer);
    return faults;
  });
}

function durationAt(value: unknown): number | undefined {
  return typeof value === 'string' ? tryParseDuration(value) : undefined;
}

function timingFaults(source: Source, path: Path, timer: Readonly<Record<string, unknown>>): Fault[] {
  const { every, cron, zone } = timer;
  const faults: Fault[] = [];
  if ((every === undefined) === (cron === undefined)) {
    const what = every === undefined ? 'has no time' : 'has two times';
    faults.push(source.fault(path, what, "give one of every: 15m and cron: '0 3 * * *'"));
  }
  const everyMs = durationAt(every);
  if (everyMs !== undefined && (everyMs < SECOND_MS || everyMs % SECOND_MS !== 0))
    faults.push(source.fault([...path, 'every'], `'every' must be whole seconds, at least 1s, not ${every}`));
  const isKnownZone = zone === undefined || (typeof zone === 'string' && isZone(zone));
  if (typeof zone === 'string' && !isKnownZone) {
    const near = nearest(zone, Intl.supportedValuesOf('timeZone'));
    const hint = near === undefined ? 'a name such as Europe/Berlin' : `did you mean '${near}'?`;
    faults.push(source.fault([...path, 'zone'], `'${zone}' is no time zone`, hint));
  }
  if (zone !== undefined && every !== undefined && cron === undefined)
    faults.push(source.fault([...path, 'zone'], "'zone' goes with cron", "'every' is counted in UTC"));
  if (typeof cron === 'string' && isKnownZone) {
    const fault = cronFault(cron, typeof zone === 'string' ? zone : UTC, Date.now());
    if (fault !== undefined) faults.push(source.fault([...path, 'cron'], `'${cron}' is no time that comes: ${fault}`));
  }
  return faults;
}

function ruleFaults(
  source: Source,
  path: Path,
  timer: Readonly<Record<string, unknown>>,
  stages: readonly string[],
): Fault[] {
  const { stage, missed, overlap } = timer;
  const faults: Fault[] = [];
  if (typeof stage === 'string' && STAGE_NAME.test(stage) && !stages.includes(stage)) {
    const near = nearest(stage, stages);
    const hint = near === undefined ? `it has ${stages.join(', ')}` : `did you mean '${near}'?`;
    faults.push(source.fault([...path, 'stage'], `the pipeline has no stage '${stage}'`, hint));
  }
  if (missed === 'all' && overlap === 'skip') {
    const hint = 'the second of two would be left out because the first is on the board; leave overlap away';
    faults.push(source.fault([...path, 'overlap'], "'overlap: skip' goes ill with 'missed: all'", hint));
  }
  const jitterMs = durationAt(timer.jitter);
  const gapMs = jitterMs === undefined ? undefined : leastGap(timer);
  if (jitterMs !== undefined && gapMs !== undefined && jitterMs > gapMs) {
    const message = `'jitter' is longer than the ${formatDuration(gapMs)} between two firings`;
    faults.push(source.fault([...path, 'jitter'], message, 'they would come out of order'));
  }
  return faults;
}

/** The least time between two of the next firings, where its time is in order. */
function leastGap({ every, cron, zone }: Readonly<Record<string, unknown>>): number | undefined {
  if (cron === undefined) return durationAt(every);
  const timeZone = typeof zone === 'string' ? zone : UTC;
  if (typeof cron !== 'string' || !isZone(timeZone) || cronFault(cron, timeZone, Date.now()) !== undefined)
    return undefined;
  const timing: Timing = { kind: 'cron', pattern: cron, zone: timeZone };
  const schedule = scheduleOf(timing);
  let gap = Number.POSITIVE_INFINITY;
  let last = schedule.next(Date.now());
  for (let at = 0; at < AHEAD && last !== undefined; at++) {
    const next = schedule.next(last);
    if (next !== undefined) gap = Math.min(gap, next - last);
    last = next;
  }
  return gap;
}

function templateFaults(
  source: Source,
  path: Path,
  timer: Readonly<Record<string, unknown>>,
  pipeline: string,
): Fault[] {
  const faults: Fault[] = [];
  const check = (key: Path, template: unknown): void =>
    void faults.push(...checkTemplate(source, [...path, ...key], template, TIMER_NAMES).faults);
  for (const key of ['dataset', 'class', 'rank']) check([key], timer[key]);
  if (isRecord(timer.params)) for (const [name, one] of Object.entries(timer.params)) check(['params', name], one);
  if (faults.length > 0 || typeof timer.timer !== 'string' || !STAGE_NAME.test(timer.timer)) return faults;

  // What it makes of one time shows most of what would be refused at every time.
  const context = { timer: timer.timer, time: '20261121T120000', date: '2026-11-21', board: 'board', pipeline };
  const made = (key: string, wrong: (made: string) => string | undefined): void => {
    const template = timer[key];
    if (typeof template !== 'string' || template === '') return;
    const fault = faultOf(template, context, wrong);
    if (fault !== undefined) faults.push(source.fault([...path, key], `'${key}' ${fault}`));
  };
  made('dataset', (one) => datasetFault(one)?.why);
  made('class', (one) => (one === '' || CLASS_NAME.test(one) ? undefined : classFault(one)?.why));
  made('rank', (one) => (one === '' || RANK.test(one) ? undefined : 'a rank is two digits, 00 to 99'));
  return faults;
}

function faultOf(
  template: string,
  context: TimerContext,
  wrong: (made: string) => string | undefined,
): string | undefined {
  try {
    const text = compileTemplate(template, TIMER_NAMES, 'timer').render({ ...context });
    const why = wrong(text);
    return why === undefined ? undefined : `makes '${text}': ${why}`;
  } catch (error) {
    if (error instanceof TemplateError) return error.message.replace(/^timer: /, '');
    throw error;
  }
}
