/** The jobs view: what is with engines, by job, by aggregate, by state, over time; and what can be done about it. Pure. */
import { JOB_RANGES } from '../../history/job-groups.ts';
import type { MouseEvent } from '../binding.ts';
import { datasetFilter } from '../events/words.ts';
import { EMPTY_LIST, goTo, type ListState, markAll, markRange, move, scroll, toggleMark, unmarkAll } from '../list.ts';
import { countText } from '../numbers.ts';
import type { Ask, Context, Effect, Result, View } from '../view.ts';
import { keysOf } from './detail.ts';
import { ACTS, BINDINGS, LOOKS } from './keys.ts';
import { type JobLines, jobsOf, SORTS } from './model.ts';
import { paintJobs, tabsOf } from './paint.ts';
import {
  followed,
  INITIAL,
  type JobsState,
  layoutOf,
  lineAt,
  linesIn,
  listOf,
  meant,
  regrouped,
  settled,
  withList,
} from './state.ts';

type Next = Result<JobsState>;

function toast(state: JobsState, text: string): Next {
  return { state, effects: [{ kind: 'toast', text, isError: true }] };
}

/** A job's entry, on the board; of a line that stands for several its jobs. */
function open(state: JobsState, lines: JobLines): Next {
  const line = lineAt(state, lines);
  switch (line?.kind) {
    case 'job': {
      const filter = datasetFilter(line.row.dataset);
      if (filter === undefined) return { state };
      return {
        state,
        effects: [
          { kind: 'filter', text: filter },
          { kind: 'view', view: 'board' },
        ],
      };
    }
    case 'aggregate':
      if (line.group.rows.length === 0) return toast(state, 'no job of it is in flight');
      return { state: { ...state, grouping: 'job', only: { by: 'aggregate', of: line.group.of } } };
    case 'state': {
      const { kind, label } = line.group;
      if (kind === 'over') return toast(state, 'they are over: slate history tells of them');
      return { state: { ...state, grouping: 'job', only: { by: 'state', kind, label } } };
    }
    default:
      return { state };
  }
}

function showLog(state: JobsState, lines: JobLines): Next {
  const line = lineAt(state, lines);
  if (line?.kind !== 'job') return toast(state, 'a log is one job\u2019s: Enter shows the jobs');
  const { dataset, posted, stage, epoch } = line.row;
  return {
    state,
    effects: [
      { kind: 'openLog', dataset, posted, stage, epoch },
      { kind: 'open', layer: { name: 'log', dataset } },
    ],
  };
}

function ask(state: JobsState, lines: JobLines, verb: Ask['verb'], context: Context): Next {
  if (context.common.isReadOnly) return toast(state, 'read-only: nothing was changed');
  const rows = meant(state, lines).flatMap(jobsOf);
  const keys = keysOf(rows, context);
  if (keys.length === 0) return toast(state, 'none of their entries is on the board');
  const stages = new Set(rows.map(({ stage }) => stage));
  const [stage] = stages.size === 1 ? stages : [];
  const scope = keys.length === 1 ? 'cursor' : 'marks';
  return { state, effects: [{ kind: 'open', layer: { name: 'verb', ask: { verb, keys, scope, filter: '', stage } } }] };
}

function copy(state: JobsState, lines: JobLines): Next {
  const jobs = meant(state, lines)
    .flatMap(jobsOf)
    .flatMap(({ job }) => job ?? []);
  if (jobs.length === 0) return toast(state, 'nothing to copy: no job with a number here');
  return { state, effects: [{ kind: 'copy', text: jobs.join('\n'), what: countText(jobs.length, 'number') }] };
}

function menu(state: JobsState, lines: JobLines, { common }: Context): Next {
  const some = meant(state, lines);
  if (some.length === 0) return { state };
  const line = some[0];
  const title =
    some.length === 1 && line?.kind === 'job' ? line.row.dataset : countText(some.flatMap(jobsOf).length, 'job');
  const bindings = common.isReadOnly ? LOOKS : [...LOOKS, ...ACTS];
  return { state, effects: [{ kind: 'open', layer: { name: 'menu', title, bindings } }] };
}

