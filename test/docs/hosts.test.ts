import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { parseWish } from '../../src/model/name.ts';
import { homeOf } from '../definitions/home.ts';
import { onCleanup, slate, slateOk } from '../helpers/home.ts';
import { HOST, killAll } from '../host/helper.ts';
import { blocksOf, codeOf, filesOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/hosts.md');

describe('docs/hosts.md', () => {
  it('has an example without a fault, whose commands do what they say', async () => {
    const home = homeOf(Object.fromEntries(filesOf(PAGE)));
    onCleanup(() => killAll(home));
    expect(loadHome(home).faults.map(formatFault)).toEqual([]);
    const commands =
      blocksOf(PAGE)
        .find(({ language }) => language === 'sh')
        ?.text.trim()
        .split('\n') ?? [];
    const names = (): string[] =>
      fs.readdirSync(`${home}/blackboard/sky/hosts/${HOST}`).filter((name) => name.includes('='));
    const said: string[] = [];
    for (const line of commands) {
      const words = line.replace(/ *#.*/, '').split(/ +/).slice(1);
      const { code, stdout, stderr } = await slate(home, words);
      expect([line, code, stderr]).toEqual([line, 0, expect.anything()]);
      said.push(`${stdout}${stderr}`);
    }
    expect(commands).toHaveLength(11);
    expect(names().sort()).toEqual(['calibrate=4', 'detect=0']);
    expect(said[2]).toMatch(/the agent runs, pid \d+/);
    expect(said[7]).toMatch(/ calibrate=4 +running /);
    expect(said[9]).toMatch(/an agent runs already, pid \d+/);
    expect(await slateOk(home, ['scale'])).toMatch(/ down$/m);
  });

  it('shows names that are wishes, by hand', () => {
    const shown = [...PAGE.matchAll(/`(?:touch|rm) (?:hosts\/ops1\/)?([a-z]+=\d)`/g)].map(([, name = '']) => name);
    expect(shown.length).toBeGreaterThan(1);
    for (const name of shown) expect(parseWish(name)).toEqual(expect.objectContaining({ stages: ['calibrate'] }));
  });

  it('lists exactly the log codes', () => {
    const codes = [...readPage('src/host/log.ts').matchAll(/\| '(host-[a-z-]+)'/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(10);
    expect(rowsBelow(PAGE, 'Log codes').map(([code]) => codeOf(code))).toEqual(codes);
  });

  it('shows the unit and the cron lines as they are shipped', () => {
    const blocks = blocksOf(PAGE).filter(({ heading }) => heading === 'Started at boot');
    const [unit = '', cron = ''] = blocks.map(({ text }) => text);
    expect(readPage('tools/host/slateboard.service')).toContain(unit);
    expect(readPage('tools/host/crontab')).toContain(cron);
    const service = unit.replace('User=pipeline\n', '');
    expect(readPage('tools/host/slateboard-user.service')).toContain(service.slice('[Service]\n'.length));
    for (const option of ['--unless-down', '--detach']) expect(readPage('docs/command-line.md')).toContain(option);
  });

  // Where there is no systemd, nothing can judge its units.
  it.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0).each([
    ['slateboard.service', '--system'],
    ['slateboard-user.service', '--user'],
  ])('%s is a unit that systemd takes', (file, kind) => {
    const path = new URL(`../../tools/host/${file}`, import.meta.url).pathname;
    const { stderr } = spawnSync('systemd-analyze', ['verify', kind, path], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes(file))).toEqual([]);
  });
});
