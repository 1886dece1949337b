/** Transfers by the real `rsync` and `scp`, over a real sshd: names that a shell would read, files that were cut off, a connection that is not there. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boardPath, entry, list, makeHome, slate, slateOk, startRun, tempFolder, until } from '../helpers/home.ts';
import { HOST, type SshSite, sshSite } from './ssh.ts';

const NAMES = ['plain.nc', 'with space', "it's $HOME `id`; $(touch here)", '#comment', '-dash', 'sub/über "x" *'];

function source(names: readonly string[], bytes = 100_000): string {
  const folder = tempFolder();
  fs.mkdirSync(join(folder, 'sub'));
  for (const [at, name] of names.entries()) fs.writeFileSync(join(folder, name), Buffer.alloc(bytes, `${name} ${at} `));
  return folder;
}

function homeWith({ root }: SshSite, more: string): string {
  const home = makeHome({});
  fs.writeFileSync(join(home, 'sites.yaml'), `sites:\n  far:\n    host: ${HOST}\n    root: ${root}\n${more}`);
  return home;
}

function contents(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder, { recursive: true }) as string[];
  const files = names.filter((name) => fs.statSync(join(folder, name)).isFile() && !name.startsWith('.'));
  return Object.fromEntries(files.sort().map((name) => [name, fs.readFileSync(join(folder, name), 'latin1')]));
}

test.each(['rsync', 'scp'])('%s takes all names there and back, and none of them is read by a shell', async (by) => {
  const site = await sshSite();
  const home = homeWith(site, `    by: ${by}\n`);
  const from = source(NAMES);
  const to = join(tempFolder(), 'back');
  const run = (...args: string[]) => slate(home, ['transfer', ...args], undefined, site.env);
  const up = await run('upload', 'far', 'x/in', from);
  expect([up.code, up.stderr]).toEqual([0, expect.stringContaining('6 sent')]);
  expect(contents(join(site.root, 'x/in'))).toEqual(contents(from));
  const down = await run('download', 'far', 'x/in', to);
  expect([down.code, down.stderr]).toEqual([0, expect.stringContaining('6 sent')]);
  expect(contents(to)).toEqual(contents(from));
  const again = await run('upload', 'far', 'x/in', from);
  expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('0 sent')]);
  expect((await run('remove', 'far', 'x')).code).toBe(0);
  expect(fs.readdirSync(site.root)).toEqual([]);
});

test('rsync goes on where a file was cut off, also after a byte of what was there has changed', async () => {
  const site = await sshSite();
  const home = homeWith(site, '');
  const from = source(['plain.nc'], 3_000_000);
  const whole = fs.readFileSync(join(from, 'plain.nc'));
  for (const isDamaged of [false, true]) {
    const part = join(site.root, `${isDamaged}.part.0`);
    fs.mkdirSync(part);
    const begun = Buffer.from(whole.subarray(0, 2_000_000));
    if (isDamaged) begun[1000] = 1;
    fs.writeFileSync(join(part, 'plain.nc'), begun);
    const { code } = await slate(home, ['transfer', 'upload', 'far', `${isDamaged}`, from], undefined, site.env);
    expect(code).toBe(0);
    expect(fs.readFileSync(join(site.root, `${isDamaged}/plain.nc`)).equals(whole)).toBe(true);
  }
});

test('a stage process killed amid rsync: the next one sends the rest of the file', async () => {
  const site = await sshSite();
  const words =
    "['rsync', '-s', '-L', '--partial', '--append-verify', '--stats', '--bwlimit=2m', '--files-from={{ list }}', '{{ from }}/', '{{ host }}:{{ to }}/']";
  const home = makeHome({
    up: "backoff: {first: 10ms}\ntransfer: {site: far, upload: '{{ params.input }}', to: '{{ dataset }}'}",
  });
  fs.writeFileSync(
    join(home, 'sites.yaml'),
    `sites:\n  far: {host: ${HOST}, root: ${site.root}, resumes: true, upload: ${words}}\n`,
  );
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', '3s']);
  const size = 8_000_000;
  const from = source(['plain.nc'], size);
  await slateOk(home, ['post', 'd', '--param', `input=${from}`]);
  const doomed = startRun(home, [], site.env);
  const sent = (): number => {
    const [part = ''] = fs.readdirSync(site.root).filter((name) => name.startsWith('d.part.'));
    return fs.statSync(join(site.root, part, 'plain.nc'), { throwIfNoEntry: false })?.size ?? 0;
  };
  await until(() => sent() > size / 4, 'a quarter to be there');
  doomed.child.kill('SIGKILL');
  await doomed.ended;
  const run = startRun(home, ['--until-idle'], site.env);
  await run.ended;
  expect(entry(home, 'd')?.name.letters, run.log()).toBe('c');
  expect(contents(join(site.root, 'd'))).toEqual(contents(from));
  const log = list(home, 'logs/d').find((name) => name.endsWith('.ok.log')) ?? '';
  const [, literal = ''] =
    /Literal data: ([\d,]+)/.exec(fs.readFileSync(boardPath(home, `logs/d/${log}`), 'utf8')) ?? [];
  expect(Number(literal.replaceAll(',', ''))).toBeLessThan(size * 0.8);
});

test('a host that is not there is out of reach', async () => {
  const home = makeHome({});
  fs.writeFileSync(join(home, 'sites.yaml'), 'sites: {far: {host: nowhere.invalid, root: /x}}\n');
  const { code, stderr } = await slate(home, ['transfer', 'upload', 'far', 'x', source(['a'])]);
  expect([code, stderr]).toEqual([69, expect.stringContaining('did not reach it')]);
});
