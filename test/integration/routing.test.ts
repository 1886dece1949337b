/** Exits that route an entry, with real processes: skip the rest, hold ahead, send back, and what is said of it. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import {
  boardPath,
  doubles,
  entry,
  journal,
  list,
  makeBoard,
  type Seen,
  slate,
  slateOk,
  startRun,
  until,
  untilEntry,
  writeStage,
} from '../helpers/home.ts';

const TRUE = 'command: [/bin/true]';
/** verify → calibrate → detect and preview → archive. */
const COLUMNS = [
  '{stage: verify}',
  '{stage: calibrate}',
  '{stage: detect, after: [calibrate]}',
  '{stage: preview, after: [calibrate]}',
  '{stage: archive, after: [detect, preview]}',
];
const stages = (detect: string, preview = TRUE) => ({
  verify: TRUE,
  calibrate: `shell: 'echo "$SLATE_EPOCH" > "$SLATE_PRODUCTS/made"'\nproducts: true`,
  detect,
  preview,
  archive: TRUE,
});

function said(seen: Seen | undefined): string {
  const { folder = '', file = '' } = seen ?? {};
  return `${folder.split('/')[0]} ${file.split('.')[2]} ${file.split('@')[1] ?? ''}`.trim();
}

/** Outcomes of a stage's logs, by epoch. */
function outcomes(home: string, dataset: string, stage: string): string[] {
  return list(home, `logs/${dataset}`)
    .filter((file) => file.split('.')[1] === stage)
    .sort()
    .map((file) => file.split('.')[3] ?? '');
}

test('an entry is sent back as often as it may, and fails then; a person who runs it again begins anew', async () => {
  const exits = 'exits: {12: {back: calibrate, most: 2, reason: bad_flat}}';
  const home = await makeBoard(stages(`command: [/bin/sh, -c, 'exit 12']\n${exits}`), COLUMNS);
  await slateOk(home, ['post', 'one']);
  const ran = await slate(home, ['run', '--until-idle', '--slots', '2']);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('step-sent-back: one detect')]);
  expect(said(entry(home, 'one'))).toMatch(/^failed ccfc_ 3-back_limit$/);
  expect(outcomes(home, 'one', 'calibrate')).toEqual(['ok', 'ok', 'ok']);
  expect(outcomes(home, 'one', 'detect')).toEqual(['sent2', 'sent2', 'back_limit']);
  const ends = journal(home).filter(({ event, stage }) => event === 'finish' && stage === 'detect');
  expect(ends.map(({ outcome, back, reason, code }) => [outcome, back, reason, code])).toEqual([
    ['_', 'calibrate', 'bad_flat', 12],
    ['_', 'calibrate', 'bad_flat', 12],
    ['f', undefined, 'it was sent back to calibrate 2 times already: bad_flat', 12],
  ]);
  const shown = await slateOk(home, ['show', 'one']);
  expect(shown).toContain('sent back');
  expect(shown).toContain('it was sent back to calibrate 2 times already: bad_flat');

  // The flat is mended, and with it what detect finds: once more it has to go back, and that is the first time again.
  const once = '[ "$(cat "$SLATE_IN_CALIBRATE/made")" -gt 13 ] || exit 12';
  writeStage(home, 'detect', `shell: '${once}'\n${exits}`);
  await slateOk(home, ['repipe', 'one', '--stage', 'calibrate']);
  expect((await slate(home, ['run', '--until-idle'])).code).toBe(0);
  expect(said(entry(home, 'one'))).toBe('done ccccc');
  expect(outcomes(home, 'one', 'detect').slice(3)).toEqual(['sent2', 'ok']);
  const { posted } = (entry(home, 'one') as Seen).name;
  const made = list(home, `products/one/${posted}`).filter((file) => file.endsWith('.ok'));
  expect(made).toHaveLength(5);
  expect(doubles(journal(home), 'finish')).toEqual([]);
});