function ranged(state: JobsState, by: number): JobsState {
  const at = Math.max(0, Math.min(JOB_RANGES.indexOf(state.range) + by, JOB_RANGES.length - 1));
  const range = JOB_RANGES[at] ?? state.range;
  // Other steps: from the latest on.
  return range === state.range ? state : { ...state, range, lists: { ...state.lists, time: EMPTY_LIST } };
}

/** What is looked at alone, then the filter. */
function back(state: JobsState, { common }: Context): Next {
  if (state.only !== undefined) return { state: { ...state, grouping: state.only.by, only: undefined } };
  if (state.isTroubleOnly) return { state: { ...state, isTroubleOnly: false } };
  if (common.jobFilter !== '') return { state, effects: [{ kind: 'set', common: { jobFilter: '' } }] };
  return { state };
}

function marked(list: ListState, { rows }: JobLines, action: string, height: number): ListState | undefined {
  if (action === 'mark') return toggleMark(list, rows, height);
  if (action === 'markRange') return markRange(list, rows);
  if (action === 'markAll') return markAll(list, rows);
  return action === 'unmarkAll' ? unmarkAll(list) : undefined;
}

function step(state: JobsState, action: string, context: Context): Next {
  const lines = linesIn(state, context);
  const layout = layoutOf(state, context);
  switch (action) {
    case 'nextGrouping':
    case 'groupingBefore':
      return { state: regrouped(state, action === 'nextGrouping' ? 1 : -1) };
    case 'open':
      return open(state, lines);
    case 'log':
      return showLog(state, lines);
    case 'hold':
    case 'release':
    case 'repipe':
      return ask(state, lines, action, context);
    case 'copy':
      return copy(state, lines);
    case 'menu':
      return menu(state, lines, context);
    case 'trouble':
      return { state: { ...state, isTroubleOnly: !state.isTroubleOnly } };
    case 'all': {
      const effects: Effect[] = [{ kind: 'set', common: { jobFilter: '' } }];
      return { state: { ...state, isTroubleOnly: false, only: undefined }, effects };
    }
    case 'sort':
      return {
        state: {
          ...state,
          sort: SORTS[(SORTS.indexOf(state.sort) + 1) % SORTS.length] ?? 'dataset',
          isReversed: false,
        },
      };
    case 'reverse':
      return { state: { ...state, isReversed: !state.isReversed } };
    case 'shorter':
    case 'longer':
      return { state: ranged(state, action === 'longer' ? 1 : -1) };
    case 'details':
      return { state: { ...state, isPaneOpen: layout.pane === 0 } };
    case 'back':
      return back(state, context);
    default: {
      const list = listOf(state);
      const next = marked(list, lines, action, layout.list) ?? move(list, lines.rows, action, layout.list);
      return { state: next === undefined ? state : withList(state, next) };
    }
  }
}

function mouse(state: JobsState, event: MouseEvent, context: Context): Next {
  const { rows } = linesIn(state, context);
  const { head, list: height } = layoutOf(state, context);
  const list = listOf(state);
  const [x, y] = [event.x - context.body.x, event.y - context.body.y];
  if (event.kind !== 'click')
    return settled({ state: withList(state, scroll(list, rows, event.kind === 'wheelup' ? -3 : 3, height)) }, context);
  if (y === 0) {
    const tab = tabsOf().find((one) => x >= one.x && x < one.x + one.text.length);
    if (tab === undefined || tab.grouping === state.grouping) return { state };
    return settled({ state: { ...state, grouping: tab.grouping, only: undefined } }, context);
  }
  const index = list.top + y - head;
  if (y < head || y >= head + height || index >= rows.length) return { state };
  return settled({ state: withList(state, goTo(list, rows, index, height)) }, context);
}

export const jobsView: View<JobsState> = {
  name: 'jobs',
  title: 'Jobs',
  bindings: BINDINGS,
  initial: INITIAL,
  follow: followed,
  act: (state, action, context) => settled(step(state, action, context), context),
  mouse,
  paint: paintJobs,
};
