/** The keys of the hosts view. */
import type { Binding } from '../binding.ts';
import { MOVES } from '../global-keys.ts';

/** They change what is wanted. */
export const ACTS: readonly Binding[] = [
  { keys: ['+'], action: 'more', help: 'one slot more of the chosen stage', label: 'more', mutates: true },
  { keys: ['-'], action: 'fewer', help: 'one slot fewer of the chosen stage', label: 'fewer', mutates: true },
  { keys: ['='], action: 'scale', help: 'so many slots of the chosen stage: the number is typed', mutates: true },
  { keys: ['R'], action: 'start', help: 'start: what is wanted there runs again', label: 'start', mutates: true },
  { keys: ['D'], action: 'drain', help: 'drain: nothing is to run there; steps end', label: 'drain', mutates: true },
  { keys: ['H'], action: 'stop', help: 'stop: the same, and steps are stopped', label: 'stop', mutates: true },
];

export const LOOKS: readonly Binding[] = [
  {
    keys: ['enter'],
    action: 'open',
    help: 'into the pane; there, the entries that its processes have in hand, on the board',
    label: 'stages',
  },
  { keys: ['l'], action: 'log', help: 'what the processes of the chosen stage say, in $PAGER' },
  { keys: ['b'], action: 'board', help: 'the entries that the host has in hand, on the board' },
];

export const BINDINGS: readonly Binding[] = [
  ...MOVES,
  ...ACTS,
  { keys: ['left', '['], action: 'stageLeft', help: 'the stage to the left' },
  { keys: ['right', ']'], action: 'stageRight', help: 'the stage to the right' },
  ...LOOKS,
  { keys: ['x'], action: 'menu', help: 'all that can be done with the host' },
  { keys: ['space'], action: 'mark', help: 'mark the host, or unmark it; then the next one', label: 'mark' },
  { keys: ['v'], action: 'markRange', help: 'mark all from the last mark to here' },
  { keys: ['*'], action: 'markAll', help: 'mark all that are shown' },
  { keys: ['u'], action: 'unmarkAll', help: 'unmark all' },
  { keys: ['f'], action: 'trouble', help: 'only hosts with something wrong, and back', label: 'trouble' },
  { keys: ['a'], action: 'all', help: 'all hosts: clears the filter' },
  { keys: ['s'], action: 'sort', help: 'sort by the next of: host, state, load, free, clock, seen', label: 'sort' },
  { keys: ['S'], action: 'reverse', help: 'sort the other way round' },
  { keys: ['tab', 'S-tab'], action: 'focus', help: 'between the list and the pane' },
  { keys: ['d'], action: 'details', help: 'show or hide the pane about the host' },
];
