/**
 * What a file's name says: whether the zone wants it, and as which dataset, class, rank and parameters. No I/O.
 */
import { type FileContext, landingTemplates } from '../definitions/definitions.ts';
import type { LandingZone } from '../model/definition.ts';
import { oneOf } from '../model/filter/glob.ts';
import { classFault, DEFAULT_RANK, datasetFault, NO_CLASS } from '../model/name.ts';
import { companionBase } from './companion.ts';

/** A file's name, understood. `rank` 0 to 99. */
export interface NamedFile {
  readonly dataset: string;
  readonly class: string;
  readonly rank: number;
  readonly params: Readonly<Record<string, string>>;
}

export type ReadName =
  | { readonly ok: true; readonly named: NamedFile }
  /** `unmatched`: no pattern wants it; `name`: what the templates make of it is not allowed. */
  | { readonly ok: false; readonly reason: 'unmatched' | 'name'; readonly why: string };

/** Reads names for one zone; `others` are further zones of the same folder, whose files are not this one's to judge. */
export class NameReader {
  readonly #zone: LandingZone;
  readonly #matches: (name: string) => boolean;
  readonly #others: readonly { zone: LandingZone; matches: (name: string) => boolean }[];

  constructor(zone: LandingZone, others: readonly LandingZone[] = []) {
    this.#zone = zone;
    this.#matches = oneOf(zone.match);
    this.#others = others.map((other) => ({ zone: other, matches: oneOf(other.match) }));
  }

  /** True if another zone of the folder wants the file, or its file if it is a companion. */
  isOthers(name: string): boolean {
    return this.#others.some(({ zone, matches }) => matches(companionBase(name, zone.complete) ?? name));
  }

  read(name: string): ReadName {
    if (!this.#matches(name)) {
      return {
        ok: false,
        reason: 'unmatched',
        why: `no pattern of the zone matches it: ${this.#zone.match.join(', ')}`,
      };
    }
    const groups = landingTemplates(this.#zone).groups(name);
    if (groups === undefined) {
      return {
        ok: false,
        reason: 'unmatched',
        why: `the zone's regular expression does not match it: ${this.#zone.pattern}`,
      };
    }
    try {
      return this.#named({ name, groups: { ...groups } });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { ok: false, reason: 'name', why: `the zone's templates can't be filled in for this name: ${why}` };
    }
  }

  #named(context: FileContext): ReadName {
    const templates = landingTemplates(this.#zone);
    const dataset = templates.dataset(context);
    const cls = templates.class(context).trim() || NO_CLASS;
    const rankText = templates.rank(context).trim() || String(DEFAULT_RANK);
    const fault = datasetFault(dataset) ?? classFault(cls);
    if (fault !== undefined) {
      const made =
        dataset === context.name
          ? ''
          : ` (the templates made dataset ${JSON.stringify(dataset)}, class ${JSON.stringify(cls)} of it)`;
      return { ok: false, reason: 'name', why: `${fault.why}${made}` };
    }
    if (!/^\d{1,2}$/.test(rankText))
      return { ok: false, reason: 'name', why: `${JSON.stringify(rankText)} is no rank: 0 (first) to 99 (last)` };
    return { ok: true, named: { dataset, class: cls, rank: Number(rankText), params: templates.params(context) } };
  }
}
