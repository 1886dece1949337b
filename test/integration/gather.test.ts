/** Gathering with real processes: wake-up, other boards, `--until-idle`, and 200 groups through two `kill -9`. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  boardPath,
  entries,
  entry,
  journal,
  list,
  makeBoard,
  slate,
  slateOk,
  startRun,
  until,
  untilEntry,
} from '../helpers/home.ts';

const TRUE = "command: ['true']";
const SUM = 'gather: members\nshell: cat "$SLATE_MEMBERS" > "$SLATE_PRODUCTS"/m.jsonl\nproducts: true';

/** The members that the step of a group was told of. */
function gathered(home: string, dataset: string): Array<{ dataset: string; ready: boolean }> {
  const [posted = ''] = list(home, `products/${dataset}`);
  const [tried = ''] = list(home, `products/${dataset}/${posted}`).filter((name) => !name.includes('.ok'));
  const text = fs.readFileSync(boardPath(home, `products/${dataset}/${posted}/${tried}/m.jsonl`), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { dataset: string; ready: boolean });
}

test('a group goes on within a second after its last member is done', async () => {
  const home = await makeBoard({ work: TRUE, sum: SUM });
  await slateOk(home, ['post', 'group', '--member', 'm*', '--member', 'last', '--until', 'work']);
  await slateOk(home, ['post', 'm1', 'm2']);
  const run = startRun(home);
  await untilEntry(home, 'group', 'gather', 'cg');
  await until(() => list(home, 'done').length > 0, 'the members to be done');
  await slateOk(home, ['post', 'last']);
  await untilEntry(home, 'last', 'done');
  await untilEntry(home, 'group', 'done');
  const lines = journal(home);
  const at = (event: string, dataset: string): number =>
    Date.parse(String(lines.findLast((line) => line.event === event && line.dataset === dataset)?.t));
  expect(at('gathered', 'group') - at('finish', 'last')).toBeLessThan(1_000);
  expect(gathered(home, 'group').map(({ dataset }) => dataset)).toEqual(['m1', 'm2', 'last']);
  expect(run.log()).toContain('gathered: group sum: goes on with 3 members');
});

test('on a polled board members, files and deadlines are noticed without the kernel', async () => {
  const home = await makeBoard({ work: TRUE, sum: SUM });
  const config = boardPath(home, 'board.yaml');
  fs.writeFileSync(config, fs.readFileSync(config, 'utf8').replace(/^watch: \w+$/m, 'watch: poll'));
  await slateOk(home, ['post', 'group', '--member', 'm1', '--member', 'last', '--until', 'work']);
  await slateOk(home, ['post', 'filed', '--need-file', 'in/*.fits']);
  await slateOk(home, ['post', 'late', '--member', 'never', '--deadline', '1s', '--at-deadline', 'run']);
  await slateOk(home, ['post', 'm1']);
  const run = startRun(home);
  await until(() => run.log().includes(', polled'), 'a polled process');
  await untilEntry(home, 'm1', 'done');
  await untilEntry(home, 'late', 'done');
  expect([entry(home, 'group')?.folder, entry(home, 'filed')?.folder]).toEqual(['gather', 'gather']);
  await slateOk(home, ['post', 'last']);
  fs.mkdirSync(join(home, 'in'));
  fs.writeFileSync(join(home, 'in', 'a.fits'), 'x');
  await untilEntry(home, 'group', 'done');
  await untilEntry(home, 'filed', 'done');
  expect(gathered(home, 'group').map(({ dataset, ready }) => [dataset, ready])).toEqual([
    ['m1', true],
    ['last', true],
  ]);
});

