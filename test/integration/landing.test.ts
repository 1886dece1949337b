/** A landing zone under `slate run`: slow and broken deliveries, while the process is killed and started again. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { causeOf } from '../../src/model/name.ts';
import { boardPath, entries, expectProved, list, makeBoard, startRun, until } from '../helpers/home.ts';

const FILES = 300;
const landing = `landing:\n  - folder: incoming\n    match: '*.dat'\n    dataset: '{{ name | replace(".dat", "") }}'\n    complete: {checksum: sha256}\n`;

const nameOf = (index: number): string => `f${String(index).padStart(3, '0')}.dat`;
const isWrong = (index: number): boolean => index % 10 === 3;
const isHalved = (index: number): boolean => index % 7 === 0;

test('300 files, some in halves, some wrong, the process killed and started three times: each good one exactly once', async () => {
  const home = await makeBoard({ a: `shell: 'cat {{ params.input }} > /dev/null'` }, undefined, landing, '2s');
  const zone = `${home}/incoming`;
  fs.mkdirSync(zone);
  const content = (index: number): Buffer => Buffer.alloc(2000 + index, `file ${index} `);
  const finish: (() => void)[] = [];
  const deliver = (index: number): void => {
    const data = content(index);
    const sum = createHash('sha256').update(data).digest('hex');
    const path = `${zone}/${nameOf(index)}`;
    const write = (bytes: Buffer): void => {
      fs.writeFileSync(
        `${path}.sha256`,
        `${isWrong(index) ? sum.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) : sum}  ${nameOf(index)}\n`,
      );
      fs.writeFileSync(path, bytes);
    };
    write(isHalved(index) ? data.subarray(0, 1000) : data);
    if (!isHalved(index)) return;
    finish.push(() => {
      // Five seconds with a wrong sum, on a busy machine: its half is in quarantine, and its sender sends it again.
      try {
        const fd = fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_APPEND);
        fs.writeSync(fd, data.subarray(1000));
        fs.closeSync(fd);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        write(data);
      }
    });
  };
  const taken = (): number => list(home, 'logs').length;

  let run = startRun(home, ['--slots', '2']);
  for (let index = 0; index < FILES; index++) {
    deliver(index);
    // The second halves come when the process has had time to look at the first.
    if (index % 30 === 29) await until(() => taken() >= index / 4 || finish.length > 40, 'some files to be taken');
    if (index === 90 || index === 180 || index === 270) {
      await run.id();
      run.child.kill('SIGKILL');
      await run.ended;
      for (const half of finish.splice(0)) half();
      run = startRun(home, ['--slots', '2']);
    }
  }
  for (const half of finish.splice(0)) half();

  const good = Array.from({ length: FILES }, (_, index) => index).filter((index) => !isWrong(index));
  const waiting = (): string[] => fs.readdirSync(zone).filter((file) => file.endsWith('.dat'));
  const done = (): number =>
    entries(home).filter(({ folder }) => folder.startsWith('done/') || folder === 'failed').length;
  await until(
    () => waiting().length === 0 && done() === good.length,
    () => `all to be taken; left ${waiting().join(' ')}, ${done()} done of ${good.length}`,
    90_000,
  );

  const all = entries(home);
  expect(all.map(({ name }) => `${name.dataset}.dat`).sort()).toEqual(good.map(nameOf).sort());
  expect(
    fs
      .readdirSync(`${zone}/taken`)
      .filter((file) => file.endsWith('.dat'))
      .sort(),
  ).toEqual(good.map(nameOf).sort());
  const quarantine = fs.readdirSync(`${zone}/quarantine`);
  for (let index = 0; index < FILES; index++) {
    if (!isWrong(index)) continue;
    expect(quarantine).toContain(nameOf(index));
    expect(fs.readFileSync(`${zone}/quarantine/${nameOf(index)}.reason`, 'utf8')).toMatch(/checksum/i);
  }
  for (const file of quarantine.filter((name) => name.endsWith('.dat'))) {
    const index = Number(file.slice(1, 4));
    expect(isWrong(index) || isHalved(index)).toBe(true);
  }
  expect(fs.readdirSync(`${zone}/.slate`)).toEqual([]);
  expect(list(home, 'tmp').filter((file) => !file.startsWith('.'))).toEqual([]);
  for (const { folder, name } of all) {
    // Failed are only those whose step was killed with its process (no retries here): killed before the step had begun,
    // it has left no log.
    if (folder === 'failed') expect(causeOf(name, 0)).toBe('l');
    else expect(list(home, `logs/${name.dataset}`).length).toBeGreaterThan(0);
  }
  expect(fs.existsSync(boardPath(home, 'locks'))).toBe(true);
  await expectProved(home);
}, 180_000);
