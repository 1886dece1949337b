/** The keys of the jobs view. */
import type { Binding } from '../binding.ts';
import { MOVES } from '../global-keys.ts';

/** They change entries, as on the board. */
export const ACTS: readonly Binding[] = [
  { keys: ['H'], action: 'hold', help: 'hold the entries: their jobs are cancelled', label: 'hold', mutates: true },
  { keys: ['U'], action: 'release', help: 'release the entries that are held', mutates: true },
  {
    keys: ['R'],
    action: 'repipe',
    help: 'repipe the entries: their jobs are cancelled',
    label: 'repipe',
    mutates: true,
  },
];

export const LOOKS: readonly Binding[] = [
  {
    keys: ['enter'],
    action: 'open',
    help: 'the jobs of a line that stands for several; of a job its entry, on the board',
    label: 'open',
  },
  { keys: ['l'], action: 'log', help: 'the log of the job', label: 'log' },
  { keys: ['y'], action: 'copy', help: "copy the engine's numbers of the marked jobs, else of this one" },
];

export const BINDINGS: readonly Binding[] = [
  ...MOVES,
  {
    keys: ['o', 'tab'],
    action: 'nextGrouping',
    help: 'the next grouping: by job, by aggregate, by state, over time',
    label: 'group',
  },
  { keys: ['O', 'S-tab'], action: 'groupingBefore', help: 'the grouping before' },
  ...LOOKS,
  ...ACTS,
  { keys: ['space'], action: 'mark', help: 'mark the line, or unmark it; then the next one', label: 'mark' },
  { keys: ['v'], action: 'markRange', help: 'mark all from the last mark to here' },
  { keys: ['*'], action: 'markAll', help: 'mark all that are shown' },
  { keys: ['u'], action: 'unmarkAll', help: 'unmark all' },
  { keys: ['f'], action: 'trouble', help: 'only what is held, or not known to its engine, and back' },
  { keys: ['a'], action: 'all', help: 'all jobs: clears the filter' },
  {
    keys: ['s'],
    action: 'sort',
    help: 'sort jobs by the next of: dataset, state, wait, run, peak, node',
    label: 'sort',
  },
  { keys: ['S'], action: 'reverse', help: 'sort the other way round' },
  { keys: ['left', '['], action: 'shorter', help: 'over time: a shorter time' },
  { keys: ['right', ']'], action: 'longer', help: 'over time: a longer time' },
  { keys: ['x'], action: 'menu', help: 'all that can be done with the line' },
  { keys: ['d'], action: 'details', help: 'show or hide the pane about the line' },
];
