import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { handOn, siteFolder } from './lib/site.ts';
import { inputPath, runStep, say, type Task, textParam, writeResult } from './lib/step.ts';
import { writing } from './lib/step-errors.ts';
import { transfer } from './lib/transfer.ts';

const ABOUT = `
upload: brings a granule to the site that computes ($SITE), with a check of every byte.

Copies the input to $SITE/<dataset>/<posted>/<file>, reads it again there, and leaves a signal file <file>.done beside it. What is there already and is
right is not copied again. Leaves upload.json, and the parameters uploaded (the path there) and sha256 for what comes after.

Parameters: sha256 (what the input's must be; anything else is exit code 2).
`;

runStep('upload', ABOUT, upload);

function upload(task: Task): void {
  const from = inputPath(task);
  const expected =
    task.params.sha256 === undefined
      ? undefined
      : textParam(task, 'sha256', /^[0-9a-f]{64}$/i, '64 hexadecimal digits');
  const to = siteFolder(task, basename(from));
  const { bytes, sha256, kept } = transfer(from, to, expected);
  writing(`${to}.done`, () => writeFileSync(`${to}.done`, `${sha256}  ${basename(to)}\n`));
  say(`${kept ? 'was there already' : 'copied'}: ${to}, ${bytes} bytes, sha256 ${sha256}`);
  writeResult(
    task,
    'upload.json',
    `${JSON.stringify({ schemaVersion: 1, from, to, bytes, sha256, checked: expected !== undefined, kept }, null, 2)}\n`,
  );
  handOn(task, { uploaded: to, sha256 });
}
