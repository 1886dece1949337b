/** Hostile steps: how they end, what they hand in, what they leave in their folders. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import {
  boardPath,
  entries,
  entry,
  expectProved,
  journal,
  list,
  makeBoard,
  slate,
  slateOk,
  startRun,
  tempFolder,
  untilEntry,
} from '../../helpers/home.ts';
import { told } from '../../hostile/in-process.ts';
import { nested } from '../../hostile/plant.ts';

async function runIdle(home: string, slots = '4'): Promise<string> {
  const { code, stderr } = await slate(home, ['run', '--until-idle', '--slots', slots]);
  expect([0, 1], stderr).toContain(code);
  return stderr;
}

function lines(all: readonly object[]): string {
  return all.map((one) => `${JSON.stringify(one)}\n`).join('');
}

/** `folder letters tags` of a dataset's entry. */
function stands(home: string, dataset: string): string {
  const { folder = '', file = '' } = entry(home, dataset) ?? {};
  return `${folder.split('/')[0]} ${file.split('.')[2]} ${file.split('@')[1] ?? ''}`.trim();
}

test('every exit code from 0 to 255 and every signal has an outcome, declared or not', async () => {
  const exits = 'exits: {0: complete, 7: hold, 8: {fail: eight}, default: fail}';
  const home = await makeBoard({ a: `shell: '{{ params.do | raw }}'\n${exits}` });
  const signals = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 30, 31];
  const codes = Array.from({ length: 256 }, (_, code) => ({ dataset: `x${code}`, params: { do: `exit ${code}` } }));
  const killed = signals.map((number) => ({ dataset: `s${number}`, params: { do: `kill -${number} $$; sleep 9` } }));
  await slateOk(home, ['post', '--from', '-', '-q'], lines([...codes, ...killed]));
  await runIdle(home, '8');
  for (let code = 1; code <= 255; code++) {
    const wanted = code === 7 ? 'held h 1-x7' : code === 8 ? 'failed f 1-eight' : `failed f 1-x${code}`;
    expect(stands(home, `x${code}`)).toBe(wanted);
  }
  expect(stands(home, 'x0')).toBe('done c');
  for (const number of signals) expect(stands(home, `s${number}`)).toBe(`failed f 1-s${number}`);
  await expectProved(home);
});

/** A line for the shell that writes something bad where a result is looked for. */
const RESULTS: Readonly<Record<string, string>> = {
  nojson: `printf '{' > "$SLATE_RESULT"`,
  binary: `head -c 1000 /dev/urandom > "$SLATE_RESULT"`,
  utf16: `printf '\\377\\376{\\0' > "$SLATE_RESULT"`,
  list: `printf '[]' > "$SLATE_RESULT"`,
  deep: `printf '{"params":{"a":%s}}' "$(cat "$SLATE_HOME/deep")" > "$SLATE_RESULT"`,
  proto: `printf '{"__proto__":{"x":1}}' > "$SLATE_RESULT"`,
  reserved: `printf '{"params":{"slate":1}}' > "$SLATE_RESULT"`,
  large: `head -c 2000000 /dev/zero > "$SLATE_RESULT"`,
  sparse: `truncate -s 100G "$SLATE_RESULT"`,
  pipe: `mkfifo "$SLATE_RESULT"`,
  folder: `mkdir "$SLATE_RESULT"`,
  link: `ln -s "$SLATE_PARAMS" "$SLATE_RESULT"`,
  zero: `ln -s /dev/zero "$SLATE_RESULT"`,
  post: `printf 'x\\n../y\\n' > "$SLATE_POST"`,
  twice: `printf 'x\\nx\\n' > "$SLATE_POST"`,
  deeppost: `printf '{"dataset":"x","params":{"a":%s}}' "$(cat "$SLATE_HOME/deep")" > "$SLATE_POST"`,
  rank: `printf '{"dataset":"x","rank":1e309}' > "$SLATE_POST"`,
  pipepost: `mkfifo "$SLATE_POST"`,
  sparsepost: `truncate -s 100G "$SLATE_POST"`,
  folderpost: `mkdir "$SLATE_POST"`,
  linkpost: `ln -s /dev/zero "$SLATE_POST"`,
  manyposts: `seq 1 100001 > "$SLATE_POST"`,
};

