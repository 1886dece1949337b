import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeLasting } from '../../src/process/stderr.ts';
import { SLATE, tempFolder } from '../helpers/home.ts';

test('what a full disk does not take is lost, and what comes later is written', () => {
  const file = join(tempFolder(), 'log');
  const fd = fs.openSync(file, 'a');
  const full = fs.openSync('/dev/full', 'w');
  try {
    writeLasting(fd, 'one\n');
    writeLasting(full, 'two\n');
    writeLasting(fd, 'thrée\n');
  } finally {
    fs.closeSync(fd);
    fs.closeSync(full);
  }
  expect(fs.readFileSync(file, 'utf8')).toBe('one\nthrée\n');
});

test('messages go to a file as to a terminal, and a full one changes no exit code', () => {
  const file = join(tempFolder(), 'log');
  const run = (path: string): number | null => {
    const fd = fs.openSync(path, 'a');
    const { status } = spawnSync(process.execPath, [SLATE, 'ls', '--nothing'], { stdio: ['ignore', 'ignore', fd] });
    fs.closeSync(fd);
    return status;
  };
  expect([run(file), run('/dev/full')]).toEqual([2, 2]);
  expect(fs.readFileSync(file, 'utf8')).toContain('--nothing');
});
