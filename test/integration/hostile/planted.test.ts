/** Garbage, folders, pipes, sockets, links and devices where files of a board are expected: nothing hangs, ends or is followed. */
import fs from 'node:fs';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import {
  boardPath,
  entries,
  entry,
  expectProved,
  list,
  makeBoard,
  SLATE,
  slate,
  slateOk,
  startRun,
  tempFolder,
  untilEntry,
} from '../../helpers/home.ts';
import { told } from '../../hostile/in-process.ts';
import { fifo, file, folder, nested, oddName, socket, sparse } from '../../hostile/plant.ts';

const TRUE = 'command: [/bin/true]';
const DAY = '2026-11-21';
const POSTED = '20261121T120000';
/** Longer than any of these takes: what waits for a pipe would wait for ever. */
const BOUND_MS = 30_000;

const named = (dataset: string, letters = 'w'): string => `50.${POSTED}.${letters}.000.-.${dataset}`;

interface Ended {
  readonly code: number | undefined;
  readonly text: string;
}

async function bounded(home: string, args: readonly string[]): Promise<Ended> {
  const ran = await execa(process.execPath, [SLATE, '--home', home, '--board', 'b', ...args], {
    reject: false,
    stdin: 'ignore',
    timeout: BOUND_MS,
    killSignal: 'SIGKILL',
    maxBuffer: 1e9,
  });
  if (ran.timedOut) throw new Error(`slate ${args.join(' ')} has not ended\n${ran.stderr}`);
  return { code: ran.exitCode, text: `${ran.stdout}${ran.stderr}` };
}

