/** Steps that take several entries at once: each entry's own outcome, log, products and claim; and what a death leaves. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { formatEpoch } from '../../src/model/name.ts';
import {
  boardPath,
  doubles,
  entries,
  entry,
  journal,
  list,
  makeBoard,
  mv,
  slate,
  slateOk,
  startRun,
  until,
  untilEntry,
  writeStage,
} from '../helpers/home.ts';

/** Does for each entry of its list what the parameter `do` says, as a JavaScript expression. */
const STEP = `
import fs from 'node:fs';
const { SLATE_BATCH, SLATE_OUTCOMES, SLATE_TAKEN, SLATE_SCRATCH } = process.env;
const entries = fs.readFileSync(SLATE_BATCH, 'utf8').trimEnd().split('\\n').map((line) => JSON.parse(line));
const say = (line) => fs.appendFileSync(SLATE_OUTCOMES, typeof line === 'string' ? line : JSON.stringify(line) + '\\n');
const sleepUntil = (test) => { while (!test()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20); };
const there = (path) => fs.existsSync(path);
for (const entry of entries) {
  const { dataset, params } = entry;
  console.log('at ' + dataset);
  new Function('entry', 'entries', 'say', 'sleepUntil', 'there', 'fs', 'dataset', 'taken', params.do ?? '')(entry, entries, say, sleepUntil, there, fs, dataset, SLATE_TAKEN);
}
`;
const COMMAND = `command: [node, '{{ home }}/step.mjs']`;
const TRUE = 'command: [/bin/true]';

async function batchBoard(more: string, others: Record<string, string> = {}, lease?: string): Promise<string> {
  const home = await makeBoard({ a: `${COMMAND}\n${more}`, ...others }, undefined, undefined, lease);
  fs.writeFileSync(`${home}/step.mjs`, STEP);
  return home;
}

/** At once, so that no batch begins between. */
async function post(home: string, what: Readonly<Record<string, string>>, ...more: string[]): Promise<void> {
  const lines = Object.entries(what).map(([dataset, text]) => JSON.stringify({ dataset, params: { do: text } }));
  await slateOk(home, ['post', '--from', '-', '-q', ...more], lines.join('\n'));
}

/** Sizes of the batches that were finished: of each its entries. */
function batches(home: string): number[] {
  const finished = journal(home).filter(({ event, batch }) => event === 'finish' && batch !== undefined);
  return finished.map(({ batch }) => Number(batch));
}