test('what runs in another branch is stopped, and runs again after the stage that was sent back to', async () => {
  const gate = '{{ home }}/go';
  const home = await makeBoard(
    stages(
      `shell: '[ -e ${gate} ] && exit 0; until [ -e {{ home }}/started ]; do sleep 0.05; done; touch ${gate}; exit 12'\nexits: {12: {back: calibrate}}`,
      `shell: 'echo $$ >> {{ home }}/started; [ -e ${gate} ] || exec sleep 1000'`,
    ),
    COLUMNS,
  );
  await slateOk(home, ['post', 'one']);
  const process = startRun(home, ['--until-idle', '--slots', '2']);
  expect(await process.ended, process.log()).toBe(0);
  expect(said(entry(home, 'one'))).toBe('done ccccc');
  expect(outcomes(home, 'one', 'detect')).toEqual(['sent2', 'ok']);
  expect(outcomes(home, 'one', 'preview')).toEqual(['gone', 'ok']);
  expect(fs.readFileSync(`${home}/started`, 'utf8').trim().split('\n')).toHaveLength(2);
});

test('killed again and again while entries are sent back: none oftener than it may, and all come to their end', async () => {
  const made = stages(`command: [/bin/sh, -c, 'exit 12']\nexits: {12: {back: calibrate, most: 3}}`);
  const patient = Object.entries(made).map(([name, text]) => [name, `${text}\nretries: 9\nbackoff: {first: 0s}`]);
  const home = await makeBoard(Object.fromEntries(patient), COLUMNS, undefined, '1s');
  const datasets = Array.from({ length: 40 }, (_, at) => `d${at}`);
  await slateOk(home, ['post', ...datasets]);
  let seed = 7;
  for (let round = 0; round < 5; round++) {
    const victim = startRun(home, ['--slots', '3']);
    await victim.id();
    seed = (seed * 31) % 17;
    // Some claims into its work, it dies.
    const claims = (): number => journal(home).filter(({ event }) => event === 'claim').length;
    const before = claims();
    await until(() => claims() > before + 5 + seed, 'it to work');
    victim.child.kill('SIGKILL');
    await victim.ended;
  }
  const last = startRun(home, ['--until-idle', '--slots', '3']);
  expect(await last.ended, last.log()).toBe(1);
  for (const dataset of datasets) {
    expect(said(entry(home, dataset))).toMatch(/^failed ccfc_ 3-back_limit$/);
    const sent = outcomes(home, dataset, 'detect').filter((outcome) => outcome === 'sent2').length;
    // A kill between two renames costs one time; more than three there never are.
    expect(sent).toBeLessThanOrEqual(3);
    const renames = journal(home).filter((line) => line.dataset === dataset && line.outcome === '_');
    expect(renames.length).toBeLessThanOrEqual(3);
    // Each time the stage before it has run: once for the first time, and once for each that it was sent back.
    const ran = outcomes(home, dataset, 'calibrate').filter((outcome) => outcome === 'ok').length;
    expect(ran).toBeLessThanOrEqual(4);
  }
});

test('reasons stand in names, lists, filters, the log, the journal and the tools, and are completed', async () => {
  const exits =
    'exits: {10: {skip: rest, reason: cloudy}, 11: {hold: [archive], reason: look_first}, 20: {fail: xray_on}, 21: {hold: ask_pi}, 75: {retry: db_down}, default: {fail: crashed}}';
  const home = await makeBoard(
    stages(`shell: 'exit {{ params.code | raw }}'\n${exits}\nretries: 1\nbackoff: {first: 0s}`),
    COLUMNS,
  );
  for (const code of [0, 10, 11, 20, 21, 75, 99]) await slateOk(home, ['post', `x${code}`, '--param', `code=${code}`]);
  await slate(home, ['run', '--until-idle', '--slots', '2']);
  expect([0, 10, 11, 20, 21, 75, 99].map((code) => said(entry(home, `x${code}`)))).toEqual([
    'done ccccc',
    'done ccccs',
    'held cccch 5-look_first',
    'failed ccfc_ 3-xray_on',
    'held cchc_ 3-ask_pi',
    'failed ccfc_ 3-db_down',
    'failed ccfc_ 3-crashed',
  ]);
  // The log says how it ended.
  expect(outcomes(home, 'x75', 'detect')).toEqual(['x75', 'x75']);
  const named = async (filter: string): Promise<string> => slateOk(home, ['ls', '-q', '--where', filter]);
  expect(await named('cause:xray_on')).toBe('x20\n');
  expect(await named('cause:x')).toBe('');
  expect((await named('cause:db_down,ask_pi')).trim().split('\n').sort()).toEqual(['x21', 'x75']);
  expect(await slateOk(home, ['ls', 'state:held'])).toMatch(/x11 .* look_first\n/);
  expect(await slateOk(home, ['status'])).toContain('failed at detect: 1 xray_on (xray_on)');
  const reasons = journal(home).filter(({ event, stage }) => event === 'finish' && stage === 'detect');
  const reason = (dataset: string): unknown[] =>
    reasons.filter((line) => line.dataset === dataset).map((line) => line.reason);
  expect(reason('x0')).toEqual([undefined]);
  expect(reason('x10')).toEqual(['cloudy']);
  expect(reason('x75')).toEqual(['db_down', 'db_down']);
  expect(await slateOk(home, ['show', 'x10'])).toMatch(/reason +003 cloudy|reason +004 cloudy/);
  const completed = await slateOk(home, ['__complete', '--', 'ls', 'cause:']);
  expect(completed.split('\n')).toContain('cause:xray_on');
  const counted = fs.readdirSync(boardPath(home, 'failed')).map((file) => file.replace(/.*@/, ''));
  expect(counted.sort()).toEqual(['3-crashed', '3-db_down', '3-xray_on']);
});

