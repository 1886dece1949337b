/** What a board has lost: by the history checker, by what its posters were told, and by its products. */
import fs from 'node:fs';
import { join } from 'node:path';
import { type EntryName, LIVE_FOLDERS, parseName } from '../../../src/model/name.ts';
import { slate } from '../../helpers/home.ts';

interface Checked {
  readonly boards: ReadonlyArray<{
    readonly findings: ReadonlyArray<{ readonly severity: string; readonly where: string; readonly message: string }>;
    readonly history?: {
      readonly violations: ReadonlyArray<{
        readonly invariant: string;
        readonly where: string;
        readonly message: string;
      }>;
      readonly claims: number;
    };
  }>;
}

export interface Proved {
  /** Each with the dataset that it is about, where it is about one. */
  readonly lost: readonly string[];
  readonly claims: number;
}

/** @param posted datasets whose post was acknowledged */
export async function prove(home: string, board: string, posted: readonly string[]): Promise<Proved> {
  const { stdout, stderr } = await slate(home, ['check', board, '--history', '--json']);
  const [checked] = stdout === '' ? [] : (JSON.parse(stdout) as Checked).boards;
  if (checked?.history === undefined) throw new Error(`board ${board} can't be proved: ${stdout}${stderr}`);
  const { violations, claims } = checked.history;
  const lost = violations.map(({ invariant, where, message }) => `${board}: ${invariant}: ${where}: ${message}`);
  for (const { severity, where, message } of checked.findings) {
    if (severity === 'fault') lost.push(`${board}: ${where}: ${message}`);
  }
  const path = join(home, 'blackboard', board);
  const done = entriesIn(path, ['done']);
  const elsewhere = entriesIn(path, LIVE_FOLDERS);
  lost.push(...elsewhere.map(({ dataset, letters }) => `${board}: ${dataset} has not come to its end: ${letters}`));
  const counts = new Map<string, number>();
  for (const { dataset } of [...done, ...elsewhere]) counts.set(dataset, (counts.get(dataset) ?? 0) + 1);
  for (const dataset of posted) {
    const count = counts.get(dataset) ?? 0;
    if (count !== 1) lost.push(`${board}: ${dataset} was acknowledged and stands ${count} times`);
  }
  lost.push(...done.flatMap((name) => brokenProducts(path, name).map((text) => `${board}: ${text}`)));
  return { lost, claims };
}

/** Of stage `make`, where the board has it: what is official must hold what its step wrote. */
function brokenProducts(board: string, { dataset, posted }: EntryName): string[] {
  if (!fs.readFileSync(join(board, 'columns'), 'utf8').includes('make')) return [];
  const folder = join(board, 'products', dataset, posted);
  const marks = fs.existsSync(folder) ? fs.readdirSync(folder).filter((file) => file.endsWith('.ok')) : [];
  const last = marks.sort().at(-1)?.slice(0, -'.ok'.length);
  if (last === undefined) return [`${dataset} is done and has no official products`];
  const file = join(folder, last, 'out');
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : 'nothing';
  return text === `${dataset}\n` ? [] : [`${dataset}: ${last}/out holds ${JSON.stringify(text)}`];
}

/** Lines of the board's journals that tell of this event. */
export function journalLines(home: string, board: string, event: string): string[] {
  const journal = join(home, 'blackboard', board, 'journal');
  const files = fs
    .readdirSync(journal, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.jsonl'));
  return files.flatMap((file) =>
    fs
      .readFileSync(join(journal, file), 'utf8')
      .split('\n')
      .filter((line) => line.includes(`"event":"${event}"`)),
  );
}

/** Days' folders and all. */
function entriesIn(board: string, folders: readonly string[]): EntryName[] {
  return folders.flatMap((folder) =>
    fs.readdirSync(join(board, folder), { recursive: true, encoding: 'utf8' }).flatMap((file) => {
      const parsed = parseName(file.split('/').at(-1) ?? '');
      return parsed.ok ? [parsed.name] : [];
    }),
  );
}
