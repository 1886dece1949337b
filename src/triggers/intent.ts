/**
 * Intents: `.slate/<name>.json` says that a file is being taken, by whom, and as which run of which dataset. Written and
 * synced before the file moves, removed after the entry stands: whatever a crash leaves in between can be carried on.
 */
import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { isExists, isGone, isNoFile } from '../board/errors.ts';
import type { ProcessMark } from '../board/host.ts';
import { parseHeld } from '../model/json.ts';
import { parsePosted } from '../model/name.ts';
import { fitName, isThere, QUARANTINE, SLATE, TAKEN, type ZoneFolder } from './files.ts';
import type { NamedFile } from './match.ts';
import { isReason, type Reason } from './quarantine.ts';

/** Who is taking the file: on the same host the kernel knows whether it lives. */
export interface Owner extends ProcessMark {
  readonly host: string;
}

export interface Companion {
  readonly suffix: string;
  /** Decimal: a later upload's companion of the same name is not mistaken for this one. */
  readonly ino: string;
}

export interface Reject {
  /** Absolute. */
  readonly from: string;
  readonly reason: Reason;
  readonly why: string;
}

export interface Intent extends NamedFile {
  /** Tells this intent from a later one for the same name. */
  readonly token: string;
  readonly owner: Owner;
  readonly board: string;
  /** The file's name in the zone. */
  readonly name: string;
  readonly posted: string;
  /** Absolute path in `taken/`. */
  readonly input: string;
  readonly companions: readonly Companion[];
  /** RFC 3339, for people. */
  readonly since: string;
  /** Set: the file is on its way from here to quarantine, and `input` is its path there. */
  readonly reject?: Reject;
}

/** An intent as found; `intent` undefined: damaged (a crash while it was written: then the file has not moved). */
export interface FoundIntent {
  readonly file: string;
  /** Changes with the file's content. */
  readonly key: string;
  readonly intent: Intent | undefined;
}

export function newToken(): string {
  return randomBytes(8).toString('hex');
}

export function intentFile(name: string): string {
  return fitName(name, '.json');
}

function text(intent: Intent): string {
  return `${JSON.stringify(intent)}\n`;
}

/** False if someone is taking a file of this name already. @throws the system's error. */
export function createIntent(zone: ZoneFolder, intent: Intent): boolean {
  const file = intentFile(intent.name);
  try {
    zone.fs.create(zone.inside(SLATE, file), text(intent), zone.durable);
  } catch (error) {
    if (isExists(error)) return false;
    // A full disk leaves an empty file. Were it another's, being written: he looks again before he moves anything.
    if (readIntent(zone, file)?.intent === undefined && isThere(zone.inside(SLATE, file)))
      zone.fs.unlink(zone.inside(SLATE, file));
    throw error;
  }
  zone.settle(SLATE);
  return true;
}

/** Puts a changed intent in the place of the old one, in one step. @throws the system's error. */
export function replaceIntent(zone: ZoneFolder, file: string, intent: Intent): void {
  const made = zone.inside(SLATE, `.${intent.token}-${newToken()}.new`);
  zone.fs.create(made, text(intent), zone.durable);
  zone.fs.rename(made, zone.inside(SLATE, file));
  zone.settle(SLATE);
}