test('a list in, an outcome a dataset out; what is not mentioned takes the exit code; faulty lines are told', async () => {
  const home = await batchBoard(
    'batch: {most: 20, within: 2s}\nproducts: true\nexits: {0: complete, 3: hold, 10: {skip: [c]}, 75: retry, default: fail}\nretries: 1\nbackoff: {first: 0s}',
    { b: `shell: 'cat "$SLATE_IN_A/made"'`, c: TRUE },
  );
  await post(home, {
    d0: "fs.writeFileSync(entry.products + '/made', dataset)",
    d1: "fs.writeFileSync(entry.products + '/made', dataset); say({ dataset, exit: 10 })",
    d2: 'say({ dataset, exit: 3 })',
    d3: "if (entry.try === 1) say({ dataset, exit: 75 }); fs.writeFileSync(entry.products + '/made', '3')",
    d4: "say({ dataset, outcome: 'fail', reason: 'no_stars' })",
    d5: "say({ dataset, outcome: 'hold', reason: 'Two of the guide stars are missing.' })",
    d6: "say({ dataset: 'stranger', exit: 0 }); say('no json\\n'); say({ dataset, exit: 4 }); say({ dataset, exit: 0 }); say('{\"dataset\":\"d0\",\"ex')",
  });
  const ran = await slate(home, ['run', '--until-idle']);

  const seen = Object.fromEntries(
    entries(home).map(({ name, file }) => [name.dataset, [name.letters, file.split('@')[1] ?? '']]),
  );
  expect(seen).toEqual({
    d0: ['ccc', ''],
    d1: ['ccs', ''],
    d2: ['h__', '1-x3'],
    d3: ['ccc', ''],
    d4: ['f__', '1-no_stars'],
    d5: ['h__', '1-two_of_the_guide'],
    d6: ['f__', '1-x4'],
  });
  expect(batches(home).sort()).toEqual([1, 7, 7, 7, 7, 7, 7, 7]);
  const logs = Object.fromEntries(
    Object.keys(seen).map((name) => [
      name,
      list(home, `logs/${name}`)
        .filter((file) => file.includes('.a.'))
        .map((file) => file.replace(/^[^.]*\.a\./, '')),
    ]),
  );
  expect(logs).toMatchObject({
    d0: ['001.ok.log'],
    d2: ['001.x3.log'],
    d3: ['001.x75.log', '002.ok.log'],
    d4: ['001.told.log'],
  });
  const log = fs.readFileSync(boardPath(home, `logs/d5/${list(home, 'logs/d5')[0]}`), 'utf8');
  expect(log).toContain('slate: batch of 7 at a: d0 d1 d2 d3 d4 d5 d6\nat d0\nat d1\n');
  const faults = journal(home).filter(({ event }) => event === 'outcome');
  expect(faults.map(({ reason }) => reason)).toEqual([
    'outcome line 6: it names no dataset of this batch: \'{"dataset":"stranger","exit":0}\'',
    "outcome line 7: it is no JSON: 'no json'",
    'outcome line 9: the dataset had an outcome before: \'{"dataset":"d6","exit":0}\'',
    'outcome line 10: it is no JSON: \'{"dataset":"d0","ex\'',
  ]);
  for (const { reason } of faults) expect(log).toContain(`slate: ${String(reason)}\n`);
  expect(ran.stderr).toContain('batch-outcome: a, batch of 7 from d0: outcome line 6');
  expect(journal(home).find(({ event, dataset }) => event === 'finish' && dataset === 'd5')).toMatchObject({
    outcome: 'h',
    code: null,
    reason: 'Two of the guide stars are missing.',
    batch: 7,
  });
  // Only files that the step was given were in it.
  expect(list(home, 'scratch')).toEqual([]);
});

test('the list has what the variables say for one entry, and these are not set', async () => {
  const home = await makeBoard({
    made: `shell: 'echo x > "$SLATE_PRODUCTS/x"'\nproducts: true`,
    a: `shell: 'env | grep ^SLATE_ | grep -v ^SLATE_TEST | sort; cat {{ batch.path | raw }}; echo {{ batch.count }}'\nbatch: {most: 5}\nproducts: true\nenv: {MINE: '{{ batch.outcomes }}'}`,
  });
  await slateOk(home, ['post', 'one', '--class', 'acs', '--rank', '7', '--param', 'n:=[1,2]']);
  const run = startRun(home, ['--until-idle'], { SLATE_DATASET: 'outer', SLATE_TRY: '9', SLATE_IN_MADE: '/outer' });
  expect(await run.ended).toBe(0);
  const { name } = await untilEntry(home, 'one', 'done', 'cc');
  const board = boardPath(home).replace(/\/$/, '');
  const file = list(home, 'logs/one').find((log) => log.includes('.a.')) ?? '';
  const scratch = `${board}/scratch/one.a.002.${name.posted}`;
  const [first, ...lines] = fs
    .readFileSync(boardPath(home, `logs/one/${file}`), 'utf8')
    .trimEnd()
    .split('\n');
  expect(first).toBe('slate: batch of 1 at a: one');
  expect(lines.slice(0, -2)).toEqual([
    `SLATE_BATCH=${scratch}/.batch`,
    'SLATE_BOARD=b',
    `SLATE_HOME=${home}`,
    `SLATE_OUTCOMES=${scratch}/.outcomes`,
    'SLATE_PIPELINE=p',
    `SLATE_SCRATCH=${scratch}`,
    'SLATE_STAGE=a',
    `SLATE_TAKEN=${scratch}/.taken`,
  ]);
  expect(JSON.parse(lines.at(-2) ?? '')).toEqual({
    dataset: 'one',
    posted: name.posted,
    class: 'acs',
    rank: 7,
    epoch: 2,
    try: 1,
    params: { n: [1, 2] },
    inputs: { made: `${board}/products/one/${name.posted}/made.001` },
    products: `${board}/products/one/${name.posted}/a.002`,
    log: `${board}/logs/one/${name.posted}.a.002.run.log`,
  });
  expect(lines.at(-1)).toBe('1');
});

