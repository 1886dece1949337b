import {
  createBoard,
  filterWords,
  loadPipeline,
  openBoard,
  operate,
  post,
  runStages,
  type StepFunction,
  scanBoard,
} from '../../src/index.ts';

// A home has pipelines/ and stages/; `slate init` makes one.
const home = process.env.SLATE_HOME ?? '.';
createBoard(home, 'demo', loadPipeline(home, 'example').pipeline);

const board = openBoard(home, 'demo');
const posted = post(board, { dataset: 'moby', params: { input: '/data/moby.txt' } });
if (!posted.ok) throw new Error(posted.why);

// A person's command, with a reason for the journal.
const held = operate(board, posted.entry, { verb: 'hold' }, 'not yet');
if (held.ok) operate(board, held.entry, { verb: 'release' });

// Stages as functions; a stage that is not named here runs the command of its file.
const result = await runStages({
  board,
  slots: 4,
  untilIdle: true,
  functions: new Map<string, StepFunction>([
    ['check', (task) => (typeof task.params.input === 'string' ? 0 : 3)],
    ['work', async (task, signal) => (signal.aborted ? 1 : task.products === undefined ? 1 : 0)],
    ['report', () => undefined],
  ]),
  log: (code, text) => console.log(code, text),
});

const done = scanBoard(board, ['done']).entries.map(({ name }) => name.dataset);
console.log(result.reason, done, filterWords('state:failed stage:work'));
board.journal.flush();