/** The intent in this file; undefined if there is none. @throws the system's error. */
export function readIntent(zone: ZoneFolder, file: string): FoundIntent | undefined {
  try {
    const { content, identity } = zone.fs.read(zone.inside(SLATE, file));
    const intent = parseIntent(content);
    const key = `${identity.ino}:${identity.mtimeMs}:${identity.size}`;
    return { file, key, intent: intent === undefined ? undefined : ofZone(zone, intent) };
  } catch (error) {
    // A folder or a pipe, which nobody has made here who takes files.
    if (isNoFile(error)) return { file, key: 'no file', intent: undefined };
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** All intents, by name, and what crashes left of them (see `isRubbish`). */
export function listIntents(zone: ZoneFolder): FoundIntent[] {
  return zone.fs
    .names(`${zone.path}/${SLATE}`)
    .filter((file) => !file.startsWith('.nfs'))
    .sort()
    .flatMap((file) => readIntent(zone, file) ?? []);
}

export function isStill(zone: ZoneFolder, file: string, token: string): boolean {
  return readIntent(zone, file)?.intent?.token === token;
}

/**
 * Removes an intent if it is still the one that was judged (by token, or by key if damaged). It is renamed aside first,
 * so that a new one of the same name, made since, is never removed.
 */
export function dropIntent(zone: ZoneFolder, found: FoundIntent): void {
  const aside = `.${found.intent?.token ?? newToken()}.gone`;
  if (!zone.move(zone.inside(SLATE, found.file), zone.inside(SLATE, aside))) return;
  const now = readIntent(zone, aside);
  if (now === undefined) return;
  const same = found.intent === undefined ? now.key === found.key : now.intent?.token === found.intent.token;
  if (!same) {
    try {
      zone.fs.link(zone.inside(SLATE, aside), zone.inside(SLATE, found.file));
    } catch (error) {
      if (!isExists(error)) throw error;
    }
  }
  zone.fs.unlink(zone.inside(SLATE, aside));
}

/**
 * True for what a crash has left of an intent that was being replaced (the old one stands) or removed. One that was
 * moved aside by mistake carries another token than its name: that is an intent still.
 */
export function isRubbish({ file, intent }: FoundIntent): boolean {
  if (!file.startsWith('.')) return false;
  return file.endsWith('.new') || intent === undefined || file === `.${intent.token}.gone`;
}

export function removeRubbish(zone: ZoneFolder, file: string): void {
  zone.fs.removeTree(zone.inside(SLATE, file));
}

/**
 * The intent as it counts in this zone, whoever wrote it: it names files of the zone's own folders and no others, so that
 * nobody who may write there makes the watcher move or post what he may not touch himself. Undefined: it is none.
 */
function ofZone(zone: ZoneFolder, intent: Intent): Intent | undefined {
  const { token, name, input, companions, posted, reject } = intent;
  if (!isFileName(token) || (reject === undefined && parsePosted(posted) === undefined)) return undefined;
  if (!isFileName(name) || name.startsWith('.') || !isFileName(basename(input))) return undefined;
  const isSound = ({ suffix, ino }: Companion): boolean =>
    isFileName(`x${suffix}`) && typeof ino === 'string' && /^\d+$/.test(ino);
  if (!companions.every(isSound)) return undefined;
  if (reject === undefined) return { ...intent, input: zone.inside(TAKEN, basename(input)) };
  if (!isReason(reject.reason) || typeof reject.why !== 'string' || typeof reject.from !== 'string') return undefined;
  const from = basename(reject.from);
  if (!isFileName(from)) return undefined;
  const isTaken = basename(dirname(reject.from)) === TAKEN && reject.from !== zone.file(name);
  const own: Reject = { ...reject, from: isTaken ? zone.inside(TAKEN, from) : zone.file(name) };
  return { ...intent, input: zone.inside(QUARANTINE, basename(input)), reject: own };
}

/** One part of a path. */
function isFileName(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && text !== '.' && text !== '..' && !/[/\0]/.test(text);
}

function parseIntent(content: string): Intent | undefined {
  try {
    const value = parseHeld(content) as Partial<Intent> | null;
    const isText = (given: unknown): boolean => typeof given === 'string' && given !== '';
    const { token, board, name, dataset, posted, input, owner, companions, rank, params } = value ?? {};
    if (![token, board, name, dataset, posted, input, value?.class].every(isText)) return undefined;
    if (name?.includes('/') === true || name === '..' || typeof rank !== 'number') return undefined;
    if (typeof owner?.pid !== 'number' || !Array.isArray(companions)) return undefined;
    if (typeof params !== 'object' || params === null) return undefined;
    return value as Intent;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