test('a full batch goes at once, a smaller one when its first has waited, an urgent one with the next', async () => {
  const home = await batchBoard('batch: {most: 3, within: 1h}');
  const run = startRun(home);
  const id = await run.id();
  await post(home, { d0: '', d1: '', d2: '', d3: '' });
  for (const dataset of ['d0', 'd1', 'd2']) await untilEntry(home, dataset, 'done', 'c');
  await post(home, { urgent: '' }, '--rank', '1');
  for (const dataset of ['d3', 'urgent']) expect(entry(home, dataset)?.folder).toBe('queue');
  // Now it has waited for long enough.
  writeStage(home, 'a', `${COMMAND}\nbatch: {most: 3, within: 1s}`);
  await slateOk(home, ['order', id, 'reload']);
  await untilEntry(home, 'urgent', 'done', 'c');
  await untilEntry(home, 'd3', 'done', 'c');
  const claims = journal(home)
    .filter(({ event }) => event === 'claim')
    .map(({ dataset }) => dataset);
  expect(claims).toEqual(['d0', 'd1', 'd2', 'urgent', 'd3']);
  await until(() => batches(home).length === 5, 'the ends to be written down');
  expect(batches(home)).toEqual([3, 3, 3, 2, 2]);
});

test('an entry that the step has spoken of ends at once, and a crash later does not touch it', async () => {
  const home = await batchBoard('batch: {most: 3, within: 1s}', { b: TRUE });
  await post(home, {
    d0: 'say({ dataset, exit: 0 })',
    d1: `sleepUntil(() => there('${home}/go')); say({ dataset, exit: 0 }); process.kill(process.pid, 'SIGKILL')`,
    d2: '',
  });
  const run = startRun(home, ['--slots', '2']);
  await untilEntry(home, 'd0', 'done', 'cc');
  expect(entry(home, 'd1')?.name.letters).toBe('p_');
  const ps = async () =>
    JSON.parse(await slateOk(home, ['ps', '--json'])) as {
      processes: { busy: number; entries: { dataset: string; of?: number }[] }[];
    };
  const inHand = async () =>
    (await ps()).processes.flatMap((one) => one.entries.map(({ dataset, of }) => `${dataset} ${of}`));
  await until(async () => (await inHand()).join() === 'd1 3,d2 3', 'ps to tell what is in hand');
  expect((await ps()).processes[0]?.busy).toBe(1);
  expect(await slateOk(home, ['ps'])).toContain('d1+2:a');
  expect(await slateOk(home, ['show', 'd1'])).toContain('  batch     001 one of 3 in a step, with d0, d2\n');
  fs.writeFileSync(`${home}/go`, '');
  await untilEntry(home, 'd1', 'done', 'cc');
  expect(await untilEntry(home, 'd2', 'failed', 'f_')).toMatchObject({ name: { tags: [{ cause: 's9' }] } });
  run.child.kill('SIGTERM');
  await run.ended;
});

