import { basename } from 'node:path';
import { DataError } from './lib/data-error.ts';
import { verifyChecksums } from './lib/fits-checksum.ts';
import { handOn } from './lib/hand-on.ts';
import { describeFile } from './lib/manifest.ts';
import { inputPath, openFits, runStep, say, type Task, textParam, warn, writeResult } from './lib/step.ts';

const ABOUT = `
check: is a granule what its list says, and sound, before it is sent away?

Compares the input's sha256 with that of the list, and CHECKSUM and DATASUM of every HDU with its bytes: a wrong one is exit code 2, a granule that
has not come yet 66. Leaves check.json, and the parameters file (its absolute path) and sha256 for what comes after.

Parameters: sha256 (what the input's must be).
`;

runStep('check', ABOUT, check);

function check(task: Task): void {
  const path = inputPath(task);
  const { bytes, sha256 } = describeFile('/', path);
  if (task.params.sha256 !== undefined) {
    const expected = textParam(task, 'sha256', /^[0-9a-f]{64}$/i, '64 hexadecimal digits').toLowerCase();
    if (sha256 !== expected)
      throw new DataError(
        `${path}: its sha256 is ${sha256}, but should be ${expected}: the file is damaged, fetch it again`,
      );
  } else say('its list has no checksum of it');
  const file = openFits(path);
  for (const text of file.warnings) warn(text);
  const wrong = file.hdus.flatMap((hdu) => verifyChecksums(hdu).wrong);
  if (wrong.length > 0) throw new DataError(`${path}: ${wrong.join('; ')}: the file is damaged, fetch it again`);
  say(`${basename(path)}: ${bytes} bytes, ${file.hdus.length} HDUs, sha256 ${sha256}`);
  const told = { schemaVersion: 1, file: path, bytes, sha256, listed: task.params.sha256 !== undefined };
  writeResult(task, 'check.json', `${JSON.stringify(told, null, 2)}\n`);
  handOn(task, { file: path, sha256 });
}
