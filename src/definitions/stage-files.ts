/**
 * `files:` of a stage: whole files that are made of templates, in the stage file itself or beside it. Checked on the plain
 * data, so that all faults of a file are told at once; templates of their own are read here, with the stage.
 */

import type { StageFile } from '../model/definition.ts';
import { nearest } from '../model/suggest.ts';
import type { Fault } from './fault.ts';
import { isRecord, kindOf, type Path, type Place, readText, type Source } from './source.ts';
import { checkTemplate, checkTemplateFile, declaredIn, stageNames } from './templates.ts';

export interface CheckedFiles {
  readonly faults: readonly Fault[];
  /** Those without a fault. */
  readonly files: readonly StageFile[];
  /** Earlier stages whose products they name, with the file in which they do. */
  readonly earlier: ReadonlyArray<{ readonly stage: string; readonly place: Place; readonly file: string }>;
  /** Files of the home that were read, or should have been. */
  readonly read: readonly string[];
}

const KEYS = ['text', 'from', 'executable'];
const LONGEST_NAME = 255;
/** Together with the board's own path it must stay one that a program can open. */
const LONGEST_PATH = 1000;

export function checkFiles(source: Source, data: Readonly<Record<string, unknown>>, home: string): CheckedFiles {
  const faults: Fault[] = [];
  const files: StageFile[] = [];
  const earlier: Array<{ stage: string; place: Place; file: string }> = [];
  const read: string[] = [];
  const names = stageNames(declaredIn(data));
  const entries = isRecord(data.files) ? Object.entries(data.files) : [];
  for (const [name, value] of entries) {
    const fault = nameFault(
      name,
      entries.map(([other]) => other),
    );
    if (fault !== undefined) faults.push(source.faultAt(source.keyPlaceOf(['files', name]), fault));
    const made = fileOf(source, name, value);
    if (!('name' in made)) {
      faults.push(...made);
      continue;
    }
    if (made.from === undefined) {
      const path: Path = typeof value === 'string' ? ['files', name] : ['files', name, 'text'];
      const found = checkTemplate(source, path, made.text, names);
      faults.push(...found.faults);
      for (const { object, member, line, column } of found.members) {
        if (object !== 'inputs') continue;
        earlier.push({ stage: member, place: source.placeInText(path, line, column), file: source.file });
      }
      files.push(made);
      continue;
    }
    read.push(made.from);
    const template = readText(home, made.from);
    if ('message' in template) {
      const place = source.placeOf(['files', name, 'from']);
      faults.push(source.faultAt(place, `the template ${made.from} ${template.message}`, template.hint));
      continue;
    }
    const found = checkTemplateFile(made.from, template.text, names);
    faults.push(...found.faults);
    for (const { object, member, line, column } of found.members) {
      const place = { line: line + 1, column: column + 1 };
      if (object === 'inputs') earlier.push({ stage: member, place, file: made.from });
    }
    files.push({ ...made, text: template.text, sha256: template.sha256 });
  }
  return { faults, files, earlier, read };
}

/** What is wrong with the name of a file in the working folder. */
function nameFault(name: string, all: readonly string[]): string | undefined {
  const told = `'${name.length > 60 ? `${name.slice(0, 60)}…` : name}'`;
  const parts = name.split('/');
  if (name.includes('{{') || name.includes('{%')) return `${told}: the name of a file is no template`;
  if (name.startsWith('/'))
    return `${told}: a file stands in the step's working folder: give it a name without '/' at the front`;
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return `${told} is no name of a file: none of its parts may be empty, '.' or '..'`;
  }
  if (name.startsWith('.')) return `${told}: names that begin with a dot are Slateboard's own in a working folder`;
  if (hasControl(name)) return 'the name of a file holds a control character';
  if (Buffer.byteLength(name) > LONGEST_PATH || parts.some((part) => Buffer.byteLength(part) > LONGEST_NAME)) {
    return `${told}: the name of a file is too long`;
  }
  const above = all.find((other) => name.startsWith(`${other}/`));
  return above === undefined ? undefined : `${told}: '${above}' is a file, and can't be a folder`;
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** The file as it is meant, or what is wrong with it. */
function fileOf(source: Source, name: string, value: unknown): StageFile | Fault[] {
  const fault = (path: Path, message: string) => source.fault(['files', name, ...path], `'files.${name}' ${message}`);
  if (typeof value === 'string') return { name, text: value, executable: false };
  if (!isRecord(value)) {
    return [fault([], `must be text, {text: …} or {from: path}, not ${kindOf(value)}; put numbers in quotes`)];
  }
  const faults = Object.keys(value).flatMap((key) => {
    if (KEYS.includes(key)) return [];
    const near = nearest(key, KEYS);
    const place = source.keyPlaceOf(['files', name, key]);
    return [
      source.faultAt(
        place,
        `unknown key '${key}'`,
        near === undefined ? `the keys here are ${KEYS.join(', ')}` : `did you mean '${near}'?`,
      ),
    ];
  });
  const { text, from, executable = false } = value;
  if (text === undefined && from === undefined && faults.length === 0)
    faults.push(fault([], "has neither 'text' nor 'from'"));
  if (text !== undefined && from !== undefined)
    faults.push(fault([], "has both 'text' and 'from': it has one of them"));
  if (text !== undefined && typeof text !== 'string') {
    faults.push(fault(['text'], `must be text, not ${kindOf(text)}; put numbers in quotes`));
  }
  if (from !== undefined && (typeof from !== 'string' || !isInHome(from))) {
    faults.push(
      fault(['from'], `must be a path in the home without '..', such as templates/x.njk, not ${kindOf(from)}`),
    );
  }
  if (typeof executable !== 'boolean') {
    faults.push(fault(['executable'], `must be true or false, not ${kindOf(executable)}`));
  }
  if (faults.length > 0 || typeof executable !== 'boolean') return faults;
  if (typeof from === 'string') return { name, text: '', from, executable };
  return typeof text === 'string' ? { name, text, executable } : faults;
}

function isInHome(path: string): boolean {
  return !path.startsWith('/') && !hasControl(path) && path.split('/').every((part) => !['', '.', '..'].includes(part));
}