test('results and posts that are none fail the try with a sentence, whatever they are', async () => {
  const home = await makeBoard({ a: `shell: '{{ params.do | raw }}'` });
  fs.writeFileSync(`${home}/deep`, nested(400_000));
  const all = Object.entries(RESULTS).map(([dataset, line]) => ({ dataset, params: { do: line } }));
  await slateOk(home, ['post', '--from', '-', '-q'], lines(all));
  await runIdle(home, '1');
  for (const dataset of Object.keys(RESULTS)) {
    expect(stands(home, dataset), dataset).toBe('failed f 1-n');
    const reason = journal(home).find((line) => line.event === 'finish' && line.dataset === dataset)?.reason;
    expect(reason, dataset).toMatch(/^\$SLATE_(RESULT|POST) \(/);
  }
  expect(entries(home)).toHaveLength(all.length);
  await expectProved(home);
});

test('a result may hold strange names: they stay what they are, and pollute nothing', async () => {
  const home = await makeBoard({
    a: `shell: 'cat "$SLATE_HOME/result" > "$SLATE_RESULT"'`,
    b: `shell: 'cat "$SLATE_PARAMS"; printf " %s %s" {{ params.toString | default("none") }} {{ params.polluted | default("none") }}'`,
  });
  const params = '{"__proto__":{"polluted":"yes"},"constructor":"c","text":"\\u001b[2J\\u0000\\ud800"}';
  fs.writeFileSync(`${home}/result`, `{"params":${params},"reason":"\\u001b]0;x\\u0007 \\u202e"}`);
  await slateOk(home, ['post', 'one']);
  await runIdle(home);
  expect(stands(home, 'one')).toBe('done cc');
  const log = list(home, 'logs/one').find((file) => file.includes('.b.')) ?? '';
  const said = fs.readFileSync(boardPath(home, `logs/one/${log}`), 'utf8');
  expect(said).toContain('"__proto__":{"polluted":"yes"}');
  expect(said).toContain('"constructor":"c"');
  expect(said.endsWith(' none none')).toBe(true);
  for (const args of [['show', 'one'], ['history', 'one'], ['status'], ['stats']])
    expect(await slateOk(home, args)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
});

test('outcomes of a batch: garbage is told, the rest counts; a pipe, a link or a folder is not waited for', async () => {
  const said = [
    '{',
    '7',
    'null',
    nested(100_000),
    '{"dataset":"../x","exit":0}',
    '{"dataset":"one","exit":256}',
    '{"dataset":"one","exit":-1}',
    '{"dataset":"one","exit":1e309}',
    '{"dataset":"one","outcome":"won"}',
    '{"dataset":"one","exit":0,"outcome":"fail"}',
    '{"dataset":"one","exit":3}',
    '{"dataset":"one","exit":0}',
    '{"dataset":"two","exit":0,"params":{"slate":1}}',
    '{"dataset":"two","exit":0,"post":["../x"]}',
    '\u001b[2J\u0000',
  ].join('\n');
  const home = await makeBoard({
    a: `shell: '{{ env.DO | raw }}'\nbatch: {most: 9}\nexits: {0: complete, 3: hold, default: fail}`,
  });
  fs.writeFileSync(`${home}/said`, said);
  const ways = [
    ['cat "$SLATE_HOME/said" > "$SLATE_OUTCOMES"', 'held h 1-x3', 'failed f 1-n', 'done c'],
    ['mkfifo "$SLATE_OUTCOMES"', 'done c', 'done c', 'done c'],
    ['mkfifo "$SLATE_TAKEN"; ln -s /dev/zero "$SLATE_OUTCOMES"', 'done c', 'done c', 'done c'],
    ['mkdir "$SLATE_OUTCOMES"', 'done c', 'done c', 'done c'],
    ['truncate -s 100G "$SLATE_OUTCOMES"', 'done c', 'done c', 'done c'],
  ] as const;
  for (const [index, [line, ...wanted]] of ways.entries()) {
    await slateOk(home, ['create', `b${index}`, '--pipeline', 'p']);
    await slateOk(home, ['post', '--board', `b${index}`, 'one', 'two', 'three']);
    const run = await slate(home, ['run', '--board', `b${index}`, '--until-idle'], undefined, { DO: line });
    const at = (dataset: string): string => {
      const folder = (name: string): string[] => {
        const path = `${home}/blackboard/b${index}/${name}`;
        return fs.existsSync(path) ? fs.readdirSync(path) : [];
      };
      for (const where of ['queue', 'active', 'failed', 'held', ...folder('done').map((day) => `done/${day}`)]) {
        const file = folder(where).find((name) => name.split('@')[0]?.endsWith(`.${dataset}`));
        if (file !== undefined)
          return `${where.split('/')[0]} ${file.split('.')[2]} ${file.split('@')[1] ?? ''}`.trim();
      }
      return 'nowhere';
    };
    expect([at('one'), at('two'), at('three')], `${line}\n${run.stderr}`).toEqual(wanted);
    expect(run.stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  }
}, 180_000);

/** What a step may make of its working folder. `$OUT` is a folder of somebody else. */
const SCRATCH: Readonly<Record<string, string>> = {
  linkin: 'ln -s "$OUT" x; ln -s / root; ln "$OUT/precious" hard',
  linked: 'cd /; rmdir "$SLATE_SCRATCH"; ln -s "$OUT" "$SLATE_SCRATCH"',
  linkedempty: 'cd /; rmdir "$SLATE_SCRATCH"; ln -s "$OUT/empty" "$SLATE_SCRATCH"',
  linkedspent: 'cd /; rmdir "$SLATE_SCRATCH"; ln -s "$OUT/spent" "$SLATE_SCRATCH"',
  gone: 'cd /; rmdir "$SLATE_SCRATCH"',
  file: 'cd /; rmdir "$SLATE_SCRATCH"; echo x > "$SLATE_SCRATCH"',
  pipe: 'cd /; rmdir "$SLATE_SCRATCH"; mkfifo "$SLATE_SCRATCH"',
  odd: `touch "$(printf 'a\\377')" "$(printf 'b\\n\\033')" ./-rf; mkdir "$(printf 'c\\377')"; touch "$(printf 'c\\377')/x"; mkfifo p`,
  locked: 'mkdir l; touch l/x; chmod 0 l',
  deep: 'for i in $(seq 1 60); do mkdir ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd; cd d*; done; touch x',
};

test('working folders: what a step makes of its own is cleaned up, and nothing behind a link is touched', async () => {
  for (const policy of ['remove', 'keep-failed']) {
    const out = tempFolder('slate-precious-');
    fs.mkdirSync(`${out}/empty`);
    fs.mkdirSync(`${out}/spent`);
    fs.writeFileSync(`${out}/spent/.params.json`, 'precious');
    fs.writeFileSync(`${out}/precious`, 'precious');
    const home = await makeBoard({ a: `shell: '{{ params.do | raw }}'\nenv: {OUT: ${out}}\nscratch: ${policy}` });
    const all = Object.entries(SCRATCH).flatMap(([dataset, line]) => [
      { dataset, params: { do: line } },
      // The next step in the slot must not be given what the one before has left.
      { dataset: `after-${dataset}`, params: { do: 'touch here; pwd -P' } },
    ]);
    await slateOk(home, ['post', '--from', '-', '-q'], lines(all));
    await runIdle(home, '1');
    for (const { dataset } of all) expect(stands(home, dataset), dataset).toBe('done c');
    for (const { dataset } of all.filter(({ dataset }) => dataset.startsWith('after-'))) {
      const [log = ''] = list(home, `logs/${dataset}`);
      expect(fs.readFileSync(boardPath(home, `logs/${dataset}/${log}`), 'utf8').trim()).toBe(
        `${fs.realpathSync(home)}/blackboard/b/scratch/${dataset}.a.001`,
      );
    }
    expect(fs.readdirSync(out).sort()).toEqual(['empty', 'precious', 'spent']);
    expect(fs.readdirSync(`${out}/empty`)).toEqual([]);
    expect(fs.readFileSync(`${out}/spent/.params.json`, 'utf8')).toBe('precious');
    expect(fs.readFileSync(`${out}/precious`, 'utf8')).toBe('precious');
    const left = list(home, 'scratch').filter(
      (name) => !name.startsWith('linkedempty') && !name.startsWith('linkedspent'),
    );
    expect(left).toEqual([]);
    await expectProved(home);
  }
});

const PRODUCTS: Readonly<Record<string, readonly [line: string, wanted: string]>> = {
  links: [
    'ln -s / root; ln -s /dev/zero zero; ln -s nowhere dangling; ln -s loop loop; ln -s "$OUT/precious" p',
    'done c',
  ],
  hard: ['ln "$OUT/precious" hard', 'done c'],
  pipe: ['mkfifo p', 'done c'],
  odd: [`touch "$(printf 'a\\377')"; mkdir "$(printf 'c\\377')"; touch "$(printf 'c\\377')/x" ./-rf`, 'done c'],
  sparse: ['truncate -s 4T large', 'done c'],
  gone: ['cd /; rmdir "$SLATE_PRODUCTS"', 'failed f 1-n'],
  linked: ['cd /; rmdir "$SLATE_PRODUCTS"; ln -s "$OUT" "$SLATE_PRODUCTS"', 'failed f 1-n'],
  file: ['cd /; rmdir "$SLATE_PRODUCTS"; echo x > "$SLATE_PRODUCTS"', 'failed f 1-n'],
  deep: [
    'for i in $(seq 1 60); do mkdir ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd; cd d*; done; touch x',
    'failed f 1-n',
  ],
  forged: ['touch "$SLATE_PRODUCTS.ok" "$SLATE_PRODUCTS.result" "$SLATE_PRODUCTS.post"', 'done c'],
  forgedfolder: ['mkdir "$SLATE_PRODUCTS.ok"', 'done c'],
  inway: [`mkdir "$SLATE_PRODUCTS.result"; echo '{"params":{"a":1}}' > "$SLATE_RESULT"`, 'failed f 1-n'],
};

test('products: links are published as links, and what can not be is no product', async () => {
  const out = tempFolder('slate-precious-');
  fs.writeFileSync(`${out}/precious`, 'precious');
  const command = `shell: 'cd "$SLATE_PRODUCTS"; {{ params.do | raw }}'\nenv: {OUT: ${out}}\nproducts: true`;
  const home = await makeBoard({ a: command });
  const all = Object.entries(PRODUCTS).map(([dataset, [line]]) => ({ dataset, params: { do: line } }));
  await slateOk(home, ['post', '--from', '-', '-q'], lines(all));
  const log = await runIdle(home, '1');
  expect(log).not.toContain(' blocked: ');
  for (const [dataset, [, wanted]] of Object.entries(PRODUCTS)) expect(stands(home, dataset), dataset).toBe(wanted);
  for (const dataset of Object.keys(PRODUCTS)) {
    const shown = await told(home, ['--board', 'b', 'show', dataset]);
    expect(shown.code, shown.stderr).toBe(0);
    const listed = await told(home, ['--board', 'b', 'products', dataset]);
    expect(listed.code, listed.stderr).not.toBe(70);
  }
  expect(fs.readdirSync(out)).toEqual(['precious']);
  // Retention takes the links, and not what is behind them.
  const config = boardPath(home, 'board.yaml');
  fs.writeFileSync(config, fs.readFileSync(config, 'utf8').replace(/(products|logs|done|scratch): .*/g, '$1: 1ms'));
  const old = ['-maxdepth', '4', '-exec', 'touch', '-h', '-d', '@1', '{}', '+'];
  execFileSync('find', [boardPath(home, 'products'), boardPath(home, 'columns'), ...old]);
  await slateOk(home, ['sweep']);
  expect(fs.readFileSync(`${out}/precious`, 'utf8')).toBe('precious');
  expect(fs.statSync('/dev/zero').isCharacterDevice()).toBe(true);
  // Deeper than a path may be long: nothing else can remove it afterwards.
  execFileSync('rm', ['-rf', home]);
});

test('a command that parameters have made too long fails its entry, and no other', async () => {
  const home = await makeBoard(
    {
      a: `command: [/bin/echo, '{{ params.big }}']`,
      b: `shell: 'echo {{ params.big }}'`,
      c: `command: [/bin/true]\nenv: {BIG: '{{ params.big }}'}`,
      d: `command: ['{{ params.program | default("/bin/true") }}']`,
      e: `command: [/bin/true, '{{ params.list | join("") }}']`,
    },
    ['{stage: a}', '{stage: b, after: []}', '{stage: c, after: []}', '{stage: d, after: []}', '{stage: e, after: []}'],
  );
  const all = [
    { dataset: 'mega', params: { big: 'x'.repeat(2_000_000), list: [] } },
    { dataset: 'just', params: { big: 'x'.repeat(131_071), list: ['y'] } },
    { dataset: 'fits', params: { big: 'x'.repeat(130_000), list: [] } },
    { dataset: 'wide', params: { big: '\u00e9'.repeat(70_000), list: [] } },
    { dataset: 'program', params: { big: '', list: [], program: '/no/such/program' } },
    { dataset: 'folder', params: { big: '', list: [], program: '/' } },
    { dataset: 'surrogate', params: { big: '\ud800', list: [] } },
    { dataset: 'nul', params: { big: 'a\u0000b', list: [] } },
  ];
  await slateOk(home, ['post', '--from', '-', '-q'], lines(all));
  const log = await runIdle(home);
  expect(log).not.toContain('stage-blocked');
  const letters = Object.fromEntries(all.map(({ dataset }) => [dataset, entry(home, dataset)?.name.letters]));
  expect(letters).toEqual({
    mega: 'fffcc',
    just: 'cffcc',
    fits: 'ccccc',
    wide: 'fffcc',
    program: 'cccfc',
    folder: 'cccfc',
    surrogate: 'ccccc',
    nul: 'fffcc',
  });
  const long = list(home, 'logs/mega').find((file) => file.includes('.a.')) ?? '';
  expect(fs.readFileSync(boardPath(home, `logs/mega/${long}`), 'utf8')).toContain('2000000 bytes for this entry');
  await expectProved(home);
});

test('arguments and environment that are too much together', async () => {
  const args = Array.from({ length: 60 }, () => "'{{ params.big }}'").join(', ');
  const home = await makeBoard({ a: `command: [/bin/true, ${args}]`, b: 'command: [/bin/true]' });
  await slateOk(home, ['post', 'small', '--param', 'big=x']);
  await slateOk(home, ['post', '--from', '-', '-q'], lines([{ dataset: 'sum', params: { big: 'x'.repeat(130_000) } }]));
  const log = await runIdle(home);
  expect(log).not.toContain('stage-blocked');
  expect(stands(home, 'small')).toBe('done cc');
  expect(stands(home, 'sum')).toBe('failed f_ 1-n');
});

test('parameters name no variables, and those of the caller do not become those of a try', async () => {
  const home = await makeBoard({ a: `shell: 'env'` });
  await slateOk(home, [
    'post',
    'one',
    '--param',
    'LD_PRELOAD=/evil.so',
    '--param',
    'SLATE_DATASET=other',
    '--param',
    'PATH=/evil',
  ]);
  const run = startRun(home, ['--until-idle'], {
    SLATE_DATASET: 'forged',
    SLATE_PRODUCTS: '/evil',
    SLATE_IN_X: '/evil',
    SLATE_EPOCH: '99',
  });
  await untilEntry(home, 'one', 'done', 'c');
  await run.ended;
  const [log = ''] = list(home, 'logs/one');
  const said = fs.readFileSync(boardPath(home, `logs/one/${log}`), 'utf8').split('\n');
  expect(said).toContain('SLATE_DATASET=one');
  expect(said).toContain('SLATE_EPOCH=1');
  expect(said.filter((line) => /evil|forged|^LD_PRELOAD/.test(line))).toEqual([]);
});
