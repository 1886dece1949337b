/** Homes with the pipeline oco2, what is delivered to them, and what came of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { basename, join } from 'node:path';
import { openBoard, scanBoard } from '../../src/index.ts';
import { parseCsv } from '../../stages/lib/csv.ts';
import { describeFile } from '../../stages/lib/manifest.ts';
import { tile } from '../stages/support.ts';
import { onCleanup, ROOT, SLATE, slateOk, until } from './home.ts';

const STAGES = [
  ...['aggregate', 'submit', 'check', 'upload', 'retrieve', 'download', 'clear', 'statistics', 'quality', 'summary'],
];

/** The pipeline and a board in a home, with two granules an aggregate; its tries come one soon after the other. @param engine of the board */
export async function withPipeline(home: string, engine = 'local'): Promise<void> {
  fs.symlinkSync(join(ROOT, 'dist'), join(home, 'dist'));
  fs.mkdirSync(join(home, 'pipelines', 'oco2'));
  const read = (...path: string[]) => fs.readFileSync(join(ROOT, ...path), 'utf8');
  const pipeline = read('pipelines', 'oco2.yaml').replace(
    /^( +)class: list$/m,
    "$1class: list\n$1params: { size: '2' }",
  );
  fs.writeFileSync(join(home, 'pipelines', 'oco2.yaml'), pipeline);
  fs.writeFileSync(join(home, 'pipelines', 'oco2', 'known.yaml'), read('pipelines', 'oco2', 'known.yaml'));
  for (const stage of STAGES) {
    const text = read('stages', `${stage}.yaml`);
    const soon = text
      .replace(/^backoff: .*$/m, 'backoff: { first: 300ms, factor: 1 }')
      .replace(/^retries: 5/m, 'retries: 9');
    fs.writeFileSync(join(home, 'stages', `${stage}.yaml`), soon);
  }
  fs.copyFileSync(join(ROOT, 'sites.yaml'), join(home, 'sites.yaml'));
  fs.mkdirSync(join(home, 'exposures'));
  await slateOk(home, ['create', 'oco2', '--pipeline', 'oco2', '--engine', engine, '--lease', '3s']);
}

/** Drops a list into the landing zone, and then its signal file. */
export function deliver(home: string, name: string, numbers: readonly number[]): void {
  const zone = join(home, 'incoming', 'oco2');
  fs.mkdirSync(zone, { recursive: true });
  const lines = numbers.map(
    (number) => `${describeFile('/', tile(number)).sha256}  exposures/${basename(tile(number))}\n`,
  );
  fs.writeFileSync(join(zone, `${name}.list`), lines.join(''));
  fs.writeFileSync(join(zone, `${name}.list.done`), '');
}

export const standing = (home: string) =>
  Object.fromEntries(
    scanBoard(openBoard(home, 'oco2'), ['queue', 'active', 'gather', 'failed', 'held', 'done']).entries.map(
      ({ folder, name }) => [name.dataset, `${folder.split('/')[0]} ${name.letters}`],
    ),
  );

/** A stage process, ended with the test. @returns what it has said so far */
export function run(home: string, env: Readonly<Record<string, string>> = {}): () => string {
  const child = spawn(process.execPath, [SLATE, '--home', home, '--board', 'oco2', 'run', '--slots', '2'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const ended = once(child, 'exit');
  onCleanup(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return () => said;
}

export async function untilStanding(
  home: string,
  wanted: Readonly<Record<string, string>>,
  said: () => string,
): Promise<void> {
  const isThere = () => {
    const now = standing(home);
    return Object.entries(wanted).every(([dataset, where]) => now[dataset] === where);
  };
  await until(
    isThere,
    () => `${JSON.stringify(wanted)}\n${JSON.stringify(standing(home), null, 1)}\n${said()}`,
    60_000,
  );
}

/** The newest folder of an entry's products of a stage. */
export function products(home: string, dataset: string, stage: string): string {
  const of = join(home, 'blackboard', 'oco2', 'products', dataset);
  const folder = join(of, fs.readdirSync(of)[0] ?? '');
  const made = fs
    .readdirSync(folder)
    .filter((name) => name.startsWith(`${stage}.`) && !/\.(ok|post|result)$/.test(name));
  return join(folder, made.sort().at(-1) ?? '');
}

export const table = (home: string, aggregate: string) =>
  parseCsv(fs.readFileSync(join(products(home, aggregate, 'statistics'), `${aggregate}_statistics.csv`), 'utf8'), []);