test('the time limit is that of the whole step: who was spoken of keeps the outcome, the others are tried again', async () => {
  const home = await batchBoard('batch: {most: 3, within: 500ms}\ntimeout: 1500ms\nretries: 1\nbackoff: {first: 0s}');
  await post(home, {
    d0: 'say({ dataset, exit: 0 })',
    d1: 'if (entry.try === 1) sleepUntil(() => false)',
    d2: '',
  });
  expect((await slate(home, ['run', '--until-idle'])).code).toBe(0);
  expect(entries(home).map(({ name }) => [name.dataset, name.letters, name.epoch])).toEqual(
    expect.arrayContaining([
      ['d0', 'c', 1],
      ['d1', 'c', 2],
      ['d2', 'c', 2],
    ]),
  );
  expect(list(home, 'logs/d2').map((file) => file.replace(/^[^.]*\./, ''))).toEqual(['a.001.t.log', 'a.002.ok.log']);
});

test('a claim that is taken away costs the others nothing; once all are, the step is stopped', async () => {
  const home = await batchBoard('batch: {most: 3, within: 500ms}', { b: TRUE });
  const wait = `sleepUntil(() => there('${home}/go') || (there(taken) && fs.readFileSync(taken, 'utf8') === 'd1\\n' && there('${home}/ask'))); `;
  await post(home, {
    d0: `${wait} fs.writeFileSync('${home}/heard', '')`,
    d1: 'say({ dataset, exit: 0 })',
    d2: '',
  });
  const run = startRun(home);
  const held = await untilEntry(home, 'd1', 'active', 'p_');
  await until(() => run.log().includes('batch of 3'), 'the batch to be started');
  mv(home, held, { letters: 'h_', tags: [] }, 'held');
  fs.writeFileSync(`${home}/ask`, '');
  await until(() => fs.existsSync(`${home}/heard`), 'the step to hear of it');
  await untilEntry(home, 'd0', 'done', 'cc');
  await untilEntry(home, 'd2', 'done', 'cc');
  expect(entry(home, 'd1')).toMatchObject({ folder: 'held', name: { letters: 'h_', epoch: 1 } });
  expect(
    journal(home)
      .filter(({ event }) => event === 'discard')
      .map(({ dataset }) => dataset),
  ).toEqual(['d1']);
  expect(list(home, 'logs/d1').map((file) => file.replace(/^[^.]*\./, ''))).toEqual(['a.001.gone.log']);

  fs.rmSync(`${home}/ask`);
  await post(home, {
    e0: 'sleepUntil(() => false)',
    e1: '',
  });
  await untilEntry(home, 'e1', 'active', 'p_');
  await until(() => run.log().includes('batch of 2'), 'the second batch to be started');
  await slateOk(home, ['hold', 'e0', 'e1']);
  await until(
    () => /e[01] a\.1: its claim was taken away.*the step is stopped/.test(run.log()),
    'the step to be stopped',
  );
  await post(home, {
    f0: '',
  });
  await untilEntry(home, 'f0', 'done', 'cc');
});

test('halted, what was not spoken of goes back without a failed try, and nothing is left behind', async () => {
  const home = await batchBoard('batch: {most: 3, within: 500ms}');
  await post(home, {
    d0: `say({ dataset, exit: 0 }); fs.writeFileSync('${home}/said', ''); sleepUntil(() => false)`,
    d1: '',
  });
  const run = startRun(home);
  await untilEntry(home, 'd1', 'active', 'p');
  await until(() => fs.existsSync(`${home}/said`), 'the step to have spoken');
  await slateOk(home, ['order', await run.id(), 'halt']);
  expect(await run.ended).toBe(0);
  await untilEntry(home, 'd0', 'done', 'c');
  expect(entry(home, 'd1')).toMatchObject({ folder: 'queue', name: { letters: 'w', epoch: 1 } });
  expect([list(home, 'scratch'), list(home, 'processes')]).toEqual([[], []]);
});

