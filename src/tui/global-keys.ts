/** Keys that mean the same in every view. Views' own tables come first. Pure. */
import type { Binding } from './binding.ts';

/** Moves of the cursor in a list: the actions of `move` in list.ts. */
export const MOVES: readonly Binding[] = [
  { keys: ['j', 'down'], action: 'down', help: 'next row', label: 'move' },
  { keys: ['k', 'up'], action: 'up', help: 'previous row' },
  { keys: ['pagedown', 'C-f'], action: 'pageDown', help: 'a page down' },
  { keys: ['pageup', 'C-b'], action: 'pageUp', help: 'a page up' },
  { keys: ['C-d'], action: 'halfDown', help: 'half a page down' },
  { keys: ['C-u'], action: 'halfUp', help: 'half a page up' },
  { keys: ['g', 'home'], action: 'first', help: 'first row' },
  { keys: ['G', 'end'], action: 'last', help: 'last row' },
];

export const GLOBAL: readonly Binding[] = [
  { keys: ['1'], action: 'viewBoard', help: 'the board: one line an entry' },
  { keys: ['2'], action: 'viewStages', help: 'the stages: states, backlog, rates' },
  { keys: ['3'], action: 'viewProcesses', help: 'the stage processes and their orders' },
  { keys: ['4'], action: 'viewCharts', help: 'charts out of the journals' },
  { keys: ['5'], action: 'viewEvents', help: 'who did what, and why' },
  { keys: ['6'], action: 'viewHosts', help: 'the hosts: what is wanted there, what runs, what is wrong' },
  { keys: ['7'], action: 'viewJobs', help: 'the jobs that are with engines: each, by aggregate, by state, over time' },
  {
    keys: ['/'],
    action: 'filter',
    help: 'filter entries: words of the filter language; hosts and jobs in their views',
    label: 'filter',
  },
  { keys: ['\\'], action: 'clearFilter', help: 'clear the filter' },
  { keys: [':'], action: 'command', help: "a command of the command line, without 'slate'", label: 'command' },
  { keys: ['p'], action: 'pause', help: 'let the display stand still; the board goes on' },
  {
    keys: ['+'],
    action: 'faster',
    help: 'look at the board more often; in the hosts view it means slots',
    yields: true,
  },
  {
    keys: ['-'],
    action: 'slower',
    help: 'look at the board less often; in the hosts view it means slots',
    yields: true,
  },
  { keys: ['Z'], action: 'zone', help: 'times of day in local time or UTC' },
  { keys: ['m'], action: 'mouse', help: 'mouse on or off; off, the terminal selects text as usual' },
  { keys: ['C-l'], action: 'repaint', help: 'paint the screen anew' },
  { keys: ['?', 'f1'], action: 'help', help: 'this list', label: 'help' },
  { keys: ['escape'], action: 'back', help: 'close what is on top: prompt, dialog, pane, filter; never quits' },
  { keys: ['q'], action: 'quit', help: 'back, or leave the dashboard', label: 'quit' },
  { keys: ['C-c'], action: 'quitNow', help: 'leave at once' },
  { keys: ['C-z'], action: 'suspend', help: 'suspend: fg comes back' },
];
