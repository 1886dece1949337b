/**
 * Wrong clocks: hosts (namespaces) whose wall clock is an hour off or jumps. Nobody alive is taken for dead, delays last as long as by
 * the board's clock, and a host that is switched off is found dead all the same.
 */
import fs from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { boardPath, entry, journal, list, makeHome, mv, slateOk, until, untilEntry } from '../helpers/home.ts';
import { type Host, startHost } from './lib/hosts.ts';
import { leftOver, losses, settle } from './lib/losses.ts';
import { mountFuse } from './lib/mounts.ts';
import { preload } from './lib/preload.ts';
import { isQuick, row } from './lib/rows.ts';
import { startStorm } from './lib/storm.ts';

const HOUR = 3600;
const ENTRIES = isQuick ? 100 : 400;
const JUMPS = isQuick ? 4 : 20;
const WORKS = `shell: 'sleep 0.1; echo x > "$SLATE_PRODUCTS/x"'\nproducts: true\nretries: 9\nbackoff: {first: 0s}`;
/** Its first try is to be tried again an hour later. */
const LATER = `shell: 'test $SLATE_TRY -gt 1 || test $SLATE_CLASS != slow || exit 75'\nexits: {75: retry}\nretries: 9\nbackoff: {first: 30m}`;

let library = '';
beforeAll(() => {
  const built = preload('clock-shift');
  library = built.path;
  return built.remove;
});

const shown = (seconds: number): string => `${seconds < 0 ? '-' : '+'}${String(Math.abs(seconds)).padStart(8, '0')}`;

/** A host whose clock is what its file says. */
function hostWithClock(home: string, name: string, seconds: number): { host: Host; set: (seconds: number) => void } {
  const file = `${home}/clock.${name}`;
  fs.writeFileSync(file, shown(seconds));
  const host = startHost({ name, home, processes: 2, env: { LD_PRELOAD: library, CLOCK_SHIFT: file } });
  // In place: it is mapped into the memory of all that runs there.
  const set = (value: number): void => {
    const fd = fs.openSync(file, 'r+');
    fs.writeSync(fd, shown(value), 0);
    fs.closeSync(fd);
  };
  return { host, set };
}

const suspects = (home: string): number => journal(home).filter(({ event }) => event === 'suspect').length;

test('hosts an hour ahead and an hour behind, and one that jumps', async () => {
  // A disk that hosts share has a clock of its own; on a local one it is the host's.
  const home = makeHome({ a: WORKS, b: LATER });
  await mountFuse(`${home}/server`, `${home}/blackboard`);
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', '2s']);
  const names = Array.from({ length: ENTRIES }, (_, index) => `d${String(index).padStart(4, '0')}`);
  await slateOk(home, ['post', '--after', '+30m', 'postponed']);
  await slateOk(home, ['post', '--class', 'slow', 'slow']);
  await slateOk(home, ['post', '--from', '-', '-q'], names.join('\n'));
  const ahead = hostWithClock(home, 'ahead', HOUR);
  const behind = hostWithClock(home, 'behind', -HOUR);
  const jumps = hostWithClock(home, 'jumps', 0);
  for (const { host } of [ahead, behind, jumps]) await host.ids();
  // What they write of themselves tells that they do live in another hour.
  await until(
    () => offsets(home).some((hours) => hours === 1) && offsets(home).some((hours) => hours === -1),
    () => `clocks to differ in the journals: ${offsets(home).join(' ')}`,
  );
  const storm = startStorm(home);
  let jumped = 0;
  for (let jump = 0; jump < JUMPS; jump++) {
    jumps.set((jump % 2 === 0 ? 1 : -1) * HOUR);
    jumped++;
    const before = journal(home).length;
    const goesOn = (): boolean => journal(home).length > before + 5 || list(home, 'queue').length <= 2;
    await until(goesOn, 'work to go on', 60_000);
  }
  const moved = await storm.stop();
  const lost: string[] = [];
  if (suspects(home) > 0) lost.push(`${suspects(home)} living processes were taken for dead`);
  await until(
    () => settled(home),
    () => leftOver(home),
    120_000,
  );
  await ahead.host.switchOff();
  await until(() => suspects(home) === 2, 'those of the host that was switched off to be found dead', 60_000);
  for (const [dataset, letters] of [
    ['postponed', 'w_'],
    ['slow', 'c1'],
  ]) {
    if (entry(home, dataset ?? '')?.name.letters !== letters)
      lost.push(`${dataset} was to wait for half an hour: ${entry(home, dataset ?? '')?.file}`);
  }
  // A person sees no reason to wait longer: `touch`, and a rename that is noticed at once.
  for (const dataset of ['postponed', 'slow']) {
    const seen = entry(home, dataset);
    if (seen === undefined) continue;
    fs.utimesSync(boardPath(home, `${seen.folder}/${seen.file}`), new Date(), new Date());
    mv(home, seen, { rank: 10 });
  }
  for (const dataset of ['postponed', 'slow']) await untilEntry(home, dataset, 'done', undefined, 60_000);
  lost.push(...(await losses(home, { posted: [...names, 'postponed', 'slow'] })));
  row({
    fault: 'the clock of a host an hour ahead, an hour behind',
    injected: 2,
    lost,
    note: '2 stage processes each',
  });
  row({ fault: 'the clock of a host jumps by two hours', injected: jumped, lost: [] });
  row({ fault: 'mv by hand meanwhile', injected: moved, lost: [] });
  expect(behind.host.log()).not.toContain('lease-lost');
});

/** By how many hours the times in each host's journal differ from now. */
function offsets(home: string): number[] {
  return list(home, 'journal').flatMap((day) =>
    list(home, `journal/${day}`).flatMap((file) => {
      const last = fs
        .readFileSync(boardPath(home, `journal/${day}/${file}`), 'utf8')
        .trimEnd()
        .split('\n')
        .at(-1);
      const time = /"t":"([^"]+)"/.exec(last ?? '')?.[1];
      return time === undefined ? [] : [Math.round((Date.parse(time) - Date.now()) / 3_600_000)];
    }),
  );
}

/** All but the two that wait. */
async function settled(home: string): Promise<boolean> {
  await settle(home);
  const left = ['queue', 'active', 'gather', 'held', 'failed'].flatMap((folder) => list(home, folder));
  return left.every((file) => /\.(postponed|slow)(@|$)/.test(file));
}
