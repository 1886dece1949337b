/** Files of a step, made of templates, and `slate render`, with real processes. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  boardPath,
  entry,
  journal,
  list,
  makeBoard,
  mv,
  type Seen,
  slate,
  slateOk,
  startRun,
  until,
  untilEntry,
  writeStage,
} from '../helpers/home.ts';

const TRUE = 'command: [/bin/true]';

function logOf(home: string, dataset: string, stage: string): string {
  const file = list(home, `logs/${dataset}`)
    .filter((name) => name.split('.')[1] === stage && name.endsWith('.log'))
    .sort()
    .at(-1);
  return fs.readFileSync(boardPath(home, `logs/${dataset}/${file}`), 'utf8');
}

/** Everything below the board, with times: what is only looked at stays as it is. A process writes its own status. */
function picture(home: string): string[] {
  return fs
    .readdirSync(boardPath(home), { recursive: true, withFileTypes: true })
    .filter((one) => !one.parentPath.endsWith('/processes'))
    .map((one) => {
      const path = join(one.parentPath, one.name);
      const { mtimeMs, ino, size } = fs.statSync(path);
      return one.isDirectory() ? path : `${path} ${ino} ${size} ${mtimeMs}`;
    })
    .sort();
}

function template(home: string, name: string, text: string): void {
  fs.mkdirSync(join(home, 'templates'), { recursive: true });
  fs.writeFileSync(join(home, 'templates', name), text);
}

test('files stand in the working folder before the step starts, rendered for each entry, and go with it', async () => {
  const hostile = `$(touch pwned) '";{{ 1 }}`;
  const home = await makeBoard({ make: `shell: 'echo x > "$SLATE_PRODUCTS/x"'\nproducts: true`, use: TRUE });
  template(home, 'a.njk', 'of {{ inputs.make }}\n{% for one in params.list -%}\n{{ one }}\n{% endfor -%}\n');
  const files = `files:
  a.conf: {from: templates/a.njk}
  deep/er/b.txt: '{{ dataset }} {{ try }} {{ params.text }}'
  deep/run.sh: {executable: true, text: "#!/bin/sh\\necho ran {{ dataset }}\\n"}
  empty: ''`;
  const look = `shell: 'cat a.conf deep/er/b.txt; echo; find . -type f | sort; deep/run.sh; wc -c < empty; exit {{ params.code | default(0) }}'`;
  writeStage(home, 'use', `${look}\n${files}`);
  for (const [dataset, ...more] of [['one'], ['bad', '--param', 'code=3']] as const) {
    await slateOk(home, ['post', dataset, '--param', 'list:=["p","q"]', '--param', `text=${hostile}`, ...more]);
  }
  await slate(home, ['run', '--until-idle']);
  const { posted } = (await untilEntry(home, 'one', 'done', 'cc')).name;
  const made = boardPath(home, `products/one/${posted}/make.001`);
  const found = './a.conf\n./deep/er/b.txt\n./deep/run.sh\n./empty\n';
  expect(logOf(home, 'one', 'use')).toBe(`of ${made}\np\nq\none 1 ${hostile}\n${found}ran one\n0\n`);
  expect(fs.existsSync(join(home, 'pwned'))).toBe(false);
  // What a failed step was given is kept with its folder.
  const kept = boardPath(home, 'scratch/bad.use.002');
  expect(list(home, 'scratch')).toEqual(['bad.use.002']);
  expect(fs.readFileSync(join(kept, 'deep/er/b.txt'), 'utf8')).toBe(`bad 1 ${hostile}`);
  const modes = ['a.conf', 'deep/run.sh'].map((file) => fs.statSync(join(kept, file)).mode & 0o111);
  expect([modes[0], (modes[1] ?? 0) > 0]).toEqual([0, true]);
  const sha256 = createHash('sha256')
    .update(fs.readFileSync(join(home, 'templates/a.njk')))
    .digest('hex');
  const ends = journal(home).filter(({ event, dataset }) => event === 'finish' && dataset === 'one');
  expect(ends.map(({ stage, templates }) => [stage, templates])).toEqual([
    ['make', undefined],
    ['use', { 'templates/a.njk': sha256 }],
  ]);
});

test('a name that an entry has not fails it with cause n before anything is written; mended and repiped it runs', async () => {
  const home = await makeBoard({ use: TRUE });
  template(home, 'b.njk', '{{ params.flat }}\n');
  writeStage(home, 'use', `${TRUE}\nfiles: {a: x, b: {from: templates/b.njk}}`);
  await slateOk(home, ['post', 'one']);
  expect((await slate(home, ['run', '--until-idle'])).code).toBe(1);
  expect(entry(home, 'one')?.file).toMatch(/\.f\.001\.-\.one@1-n$/);
  const why = 'stages/use.yaml: files.b (templates/b.njk): params.flat is not defined for this entry; it has: slate';
  expect(logOf(home, 'one', 'use')).toBe(`${why}\n`);
  expect(await slateOk(home, ['show', 'one'])).toContain(why);
  expect(list(home, 'scratch')).toEqual([]);
  // As `slate render` says it.
  const told = await slate(home, ['render', 'one', 'use']);
  expect([told.code, told.stderr]).toEqual([1, `slate: it would fail (cause n): ${why}\n`]);
  await slateOk(home, ['set', 'flat=f1', 'one']);
  expect(await slateOk(home, ['render', 'one', 'use', '--file', 'b'])).toBe('f1\n');
  await slateOk(home, ['repipe', 'one']);
  expect((await slate(home, ['run', '--until-idle'])).code).toBe(0);
});