test('--until-idle waits for what others can still bring, and not for what waits for a person', async () => {
  const home = await makeBoard({ slow: "command: [sleep, '2']", bad: "command: ['false']\nclasses: [bad]", sum: SUM }, [
    '{stage: slow}',
    '{stage: bad}',
    '{stage: sum}',
  ]);
  await slateOk(home, ['post', 'good']);
  await slateOk(home, ['post', 'bad', '--class', 'bad']);
  await slateOk(home, ['post', 'ready', '--member', 'good', '--until', 'bad']);
  await slateOk(home, ['post', 'stuck', '--member', 'bad', '--until', 'bad']);
  await slateOk(home, ['post', 'ring1', '--member', 'ring2']);
  await slateOk(home, ['post', 'ring2', '--member', 'ring1']);
  const others = startRun(home, ['--stage', 'slow', '--stage', 'bad', '--slots', '8', '--until-idle']);
  const only = startRun(home, ['--stage', 'sum', '--until-idle']);
  expect(await only.ended).toBe(0);
  await others.ended;
  expect(entry(home, 'ready')).toMatchObject({ name: { letters: 'csc' } });
  expect(entry(home, 'stuck')).toMatchObject({ folder: 'gather' });
  expect(entry(home, 'ring1')).toMatchObject({ folder: 'gather' });
  const shown = JSON.parse(await slateOk(home, ['show', 'stuck', '--json'])) as {
    runs: Array<{ waits: Array<{ missing: unknown[] }> }>;
  };
  expect(shown.runs[0]?.waits[0]?.missing).toMatchObject([
    { dataset: 'bad', standing: 'failed', text: 'failed at bad (exit code 1)' },
  ]);
});

test('members on another board are looked at, and a deadline acts by itself', async () => {
  const home = await makeBoard({ sum: SUM });
  fs.writeFileSync(join(home, 'pipelines', 'q.yaml'), 'pipeline: q\nstages:\n  - stage: work\n');
  fs.writeFileSync(join(home, 'stages', 'work.yaml'), `stage: work\n${TRUE}\n`);
  await slateOk(home, ['create', 'exp', '--pipeline', 'q']);
  await slateOk(home, ['post', '--board', 'b', 'group', '--member', 'exp:a']);
  await slateOk(home, [
    'post',
    '--board',
    'b',
    'late',
    '--member',
    'exp:never',
    '--deadline',
    '3s',
    '--at-deadline',
    'run',
  ]);
  const run = startRun(home, ['--until-idle']);
  await slateOk(home, ['post', '--board', 'exp', 'a']);
  await slateOk(home, ['run', '--board', 'exp', '--until-idle']);
  await untilEntry(home, 'group', 'done');
  await untilEntry(home, 'late', 'done');
  expect(gathered(home, 'late')).toMatchObject([{ dataset: 'never', ready: false, state: 'absent' }]);
  expect(await run.ended).toBe(0);
});

test('needs are refused with a sentence, as options, YAML and JSON lines', async () => {
  const home = await makeBoard({ sum: SUM });
  const yaml = join(home, 'needs.yaml');
  fs.writeFileSync(yaml, 'members:\n  - {list: list.txt, until: sum}\ndeadline: 1h\n');
  fs.writeFileSync(join(home, 'list.txt'), '# two\na\nb*\n');
  const inHome = ['--needs', yaml];
  const ran = await slate(home, ['post', 'group', '--needs', join(home, 'no.yaml')]);
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining("can't be read")]);
  fs.writeFileSync(yaml, `members:\n  - {list: ${home}/list.txt, until: sum}\ndeadline: 1h\n`);
  await slateOk(home, ['post', 'group', ...inHome]);
  expect(JSON.parse(fs.readFileSync(boardPath(home, 'groups/group'), 'utf8'))).toMatchObject({
    dataset: 'group',
    members: [
      { dataset: 'a', until: 'sum' },
      { glob: 'b*', until: 'sum', atLeast: 1 },
    ],
  });
  const line = `${JSON.stringify({ dataset: 'g2', needs: { members: ['x'], untill: 'sum' } })}\n`;
  const bad = await slate(home, ['post', '--from', '-'], line);
  expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining("did you mean 'until'?")]);
  await slateOk(home, ['post', '--from', '-'], line.replace('untill', 'until'));
  expect(entries(home).map(({ folder }) => folder)).toEqual(['gather', 'gather']);
});
