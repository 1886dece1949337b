import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeFile, describeProducts, readTries, relativePath } from './lib/manifest.ts';
import { inputPath, openFits, runStep, say, type Task, warn, writeResult } from './lib/step.ts';
import { EXIT, StepError } from './lib/step-errors.ts';

const ABOUT = `
archive: writes down what was made of an exposure, from what, by what and in which tries.

Leaves manifest.json: the input and every product of the earlier stages (--from STAGE=DIR, repeated) with size, sha256, stage and
epoch; the tries from the names of the board's logs; versions of the software. Copies nothing.
`;

runStep('archive', ABOUT, archive);

function archive(task: Task): void {
  if (task.from.size === 0) {
    throw new StepError(EXIT.usage, 'no results of earlier stages: give --from STAGE=DIR, or set SLATE_IN_<STAGE>');
  }
  const { SLATE_HOME: home, SLATE_BOARD: boardName, SLATE_PIPELINE: pipeline } = task.env;
  const base = home ?? process.cwd();
  const path = inputPath(task);
  const header = openFits(path).hdus[0]?.header;
  const origin = (keyword: string) => header?.text(keyword) ?? null;
  const input = describeFile(base, path);
  const products = [...task.from].flatMap(([stage, folder]) => describeProducts(base, stage, folder));
  products.sort((a, b) => (a.epoch ?? 0) - (b.epoch ?? 0) || a.path.localeCompare(b.path));
  const board = home !== undefined && boardName ? join(home, 'blackboard', boardName) : undefined;
  const tries = board === undefined ? [] : readTries(board, task.dataset);
  if (board === undefined) warn('SLATE_HOME and SLATE_BOARD are not set: the tries cannot be told');
  const slate = task.params.slate as { posted?: unknown } | undefined;
  const manifest = {
    schemaVersion: 1,
    dataset: task.dataset,
    pipeline: pipeline ?? null,
    board: board === undefined ? null : relativePath(base, board),
    posted: typeof slate?.posted === 'string' ? slate.posted : null,
    observation: {
      rootname: origin('ROOTNAME'),
      target: origin('TARGNAME'),
      telescope: origin('TELESCOP'),
      instrument: origin('INSTRUME'),
      date: origin('DATE-OBS'),
    },
    input,
    products,
    tries,
    software: {
      slateboard: ownVersion(),
      node: process.version,
      opus: origin('OPUS_VER'),
      calibration: origin('CAL_VER'),
    },
  };
  const bytes = products.reduce((sum, product) => sum + product.bytes, 0);
  say(`${products.length} products, ${bytes} bytes; ${tries.length} tries on the board`);
  writeResult(task, 'manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Version in the package.json nearest above this program; null if it was copied elsewhere. */
function ownVersion(): string | null {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (!existsSync(path)) continue;
    const found: { name?: string; version?: string } = JSON.parse(readFileSync(path, 'utf8'));
    return found.name === 'slateboard' ? (found.version ?? null) : null;
  }
  return null;
}