test('several processes take whole batches', async () => {
  const home = await batchBoard('batch: {most: 50, within: 20s}');
  const names = Array.from({ length: 400 }, (_, index) => `d${index}`);
  await slateOk(home, ['post', '--from', '-', '-q'], names.join('\n'));
  const runs = [0, 1, 2].map(() => startRun(home, ['--until-idle']));
  expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  expect(entries(home).filter(({ folder }) => folder.startsWith('done/')).length).toBe(400);
  // What two reach for in the same instant may be shared between them.
  const count = batches(home).reduce((sum, size) => sum + 1 / size, 0);
  expect(count).toBeLessThan(12);
});

test('killed at any point, processes and steps: each entry is finished once a claim, and none is lost', async () => {
  const home = await batchBoard(
    'batch: {most: 25}\nproducts: true\nretries: 9\nbackoff: {first: 0s}\nexits: {default: retry}',
    { b: `${TRUE}\nretries: 9\nbackoff: {first: 0s}` },
    '1s',
  );
  const tool = `fs.writeFileSync(entry.products + '/x', dataset + ' ' + entry.epoch); if (dataset.endsWith('3')) say({ dataset, exit: 0 });`;
  const lines = Array.from({ length: 500 }, (_, index) =>
    JSON.stringify({ dataset: `d${index}`, params: { do: tool } }),
  );
  await slateOk(home, ['post', '--from', '-', '-q'], lines.join('\n'));

  const done = (): number => entries(home).filter(({ folder }) => folder.startsWith('done/')).length;
  const left = (): string =>
    entries(home)
      .filter(({ folder }) => !folder.startsWith('done/'))
      .map(({ folder, file }) => `${folder}/${file}`)
      .join(' ') + runs.map((run) => run.log().slice(-3000)).join('\n\n');
  const kills = [20, 90, 180, 260, 350];
  let runs = [startRun(home, ['--slots', '2']), startRun(home, ['--slots', '2'])];
  for (const [nth, bound] of kills.entries()) {
    await until(() => done() >= bound, `${bound} to be done`, 60_000);
    const [victim, ...others] = runs;
    // At an instant of its own each time: in claims, in a step, in endings.
    await new Promise((resolve) => setTimeout(resolve, 7 * nth));
    if (nth % 2 === 0) victim?.child.kill('SIGKILL');
    else killSteps(home);
    if (nth % 2 === 0) runs = [...others, startRun(home, ['--slots', '2'])];
  }
  await until(
    () => done() === 500,
    () => `all to be done; what is not: ${left()}`,
    60_000,
  );
  for (const run of runs) run.child.kill('SIGTERM');
  await Promise.all(runs.map(({ ended }) => ended));

  const all = entries(home);
  expect(all.length).toBe(500);
  expect(all.filter(({ name }) => name.letters !== 'cc')).toEqual([]);
  expect([list(home, 'active'), list(home, 'ids')]).toEqual([[], []]);
  const history = journal(home);
  expect([doubles(history, 'claim'), doubles(history, 'finish')]).toEqual([[], []]);
  for (const { name } of all) {
    const folder = `products/${name.dataset}/${name.posted}`;
    const official = list(home, folder)
      .filter((file) => file.endsWith('.ok'))
      .sort()
      .at(-1)
      ?.replace(/\.ok$/, '');
    const epoch = Number(official?.split('.')[1]);
    expect(official).toBe(`a.${formatEpoch(epoch)}`);
    expect(fs.readFileSync(boardPath(home, `${folder}/${official}/x`), 'utf8')).toBe(`${name.dataset} ${epoch}`);
    const open = list(home, `logs/${name.dataset}`).filter((file) => file.includes('.run.'));
    // Only a process that died between an ending and its log leaves one.
    expect(open.length).toBeLessThanOrEqual(1);
  }
}, 180_000);

/** The steps of all stage processes on this board, by the working folder that they are in. */
function killSteps(home: string): void {
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (
        fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(boardPath(home, 'scratch/')) &&
        fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('step.mjs')
      )
        process.kill(Number(pid), 'SIGKILL');
    } catch (error) {
      // It has ended, or is not ours.
      if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}
