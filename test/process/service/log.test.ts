import fs from 'node:fs';
import { expect, test } from 'vitest';
import { ServiceLog } from '../../../src/process/service/log.ts';
import { tempFolder } from '../../helpers/home.ts';

function bench() {
  const folder = tempFolder();
  const log = new ServiceLog(`${folder}/service.log`);
  return {
    log,
    say: (text: string) => fs.appendFileSync(`${folder}/service.log`, text),
    entry: (name: string) => `${folder}/${name}.log`,
    read: (name: string) =>
      fs.existsSync(`${folder}/${name}.log`) ? fs.readFileSync(`${folder}/${name}.log`, 'utf8') : undefined,
  };
}

test('each entry gets what was said while it was in hand, in pieces or at once', () => {
  const { log, say, entry, read } = bench();
  log.start();
  say('starting\n');
  log.begin();
  say('one\n');
  log.copyTo(entry('a'));
  say('two\n');
  log.copyTo(entry('a'));
  say('between\n');
  log.begin();
  log.copyTo(entry('b'));
  log.begin();
  say('x'.repeat(200_000));
  log.copyTo(entry('c'));
  expect([read('a'), read('b'), read('c')?.length]).toEqual(['one\ntwo\n', undefined, 200_000]);
});

test('the last line is of this instance', () => {
  const { log, say } = bench();
  say('of the one before\n');
  log.start();
  expect(log.lastLine()).toBe('');
  say('first\nlast \n\n');
  expect(log.lastLine()).toBe('last');
});

test('one that has got long is begun anew between entries; one that a person has cut harms nobody', () => {
  const { log, say, entry, read } = bench();
  say('x'.repeat(5 * 2 ** 20));
  log.begin();
  expect(fs.statSync(log.path).size).toBe(0);
  say('after\n');
  log.copyTo(entry('a'));
  expect(read('a')).toBe('after\n');
  fs.truncateSync(log.path);
  log.copyTo(entry('a'));
  expect(read('a')).toBe('after\n');
});

test('it stays if something stands in it that is wanted', () => {
  for (const [text, isWanted, stays] of [
    ['', true, false],
    ['x', false, false],
    ['x', true, true],
  ] as const) {
    const { log, say } = bench();
    say(text);
    log.close(isWanted);
    expect(fs.existsSync(log.path)).toBe(stays);
  }
});
