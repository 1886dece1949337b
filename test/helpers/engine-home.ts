/** Homes whose stages run on a batch system, and what came of their entries. */
import fs from 'node:fs';
import { join } from 'node:path';
import { boardPath, entries, makeHome, slateOk, until } from './home.ts';

/** A step's own word that it ran: see `ran`. */
export const NOTE = 'echo $SLATE_DATASET.$SLATE_EPOCH >> $SLATE_HOME/ran';

/**
 * A home with a board `b`.
 * @param stages by name, the lines of their files without `engine:`
 * @param line one more of the engine's definition
 */
export async function engineHome(
  kind: string,
  stages: Readonly<Record<string, string>>,
  line?: string,
): Promise<string> {
  const made = makeHome(
    Object.fromEntries(Object.entries(stages).map(([name, text]) => [name, `engine: ${kind}\n${text}`])),
  );
  writeEngine(made, kind, line);
  await slateOk(made, ['create', 'b', '--pipeline', 'p', '--lease', '5s']);
  return made;
}

export function writeEngine(at: string, kind: string, line?: string): void {
  const lines = ['poll: 500ms', ...(line === undefined ? [] : [line])];
  fs.writeFileSync(join(at, 'engines.yaml'), `engines:\n  ${kind}:\n${lines.map((one) => `    ${one}\n`).join('')}`);
}

export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `d${String(index).padStart(3, '0')}`);
}

export async function post(at: string, datasets: readonly string[]): Promise<void> {
  await slateOk(at, ['post', '--from', '-'], datasets.map((dataset) => `${dataset}\n`).join(''));
}

/** `<dataset>.<epoch>` for each time that a step has run. */
export function ran(at: string): string[] {
  const file = join(at, 'ran');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd().split('\n').sort() : [];
}

/** By dataset: folder, letters and cause, such as `failed f 1-x2`. */
export function standing(at: string): Record<string, string> {
  return Object.fromEntries(
    entries(at).map(({ folder, file, name }) => [
      name.dataset,
      `${folder.split('/')[0]} ${name.letters}${file.includes('@') ? ` ${file.split('@')[1]}` : ''}`,
    ]),
  );
}

/** `<id>_<index>` of the job that a dataset's first try of stage `a` is, once its step has made `up.<dataset>`. */
export async function jobOf(at: string, dataset: string): Promise<string> {
  await until(() => fs.existsSync(join(at, `up.${dataset}`)), `${dataset} to run`, 60_000);
  const file = boardPath(at, `scratch/${dataset}.a.001/.job`);
  const [name = '', index = ''] = fs.readFileSync(file, 'utf8').trim().split(' ');
  const number = boardPath(at, `jobs/${name}/id`);
  // It may run before its engine has said it.
  await until(() => fs.existsSync(number), `the number of the job of ${dataset}`);
  return `${fs.readFileSync(number, 'utf8').trim()}_${index}`;
}
