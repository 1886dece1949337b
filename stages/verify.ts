import { type ChecksumReport, verifyChecksums } from './lib/fits-checksum.ts';
import { FitsError } from './lib/fits-error.ts';
import { inputPath, openFits, runStep, say, type Task, warn, writeResult } from './lib/step.ts';

const ABOUT = `
verify: is the exposure a sound FITS file?

Reads every header and data unit, and compares CHECKSUM and DATASUM with the bytes. A wrong one is exit code 2; a missing one is a
warning. Leaves verify.json: what was found in each HDU.
`;

runStep('verify', ABOUT, verify);

function verify(task: Task): void {
  const path = inputPath(task);
  const file = openFits(path);
  for (const text of file.warnings) warn(text);
  const wrong: string[] = [];
  const hdus = file.hdus.map((hdu) => {
    const report = verifyChecksums(hdu);
    for (const text of report.absent) warn(text);
    wrong.push(...report.wrong);
    say(`${hdu.header.where}: ${hdu.axes.join(' x ') || 'no data'}, ${describe(report)}`);
    return {
      index: hdu.index,
      name: hdu.name,
      axes: hdu.axes,
      bitpix: hdu.header.number('BITPIX'),
      cards: hdu.header.cards.length,
      dataBytes: hdu.data.length,
      datasum: report.datasum,
      checksum: report.checksum,
    };
  });
  const sound = wrong.length === 0;
  writeResult(
    task,
    'verify.json',
    `${JSON.stringify({ dataset: task.dataset, sound, hdus, wrong, warnings: file.warnings }, null, 2)}\n`,
  );
  if (!sound) throw new FitsError(`${path}: ${wrong.join('; ')}: the file is damaged, fetch it again`);
}

function describe({ datasum, checksum }: ChecksumReport): string {
  return `DATASUM ${datasum}, CHECKSUM ${checksum}`;
}