test('entries that are no files are held with what is wrong, and the others go on', async () => {
  const home = await makeBoard({ a: TRUE });
  const outside = tempFolder();
  const secret = `${outside}/empty.json`;
  fs.writeFileSync(secret, '');
  const at = (dataset: string): string => boardPath(home, `queue/${named(dataset)}`);
  folder(at('folder'));
  fifo(at('pipe'));
  await socket(at('socket'));
  fs.symlinkSync(secret, at('link'));
  fs.symlinkSync('/dev/zero', at('zero'));
  fs.symlinkSync('/dev/tty', at('tty'));
  sparse(at('terabyte'), 2 ** 40);
  sparse(at('gigabyte'), 2 ** 30);
  sparse(at('zeros'), 2 ** 20);
  fs.writeFileSync(at('garbage'), Buffer.from([0xff, 0xfe, 0, 1]));
  fs.writeFileSync(at('deep'), `{"a":${nested(100_000)}}`);
  fs.writeFileSync(at('list'), '[]');
  fs.symlinkSync(named('loop'), at('loop'));
  fs.symlinkSync('nowhere', at('dangling'));
  const wrong = [
    'loop',
    'dangling',
    'folder',
    'pipe',
    'socket',
    'link',
    'zero',
    'tty',
    'terabyte',
    'gigabyte',
    'zeros',
    'garbage',
    'deep',
    'list',
  ];
  await slateOk(home, ['post', 'honest']);
  // Before anything is held: who looks at them must not wait either.
  for (const dataset of wrong) {
    const shown = await told(home, ['--board', 'b', 'show', dataset]);
    expect(shown.code, shown.stderr).not.toBe(70);
  }
  const found = await bounded(home, ['check', 'b']);
  for (const dataset of wrong) expect(found.text).toContain(named(dataset));

  const run = await bounded(home, ['run', '--until-idle']);
  expect(run.code, run.text).toBe(0);
  expect(entry(home, 'honest')?.folder).toMatch(/^done\//);
  for (const dataset of wrong)
    expect(entry(home, dataset), dataset).toMatchObject({
      folder: 'held',
      name: { letters: 'h', tags: [{ cause: 'n' }] },
    });
  expect(fs.readFileSync(secret, 'utf8')).toBe('');
  expect(fs.readdirSync(outside)).toEqual(['empty.json']);
  const after = await bounded(home, ['check', 'b']);
  expect(after.text).toContain('is no plain file');
  expect(after.text).toContain('is too large to be read');
});

/** One of everything in every folder, under names that the folder's readers take for theirs. */
async function plantEverywhere(home: string): Promise<void> {
  const at = (path: string): string => boardPath(home, path);
  for (const one of ['queue', 'active', 'gather', 'failed', 'held', 'ids', 'groups', 'logs', 'products', 'scratch']) {
    oddName(at(one));
    file(at(`${one}/garbage \u001b[31m`));
    file(at(`${one}/${'x'.repeat(255)}`));
    fs.mkdirSync(at(`${one}/${'\u00e9'.repeat(127)}`));
  }
  for (const one of ['processes', 'journal', 'locks', 'tmp', 'done', 'removed']) oddName(at(one));
  for (const one of [
    `done/${DAY}`,
    `removed/${DAY}`,
    `journal/${DAY}`,
    'limits',
    'timers',
    'hosts/elsewhere',
    'logs/seen',
  ]) {
    fs.mkdirSync(at(one), { recursive: true });
    oddName(at(one));
  }
  fs.mkdirSync(at(`products/seen/${POSTED}`), { recursive: true });

  fifo(at('processes/aaaa.run.a.1.host'));
  folder(at('processes/bbbb.run.a.1.host'));
  fs.symlinkSync('/dev/zero', at('processes/cccc.run.a.1.host'));
  file(at('processes/dddd.run.a.1.host'), nested(200_000));
  file(at('processes/eeee.run.a.1.host'), '{"counter":"x","entries":null,"services":7,"stages":{}}');
  sparse(at('processes/ffff.run.a.1.host'), 2 ** 40);
  await socket(at('processes/gggg.run.a.1.h'));

  fifo(at('ids/pipe'));
  folder(at('ids/folder'));
  fs.symlinkSync('/etc/passwd', at('ids/link'));
  fs.symlinkSync('nowhere', at('ids/dangling'));
  file(at('ids/garbage'));

  for (const dataset of ['pipe', 'folder', 'null']) file(at(`gather/50.${POSTED}.g.000.-.g${dataset}`), '');
  fifo(at('groups/gpipe'));
  folder(at('groups/gfolder'));
  file(at('groups/gnull'), 'null');
  file(at(`groups/seen@${POSTED}.a.001`), `null\n7\n{"board":1}\n${nested(100_000)}\n`);
  folder(at(`groups/other@${POSTED}.a.001`));

  file(at(`failed/50.${POSTED}.f.001.-.seen@1-x2`), '{}');
  fifo(at(`logs/seen/${POSTED}.a.001.x2.log`));
  fifo(at(`products/seen/${POSTED}/a.001.result`));
  folder(at(`products/seen/${POSTED}/a.001.post`));
  file(at(`products/seen/${POSTED}/a.001.ok`), '');
  fs.symlinkSync('/', at('scratch/seen.a.001'));

  fifo(at(`journal/${DAY}/pipe.w.jsonl`));
  folder(at(`journal/${DAY}/folder.w.jsonl`));
  fs.symlinkSync('/dev/zero', at(`journal/${DAY}/zero.w.jsonl`));
  sparse(at(`journal/${DAY}/sparse.w.jsonl`), 2 ** 26);
  const t = `"t":"${DAY}T12:00:00.000Z","event":"claim"`;
  const lines = [
    'null',
    '7',
    '"text"',
    '{',
    nested(100_000),
    `{${t},"dataset":{"a":[]},"posted":7,"stage":[],"epoch":"x","from":null,"to":{}}`,
    `{${t},"dataset":"seen","posted":null,"stage":null,"epoch":null,"seconds":"x","code":"\u001b[31m","reason":{}}`,
    `{${t},"dataset":"seen","reason":"\u001b]0;title\u0007\u202e"}`,
    `{${t},"more":${nested(100_000)}}`,
    `{${t},"long":"${'y'.repeat(3_000_000)}"}`,
    `{"t":"${DAY}T12:00:01.000Z","event":"constructor","dataset":"__proto__"}`,
    '{"t":"+275760-09-13T00:00:00.001Z","event":"post","dataset":"seen"}',
    `{${t},"dataset":"to`,
  ];
  file(at(`journal/${DAY}/garbage.w.jsonl`), lines.join('\n'));

  folder(at(`tmp/${named('folder')}`));
  fifo(at(`tmp/${named('pipe')}`));
  file(at(`tmp/${named('garbage')}`));
  folder(at(`done/${DAY}/${named('over', 'c')}`));
  fifo(at(`done/${DAY}/${named('over2', 'c')}`));
  folder(at(`removed/${DAY}/${named('gone', 'c')}`));
  fs.mkdirSync(at('done/no-day'));
  file(at('done/file'));
  fifo(at('limits/db.1'));
  folder(at('limits/db.2'));
  file(at('limits/db.3'));
  fs.symlinkSync('/dev/zero', at('limits/db.4'));
  folder(at('hosts/elsewhere/a=1'));
  fifo(at('hosts/elsewhere/agent'));
  file(at('hosts/elsewhere/a=1e309'));
  file(at('hosts/elsewhere/..=1'));
  file(at('hosts/no-folder'));
  fifo(at('timers/pipe'));
  file(at('locks/timers.lock'));
  const shares = `${home}/blackboard/.hosts/evil.01234567`;
  fs.mkdirSync(shares, { recursive: true });
  fifo(`${shares}/next`);
  file(`${home}/blackboard/no-board`);
  folder(`${home}/blackboard/half-made`);
  fs.symlinkSync('/', `${home}/blackboard/root`);
}

const MORE = 'limits: {db: 9}\n';
const STAGE = `${TRUE}\nlimits: [db]\ncpus: 0.1\ngather: {members: true}`;

test('a stage process does its work among all of it, and leaves it alone', async () => {
  const home = await makeBoard({ a: STAGE.replace(/\ngather.*/, '') }, undefined, MORE, '2s');
  await plantEverywhere(home);
  const run = startRun(home, ['--slots', '2']);
  await slateOk(home, ['post', 'one', 'two', 'three']);
  for (const dataset of ['one', 'two', 'three']) await untilEntry(home, dataset, 'done', 'c');
  // Some looks at what is quiet, and a pass of housekeeping, with all of it there.
  const swept = await bounded(home, ['sweep']);
  expect(swept.code, swept.text).not.toBe(70);
  await slateOk(home, ['order', await run.id(), 'drain']);
  expect(await run.ended, run.log()).toBe(0);
  expect(run.log()).not.toMatch(/fault of slate|TypeError|RangeError/);
  for (const path of ['ids/folder', 'groups/gfolder', 'limits/db.2'])
    expect(fs.existsSync(boardPath(home, `${path}/inside`)), path).toBe(true);
  expect(list(home, 'queue').filter((name) => name.startsWith('garbage'))).toHaveLength(1);
});

test('commands that look end, without a fault of their own, and print nothing that a terminal obeys', async () => {
  const home = await makeBoard({ a: STAGE.replace(/\ngather.*/, '') }, undefined, MORE);
  await plantEverywhere(home);
  await slateOk(home, ['post', 'one']);
  const looks = [
    ['ls'],
    ['ls', '--all'],
    ['ls', '--json'],
    ['status'],
    ['counts'],
    ['ps'],
    ['show', 'seen'],
    ['show', 'seen', '--json'],
    ['log', 'seen'],
    ['products', 'seen'],
    ['history'],
    ['history', 'seen'],
    ['history', '--jsonl'],
    ['history', '--tsv'],
    ['stats'],
    ['timers'],
    ['limit'],
    ['check', 'b'],
    ['check', 'b', '--history'],
    ['check', 'b', '--fix'],
    ['render', 'one', 'a'],
    ['repipe', 'state:failed', '--stage', 'a', '--dry-run', '--yes'],
    ['ls', '--tsv'],
    ['ls', '--names'],
  ];
  for (const args of looks) {
    const { code, stdout, stderr } = await told(home, ['--board', 'b', ...args]);
    const text = `${stdout}${stderr}`;
    expect(code, `slate ${args.join(' ')}\n${text}`).not.toBe(70);
    expect(text, `slate ${args.join(' ')}`).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
}, 180_000);

test('nothing that is posted, posted again, removed or swept among it is lost', async () => {
  const home = await makeBoard({ a: TRUE });
  await plantEverywhere(home);
  for (const dataset of ['pipe', 'folder', 'link', 'dangling', 'garbage']) {
    const { code, stderr } = await slate(home, ['post', dataset]);
    expect([0, 1, 5], `${dataset}: ${stderr}`).toContain(code);
  }
  const posted = entries(home).filter(({ folder }) => folder === 'queue').length;
  await bounded(home, ['run', '--until-idle']);
  expect(entries(home).filter(({ folder, name }) => folder.startsWith('done/') && name.posted !== POSTED)).toHaveLength(
    posted,
  );
  // Journal lines above tell of what never was: without them the promises hold.
  fs.rmSync(boardPath(home, `journal/${DAY}`), { recursive: true });
  for (const path of ['failed', 'gather', `done/${DAY}`, `removed/${DAY}`, 'processes', 'ids/pipe', 'ids/folder'])
    fs.rmSync(boardPath(home, path), { recursive: true, force: true });
  for (const path of ['failed', 'gather', 'processes']) fs.mkdirSync(boardPath(home, path));
  await expectProved(home);
});
