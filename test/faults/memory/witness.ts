/**
 * What each rename did, seen at the disk and not told by those who asked for it: a claim is won once and ends once, an
 * epoch never falls, and nothing is official that has not passed the fence.
 */
import {
  claimOf,
  claimsOf,
  type EntryName,
  formatName,
  parseName,
  parseProductName,
  sameClaim,
} from '../../../src/model/name.ts';

export class Witness {
  readonly violations: string[] = [];
  readonly #inodeOf: (path: string) => number;
  readonly #claimed = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #passed = new Set<string>();
  readonly #fenced = new Set<string>();
  claims = 0;

  constructor(inodeOf: (path: string) => number) {
    this.#inodeOf = inodeOf;
  }

  /** A power cut has undone renames: what they did may be done again. */
  forget(): void {
    for (const seen of [this.#claimed, this.#ended, this.#passed]) seen.clear();
  }

  renamed(from: string, to: string): void {
    const before = nameAt(from);
    const after = nameAt(to);
    if (before === undefined || after === undefined) return;
    const what = `${formatName(before)} → ${formatName(after)}`;
    // A run that is removed before it has left a log, and posted again within the second, has the same name: another file.
    const ino = this.#inodeOf(to);
    if (after.epoch < before.epoch) this.violations.push(`an epoch fell: ${what}`);
    for (const own of claimsOf(after)) {
      if (claimsOf(before).some((other) => sameClaim(own, other))) {
        if (before.letters[own.column] === 'p' && after.letters[own.column] === 'e') {
          this.#fenced.add(`${after.dataset} ${after.posted} ${own.epoch}`);
          this.#once(this.#passed, after, ino, own.epoch, `fenced twice: ${what}`);
        }
        continue;
      }
      this.claims++;
      this.#once(this.#claimed, after, ino, own.epoch, `claimed twice: ${what}`);
    }
    for (const own of claimsOf(before)) {
      if (claimOf(after, own.column) !== undefined) continue;
      this.#once(this.#ended, before, ino, own.epoch, `ended twice: ${what}`);
    }
  }

  created(path: string): void {
    if (!path.endsWith('.ok')) return;
    const [dataset = '', posted = '', file = ''] = path.split('/').slice(-3);
    const mark = parseProductName(file);
    if (mark === undefined || this.#fenced.has(`${dataset} ${posted} ${mark.epoch}`)) return;
    this.violations.push(`${path} never passed the fence`);
  }

  #once(seen: Set<string>, name: EntryName, ino: number, epoch: number, violation: string): void {
    const key = `${ino} ${name.dataset} ${name.posted} ${epoch}`;
    if (seen.has(key)) this.violations.push(violation);
    seen.add(key);
  }
}

function nameAt(path: string): EntryName | undefined {
  const parsed = parseName(path.split('/').at(-1) ?? '');
  return parsed.ok ? parsed.name : undefined;
}
