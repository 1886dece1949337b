import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { parseTimerMark } from '../../src/model/name.ts';
import { homeOf } from '../definitions/home.ts';
import { slate, slateOk } from '../helpers/home.ts';
import { blocksOf, codeOf, filesOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/timers.md');
const FILES = Object.fromEntries(filesOf(PAGE));

describe('docs/timers.md', () => {
  it('has an example without a fault, whose commands do what they say', async () => {
    const home = homeOf(FILES);
    expect(loadHome(home).faults.map(formatFault)).toEqual([]);
    const commands = blocksOf(PAGE).find(({ language }) => language === 'sh')?.text ?? '';
    const words = commands.split('\n').map((line) => line.replace(/ *#.*/, '').split(' ').slice(1));
    const [create = [], list = [], fire = [], fireAt = [], run = []] = words;
    await slateOk(home, create);
    expect(await slateOk(home, list)).toMatch(/^nightly +0 3 \* \* \* Europe\/Berlin +- +20\S+Z +not watched yet$/m);
    expect(await slateOk(home, fire)).toMatch(/^night-20\d\d-\d\d-\d\d\n$/);
    expect(await slateOk(home, fireAt)).toBe('night-2026-11-29\n');
    expect((await slate(home, fireAt)).code).toBe(5);
    await slateOk(home, [...run, '--until-idle']);
    const logs = fs.readdirSync(`${home}/blackboard/night/logs/night-2026-11-29`);
    expect(logs).toEqual(['20261129T020000.report.001.ok.log']);
    expect(fs.readFileSync(`${home}/blackboard/night/logs/night-2026-11-29/${logs[0]}`, 'utf8')).toBe(
      'Night of 2026-11-29\n',
    );
    expect(fs.readdirSync(`${home}/blackboard/night/timers`)).toEqual([
      expect.stringMatching(/^nightly\.\d{8}T\d{6}\.never$/),
      expect.stringMatching(/^quarter\.\d{8}T\d{6}\.never$/),
    ]);
  });

  it('shows names that are marks', () => {
    const shown = [...PAGE.matchAll(/^timers\/(\S+) /gm)].map(([, name = '']) => name);
    expect(shown).toHaveLength(4);
    for (const name of shown) expect([name, parseTimerMark(name)]).toEqual([name, expect.anything()]);
  });

  it('lists exactly the log codes', () => {
    const source = readPage('src/triggers/timer-log.ts');
    const codes = [...source.matchAll(/\| '(timer-[a-z-]+)'/g)].map(([, code]) => code);
    expect(rowsBelow(PAGE, 'Log codes').map(([code]) => codeOf(code))).toEqual(codes);
  });
});