test('a template is read when the process starts, and anew on reload; a faulty one leaves the old in force', async () => {
  const home = await makeBoard({ use: TRUE });
  template(home, 'a.njk', 'first\n');
  writeStage(home, 'use', `command: [cat, a]\nfiles: {a: {from: templates/a.njk}}`);
  const run = startRun(home);
  const id = await run.id();
  const outcome = async (dataset: string): Promise<string> => {
    await slateOk(home, ['post', dataset]);
    await untilEntry(home, dataset, 'done');
    return logOf(home, dataset, 'use');
  };
  expect(await outcome('a')).toBe('first\n');
  template(home, 'a.njk', 'second\n');
  expect(await outcome('b')).toBe('first\n');
  await slateOk(home, ['order', id, 'reload']);
  await until(() => run.log().includes('reloaded:'), 'it to reload');
  expect(await outcome('c')).toBe('second\n');
  template(home, 'a.njk', 'x\n {{ nonesuch }}\n');
  await slateOk(home, ['order', id, 'reload']);
  await until(() => run.log().includes('reload-failed:'), 'it to refuse');
  expect(run.log()).toContain("templates/a.njk:2:5: no name 'nonesuch' is known here");
  // A post would be refused while a stage file has faults.
  fs.writeFileSync(boardPath(home, 'queue/50.20261121T120000.w.000.-.d'), '');
  await untilEntry(home, 'd', 'done');
  expect(logOf(home, 'd', 'use')).toBe('second\n');
  const hashes = journal(home).flatMap(({ event, templates }) =>
    event === 'finish' ? [JSON.stringify(templates)] : [],
  );
  expect([new Set(hashes).size, hashes[0] === hashes[1], hashes[2] === hashes[3]]).toEqual([2, true, true]);
  const checked = await slate(home, ['check']);
  expect([checked.code, checked.stdout]).toEqual([1, expect.stringContaining('templates/a.njk:2:5: ')]);
});

test('slate render shows what runs, in any state of the entry, and touches nothing', async () => {
  const home = await makeBoard({
    first: `shell: 'echo ''{"params": {"found": 7}}'' > "$SLATE_RESULT"; echo x > "$SLATE_PRODUCTS/x"'\nproducts: true`,
    second: `command: [cat, '{{ params.own }} {{ params.found }}', a]\nenv: {MINE: 'of {{ dataset }}'}\nproducts: true\nexits: {default: complete}\nfiles: {a: 'from {{ inputs.first }}'}`,
    third: `shell: 'echo {{ params.own }}; until [ -e {{ home }}/go ]; do sleep 0.05; done'`,
  });
  await slateOk(home, ['post', 'x', '--param', 'own=a b']);
  const render = async (stage: string, ...more: string[]) => {
    const before = picture(home);
    const ran = await slate(home, ['render', 'x', stage, ...more]);
    expect(picture(home)).toEqual(before);
    return ran;
  };

  // In the queue: what comes later has nothing to go on yet.
  expect((await render('first')).code).toBe(0);
  const early = await render('second');
  expect(early.code).toBe(1);
  expect(early.stderr.trim().split('\n')).toEqual([
    expect.stringContaining('command[1]: params.found is not defined for this entry; it has: slate, own'),
    expect.stringContaining('files.a: inputs.first is not defined for this entry; it has: nothing'),
  ]);
  expect(early.stdout).toContain('command   cat ? a\n');

  const run = startRun(home);
  const running = await untilEntry(home, 'x', 'active', 'ccp');
  const isQuiet = (): boolean => journal(home).some(({ event, stage }) => event === 'claim' && stage === 'third');
  await until(() => isQuiet() && logOf(home, 'x', 'third') === 'a b\n', 'the step to run');
  const third = JSON.parse((await render('third', '--json')).stdout);
  expect(third).toMatchObject({
    schemaVersion: 1,
    dataset: 'x',
    stage: 'third',
    letter: 'p',
    epoch: 3,
    try: 1,
    command: ['/bin/sh', '-c', `echo 'a b'; until [ -e '${home}'/go ]; do sleep 0.05; done`],
    shell: true,
    missing: [],
    inputs: { first: expect.stringMatching(/first\.001$/), second: expect.stringMatching(/second\.002$/) },
    params: { own: { value: 'a b', from: 'the entry' }, found: { value: 7, from: 'first.001' } },
  });
  // It is what the step that runs was given.
  const given = (): string[] | undefined =>
    fs
      .readdirSync('/proc')
      .flatMap((pid) => (/^\d+$/.test(pid) ? [environmentOf(pid)] : []))
      .find((env) => env.includes('SLATE_STAGE=third') && env.includes(`SLATE_HOME=${home}`));
  for (const [name, value] of Object.entries(third.env)) expect(given()).toContain(`${name}=${value}`);
  fs.writeFileSync(join(home, 'go'), '');
  const done = await untilEntry(home, 'x', 'done', 'ccc');
  expect(done.name.posted).toBe(running.name.posted);
  run.child.kill('SIGTERM');
  await run.ended;

  // Done: as after a repipe of that stage. Its own products and those after it are no inputs.
  const again = await render('second');
  expect([again.code, again.stderr]).toEqual([0, '']);
  const board = boardPath(home).replace(/\/$/, '');
  const { posted } = done.name;
  for (const line of [
    'x  second: claim 4, try 1; the stage is complete (c)',
    "  command   cat 'a b 7' a",
    '  program   cat',
    `  folder    ${board}/scratch/x.second.004`,
    `  products  ${board}/products/x/${posted}/second.004`,
    `  input     first  ${board}/products/x/${posted}/first.001`,
    '  param     own = a b  (the entry)',
    '  param     found = 7  (first.001)',
    '  env       SLATE_EPOCH=4',
    "  env       MINE='of x'",
    '  file      a',
    `    | from ${board}/products/x/${posted}/first.001`,
  ]) {
    expect(again.stdout).toContain(`${line}\n`);
  }
  expect(again.stdout).not.toContain('input     second');
  expect((await render('second', '--file', 'a')).stdout).toBe(`from ${board}/products/x/${posted}/first.001`);
  await slateOk(home, ['repipe', 'x', '--stage', 'second']);
  expect((await slate(home, ['run', '--until-idle', '--stage', 'second'])).code).toBe(0);
  expect(list(home, `products/x/${posted}`)).toContain('second.004.ok');

  // Failed tries count.
  mv(home, entry(home, 'x') as Seen, { letters: 'cc2' });
  expect((await render('third')).stdout).toContain('third: claim 5, try 3; the stage is retry (2)');
  expect((await slate(home, ['render', 'x', 'third', '--posted', '20200101T000000'])).code).toBe(3);
  writeStage(home, 'third', `shell: 'echo {{ nonesuch }}'`);
  const refused = await render('third');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('stages/third.yaml:2:')]);
});

