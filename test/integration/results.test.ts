/** `$SLATE_RESULT`: parameters for later stages, reasons, and what is refused, with real steps. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { boardPath, entry, journal, list, makeBoard, slate, slateOk } from '../helpers/home.ts';

async function runIdle(home: string): Promise<void> {
  const { code, stderr } = await slate(home, ['run', '--until-idle', '--slots', '2']);
  expect([0, 1], stderr).toContain(code);
}

/** The log of the latest try of a stage. */
function logOf(home: string, dataset: string, stage: string): string {
  const [file = ''] = list(home, `logs/${dataset}`)
    .filter((name) => name.split('.')[1] === stage && name.endsWith('.log'))
    .sort()
    .reverse();
  return fs.readFileSync(boardPath(home, `logs/${dataset}/${file}`), 'utf8');
}

/** Epoch of the first try of a stage of x that finished. */
function epochOf(home: string, stage: string): string {
  const epoch = journal(home).find((line) => line.event === 'finish' && line.stage === stage)?.epoch;
  return String(epoch).padStart(3, '0');
}

test('later stages see what earlier ones added: in the file, in templates, until the stage runs again', async () => {
  const home = await makeBoard(
    {
      a: `shell: 'cat {{ home }}/a.json > "$SLATE_RESULT"'`,
      b: `shell: 'echo ''{"params": {"k": "of b", "b": [1]}}'' > "$SLATE_RESULT"'`,
      side: `shell: 'echo ''{"params": {"side": 1}}'' > "$SLATE_RESULT"'`,
      show: `shell: 'echo {{ params.own }}/{{ params.k }}/{{ params.b | dump }}/{{ params.side | default("none") }}; cat "$SLATE_PARAMS"; ls -A'`,
    },
    ['{stage: a}', '{stage: b, after: [a]}', '{stage: side, after: [a]}', '{stage: show, after: [b]}'],
  );
  const say = (value: unknown): void => fs.writeFileSync(`${home}/a.json`, JSON.stringify(value));
  say({ params: { k: 'of a', own: 'over' }, reason: 'measured' });
  await slateOk(home, ['post', 'x', '--param', 'own=posted', '--param', 'k=posted']);
  await runIdle(home);
  expect(entry(home, 'x')?.name.letters).toBe('cccc');
  const [first = '', json = '', ...files] = logOf(home, 'x', 'show').trim().split('\n');
  // A branch beside it is none of its business.
  expect(first).toBe('over/of b/[1]/none');
  expect(JSON.parse(json)).toMatchObject({ slate: { dataset: 'x' }, own: 'over', k: 'of b', b: [1] });
  expect(files).toEqual(['.params.json']);
  expect(journal(home).find(({ event, stage }) => event === 'finish' && stage === 'a')).toMatchObject({
    outcome: 'e',
    reason: 'measured',
  });
  expect(list(home, 'scratch')).toEqual([]);
  const told = await slateOk(home, ['show', 'x']);
  expect(told.split('\n').filter((line) => line.startsWith('  param'))).toEqual(
    [
      '  param     own = over  (a.001)',
      '  param     k = of b  (b.002)',
      '  param     b = [1]  (b.002)',
      expect.stringMatching(/^ {2}param {5}side = 1 {2}\(side\.00\d\)$/),
    ].map((line) => (typeof line === 'string' ? line.replace('b.002', `b.${epochOf(home, 'b')}`) : line)),
  );
  expect(JSON.parse(await slateOk(home, ['show', 'x', '--json']))).toMatchObject({
    runs: [{ params: { own: 'over', k: 'of b', b: [1], side: 1 }, paramSources: { own: 'a.001' } }],
  });

  // The stage runs again and adds nothing: what it had added is gone; the entry's own parameters were never changed.
  say({});
  await slateOk(home, ['repipe', 'x', '--stage', 'a']);
  await runIdle(home);
  expect(logOf(home, 'x', 'show').split('\n')[0]).toBe('posted/of b/[1]/none');
  const tries = fs.readdirSync(boardPath(home, `products/x/${entry(home, 'x')?.name.posted}`)).sort();
  expect(tries.filter((file) => file.startsWith('a.'))).toEqual(['a.001.ok', 'a.001.result', 'a.005.ok']);
});

test.each([
  ['no JSON', `echo '{' > "$SLATE_RESULT"`, /\$SLATE_RESULT \(\.result\): it is no JSON: /],
  ['a reserved name', `echo '{"params":{"slate":1}}' > "$SLATE_RESULT"`, /'slate' is reserved/],
  ['too much', `head -c 1100000 /dev/zero > "$SLATE_RESULT"`, /it has 1100000 bytes; at most 1048576 are read/],
  ['a pipe', `mkfifo "$SLATE_RESULT"`, /it is no regular file/],
  ['a link', `ln -s /etc/passwd "$SLATE_RESULT"`, /it is no regular file/],
] as const)('%s fails the try, though the step succeeded', async (_what, line, why) => {
  const home = await makeBoard({ a: `shell: |\n  ${line}`, b: 'command: [/bin/true]' });
  await slateOk(home, ['post', 'x']);
  await runIdle(home);
  expect(entry(home, 'x')?.file).toMatch(/\.f_\.001\.-\.x@1-n$/);
  expect(logOf(home, 'x', 'a')).toMatch(why);
  expect((await slateOk(home, ['show', 'x'])).replaceAll('\\', '')).toMatch(why);
  // For a look; and nothing of it counts.
  expect(fs.readdirSync(boardPath(home, 'scratch/x.a.001'))).toEqual(['.result']);
  expect(list(home, 'products')).toEqual([]);
});

test('a step that fails gives its reason and nothing else; a folder with no more than that is not kept', async () => {
  const home = await makeBoard({
    a: `shell: |\n  echo '{"params":{"k":1},"reason":"no bias for CCD 4"}' > "$SLATE_RESULT"; exit 2`,
    b: 'command: [/bin/true]',
  });
  await slateOk(home, ['post', 'x']);
  await runIdle(home);
  const failed = entry(home, 'x');
  expect(failed?.file).toMatch(/@1-no_bias_for_ccd$/);
  expect(await slateOk(home, ['show', 'x'])).toContain('no bias for CCD 4');
  const folder = boardPath(home, `products/x/${failed?.name.posted}`);
  expect(fs.readdirSync(folder)).toEqual(['a.001.result']);
  expect(fs.readFileSync(`${folder}/a.001.result`, 'utf8')).toBe('{"params":{},"reason":"no bias for CCD 4"}\n');
  expect(list(home, 'scratch')).toEqual([]);
});
