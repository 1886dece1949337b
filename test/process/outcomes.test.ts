/** What a step says of its entries, read while it is written; and whatever else it may put in that place. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { OutcomesFile } from '../../src/process/outcomes.ts';
import { tempFolder } from '../helpers/home.ts';

const texts = (file: OutcomesFile, isEnded = false): string[] => file.read(isEnded).lines.map(({ text }) => text);

test('whole lines as they come, each once; what has no newline when the step has ended', () => {
  const path = `${tempFolder()}/outcomes`;
  const file = new OutcomesFile(path);
  expect(texts(file)).toEqual([]);
  fs.writeFileSync(path, 'one\ntw');
  expect(texts(file)).toEqual(['one']);
  fs.appendFileSync(path, 'o\n\nthr');
  expect(file.read(false).lines).toEqual([{ number: 2, text: 'two' }]);
  fs.appendFileSync(path, 'ee');
  expect(texts(file)).toEqual([]);
  expect(file.read(true).lines).toEqual([{ number: 4, text: 'three' }]);
  expect(texts(file, true)).toEqual([]);
});

test('a character that is cut by the end of a piece stays whole', () => {
  const path = `${tempFolder()}/outcomes`;
  const line = `${'é'.repeat(200_000)}x`;
  fs.writeFileSync(path, `${line}\nlast\n`);
  const file = new OutcomesFile(path);
  const found: string[] = [];
  for (let more = true; more; ) {
    const { lines, isMore } = file.read(true);
    found.push(...lines.map(({ text }) => text));
    more = isMore;
  }
  expect(found).toEqual([line, 'last']);
});

test.each<[string, (path: string) => void, string]>([
  ['a folder', (path) => fs.mkdirSync(path), 'it is no plain file'],
  ['a link', (path) => fs.symlinkSync('/etc/passwd', path), 'it is no plain file'],
  ['a pipe', (path) => void execFileSync('mkfifo', [path]), 'it is no plain file'],
  ['a line without an end', (path) => fs.writeFileSync(path, 'x'.repeat(3_000_000)), 'line 1 is longer than 1 MiB'],
])('%s is not waited for, and said once', (_, make, fault) => {
  const path = `${tempFolder()}/outcomes`;
  make(path);
  const file = new OutcomesFile(path);
  const faults = Array.from({ length: 20 }, () => file.read(false).fault).filter((one) => one !== undefined);
  expect(faults).toEqual([fault]);
});