function environmentOf(pid: string): string[] {
  try {
    return fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}

test('a service finds the files of each entry in its folder, and slate render shows what it is told', async () => {
  const serve = `const lines = require('node:readline').createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { id, scratch } = JSON.parse(line);
  console.error(require('node:fs').readFileSync(scratch + '/a.conf', 'utf8'));
  process.stdout.write(JSON.stringify({ id, exit: 0 }) + '\\n');
});`;
  const home = await makeBoard({
    a: `command: [node, '{{ home }}/tools/serve.cjs']\nservice: true\nenv: {MINE: 'of {{ stage }}'}\nfiles: {a.conf: '{{ dataset }} {{ params.k }}'}`,
  });
  fs.writeFileSync(join(home, 'tools/serve.cjs'), serve);
  await slateOk(home, ['post', 'x', '--param', 'k=1']);
  const told = JSON.parse(await slateOk(home, ['render', 'x', 'a', '--json']));
  expect(told).toMatchObject({
    command: ['node', `${home}/tools/serve.cjs`],
    request: { dataset: 'x', params: { k: '1' }, scratch: boardPath(home, 'scratch/x.a.001') },
    files: [{ name: 'a.conf', content: 'x 1' }],
    missing: [],
  });
  expect(told.env).toMatchObject({ SLATE_SERVICE: '1', MINE: 'of a' });
  expect(told.env).not.toHaveProperty('SLATE_DATASET');
  expect(await slateOk(home, ['render', 'x', 'a'])).toContain('  service   is told: {"id":"x.');
  await slateOk(home, ['post', 'y', '--param', 'k=2']);
  await slateOk(home, ['post', 'lacks']);
  await slate(home, ['run', '--until-idle']);
  expect(['x', 'y', 'lacks'].map((dataset) => entry(home, dataset)?.name.letters)).toEqual(['c', 'c', 'f']);
  expect(logOf(home, 'y', 'a')).toContain('y 2');
  expect(entry(home, 'lacks')?.file).toMatch(/@1-n$/);
});

test('slate render of a gathering stage tells what would be gathered, and writes no list of it', async () => {
  const home = await makeBoard({
    a: `command: [cat, list]\ngather: members\nfiles: {list: '{% for one in members %}{{ one.dataset }} {{ one.ready }}\n\n  {% endfor %}'}`,
  });
  await slateOk(home, ['post', '--from', '-'], '{"dataset": "sum", "needs": {"members": ["one", "two"]}}\n');
  const before = picture(home);
  const told = await slate(home, ['render', 'sum', 'a']);
  expect([told.code, told.stderr]).toEqual([0, '']);
  expect(told.stdout).toMatch(/member +one on b, absent; not there yet/);
  expect(told.stdout).toContain('    | one false\n');
  expect(picture(home)).toEqual(before);
});
