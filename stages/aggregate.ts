import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asParameter, postChildren } from './lib/children.ts';
import { granulesText, inAggregates, parseGranules } from './lib/granule-list.ts';
import { inputPath, numberParam, runStep, say, type Task, writeResult } from './lib/step.ts';
import { reading } from './lib/step-errors.ts';

const SIZE = 3;
const ABOUT = `
aggregate: parts a list of granules into aggregates.

The input is a text file with a granule's file a line, as sha256sum writes it, or the path alone (relative to the home). Leaves
<dataset>_a<number>.list for each aggregate, in the same form, and beside it the signal file …list.done, which is written last; asks for an entry
of the class aggregate for each ($SLATE_POST), with the parameters input, list and granules (how many).

Parameters: size (${SIZE}: granules of an aggregate).
`;

runStep('aggregate', ABOUT, aggregate);

function aggregate(task: Task): void {
  const path = inputPath(task);
  const size = numberParam(task, 'size', SIZE, 1, 10_000);
  const granules = reading(path, () => parseGranules(readFileSync(path, 'utf8')));
  const aggregates = inAggregates(granules, Math.floor(size));
  const digits = Math.max(2, String(aggregates.length).length);
  say(`${granules.length} granules in ${aggregates.length} aggregates of up to ${Math.floor(size)}`);
  const children = aggregates.map((members, i) => {
    const dataset = `${task.dataset}_a${String(i + 1).padStart(digits, '0')}`;
    const file = `${dataset}.list`;
    writeResult(task, file, granulesText(members));
    writeResult(task, `${file}.done`, '');
    const input = asParameter(task, join(task.out, file));
    return { dataset, class: 'aggregate', params: { input, list: task.dataset, granules: members.length } };
  });
  postChildren(task, children);
}