test('what the step says itself is kept in full, and in one word in the name, unless the stage file has one', async () => {
  const said = '{"reason": "No star above 5 sigma"}';
  const home = await makeBoard(
    stages(
      `shell: 'echo {{ params.said }} > "$SLATE_RESULT"; exit {{ params.code | raw }}'\nexits: {3: hold, 4: {fail: no_stars}, 12: {back: calibrate, most: 1}}\nretries: 1\nbackoff: {first: 0s}`,
    ),
    COLUMNS,
  );
  for (const code of [0, 1, 3, 4, 12])
    await slateOk(home, ['post', `x${code}`, '--param', `code=${code}`, '--param', `said=${said}`]);
  await slateOk(home, ['post', 'odd', '--param', 'code=1', '--param', 'said={"reason": "x2"}']);
  await slate(home, ['run', '--until-idle', '--slots', '2']);
  const tags = ['x0', 'x1', 'x3', 'x4', 'x12', 'odd'].map((dataset) => entry(home, dataset)?.file.split('@')[1]);
  expect(tags).toEqual([undefined, '3-no_star_above_5', '3-no_star_above_5', '3-no_stars', '3-back_limit', '3-x1']);
  const reasons = journal(home).filter(({ event, stage }) => event === 'finish' && stage === 'detect');
  const reason = (dataset: string): unknown[] =>
    reasons.filter((line) => line.dataset === dataset).map((line) => line.reason);
  for (const dataset of ['x0', 'x1', 'x3', 'x4']) expect(reason(dataset)).toEqual(['No star above 5 sigma']);
  expect(reason('x12')).toEqual([
    'No star above 5 sigma',
    'it was sent back to calibrate once already: No star above 5 sigma',
  ]);
  expect(await slateOk(home, ['show', 'x12'])).toMatch(/reason +00[34] No star above 5 sigma/);
  expect(await slateOk(home, ['ls', 'x1', '--where', 'state:failed'])).toMatch(/no_star_above_5\n/);
});

test('where it may not be sent back to: told by the files where they can, else the entry fails and says so', async () => {
  const back = (stage: string): string => `shell: 'exit 12'\nexits: {12: {back: ${stage}}}`;
  const home = await makeBoard(stages(back('verify')), COLUMNS);
  writeStage(home, 'detect', back('archive'));
  const wrong = "'archive' does not come before 'detect' in pipeline 'p'";
  const [checked, refused] = [await slate(home, ['check']), await slate(home, ['run', '--until-idle'])];
  expect([checked.code, checked.stdout]).toEqual([1, expect.stringContaining(wrong)]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(wrong)]);
  await slateOk(home, ['post', 'one']);
  // A class that the stage before does not serve: known only when it happens.
  writeStage(home, 'detect', back('calibrate'));
  writeStage(home, 'calibrate', `${TRUE}\nclasses: [acs]`);
  await slate(home, ['run', '--until-idle']);
  const seen = await untilEntry(home, 'one', 'failed');
  expect(said(seen)).toMatch(/^failed csfc_ 3-n$/);
  expect(outcomes(home, 'one', 'detect')).toEqual(['n']);
  expect(await slateOk(home, ['show', 'one'])).toContain("does not serve class '-'");
});
