import { existsSync, readFileSync } from 'node:fs';
import { postChildren } from './lib/children.ts';
import { parseGranules } from './lib/granule-list.ts';
import { inputPath, runStep, say, type Task, writeResult } from './lib/step.ts';
import { EXIT, reading, StepError } from './lib/step-errors.ts';

const ABOUT = `
submit: hands the granules of an aggregate on, each as an entry of its own.

The input is the aggregate's list, beside which its signal file must lie (<input>.done): without it the list may be half written, and it is exit
code 75. Leaves submit.json; asks for an entry of the class granule for each ($SLATE_POST), named <aggregate>_<granule>, with the parameters
input, granule, aggregate and, if the list has it, sha256.
`;

runStep('submit', ABOUT, submit);

function submit(task: Task): void {
  const path = inputPath(task);
  const granules = reading(path, () => parseGranules(readFileSync(path, 'utf8')));
  if (!existsSync(`${path}.done`))
    throw new StepError(EXIT.retry, `${path}: there is no signal file ${path}.done beside it yet; it is written last`);
  const sound = granules.filter(({ sha256 }) => sha256 !== undefined).length;
  say(`${granules.length} granules, ${sound} with a checksum`);
  const list = { schemaVersion: 1, aggregate: task.dataset, granules };
  writeResult(task, 'submit.json', `${JSON.stringify(list, null, 2)}\n`);
  postChildren(
    task,
    granules.map(({ granule, input, sha256 }) => ({
      dataset: `${task.dataset}_${granule}`,
      class: 'granule',
      params: { input, granule, aggregate: task.dataset, ...(sha256 === undefined ? {} : { sha256 }) },
    })),
  );
}
