import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DataError } from './lib/data-error.ts';
import { runStep, say, type Task, textParam, writeResult } from './lib/step.ts';
import { reading } from './lib/step-errors.ts';
import { transfer } from './lib/transfer.ts';

const ABOUT = `
download: fetches what was computed of a granule from the site, with a check of every byte.

The parameter computed is the folder there; its file SHA256SUMS says what belongs to it, and is written last. Leaves these files, and download.json.
`;

runStep('download', ABOUT, download);

function download(task: Task): void {
  const folder = textParam(task, 'computed', /^\//, 'the absolute path of a folder');
  const sums = join(folder, 'SHA256SUMS');
  const lines = reading(sums, () => readFileSync(sums, 'utf8'))
    .trimEnd()
    .split('\n');
  const files = lines.map((line, i) => {
    const [, sha256 = '', name = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (name === '' || name !== basename(name))
      throw new DataError(`${sums}: line ${i + 1} is no sha256 with a file's name`);
    const { bytes } = transfer(join(folder, name), join(task.out, name), sha256);
    say(`copied: ${name}, ${bytes} bytes, sha256 ${sha256}`);
    return { name, bytes, sha256 };
  });
  writeResult(task, 'download.json', `${JSON.stringify({ schemaVersion: 1, from: folder, files }, null, 2)}\n`);
}
