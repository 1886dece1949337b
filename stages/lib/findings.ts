import { isInForce, type KnownPattern } from './known-patterns.ts';

/** A line that somebody should see, and where it stands. */
export interface Finding {
  readonly granule: string;
  /** The log, relative to the board, or the product. */
  readonly where: string;
  readonly text: string;
}

/** Lines that tell of trouble by a word. */
const TROUBLE =
  /\b(warn(ing)?|errors?|fail(ed|ure|s)?|fatal|exception|traceback|panic|abort(ed)?|killed|denied|refused|timed out|time limit|out of memory|no space|segmentation fault|corrupt(ed)?|damaged|nan)\b/iu;

/** Outcomes in a log's name that are none of a failure: it ended well, it still runs, its work was given back. */
const FINE = new Set(['ok', 'run', 'back', 'gone']);

/**
 * What a log tells of trouble: lines with a word of it, and of a try that failed its last line in any case, or that it left none.
 * @param outcome as in the log's name
 */
export function findingsOf(granule: string, where: string, outcome: string, log: string): Finding[] {
  const lines = log.split(/\r?\n/).filter((line) => line.trim() !== '');
  const told = new Set(lines.filter((line) => TROUBLE.test(line)));
  if (!FINE.has(outcome)) told.add(lines.at(-1) ?? `the try ended as ${outcome} without a word`);
  return [...told].map((text) => ({ granule, where, text: text.trim() }));
}

export interface Ignored {
  readonly pattern: string;
  readonly reason: string;
  readonly until: string | null;
  readonly count: number;
  readonly granules: number;
}

/** Findings that say the same but for numbers, names and paths. */
export interface Group {
  readonly message: string;
  readonly count: number;
  readonly granules: readonly string[];
  readonly example: Finding;
  /** It would have been ignored until this day. */
  readonly expired: string | null;
}

export interface Judged {
  readonly ignored: readonly Ignored[];
  readonly found: readonly Group[];
}

/** Parts findings into those that are known and the others, the most frequent first. @param today UTC, `2026-11-21` */
export function judge(findings: readonly Finding[], known: readonly KnownPattern[], today: string): Judged {
  const byPattern = known.map((entry) => ({ entry, matched: [] as Finding[] }));
  const groups = new Map<string, { findings: Finding[]; expired: string | null }>();
  for (const finding of findings) {
    const matching = byPattern.filter(({ entry }) => entry.pattern.test(finding.text));
    const inForce = matching.find(({ entry }) => isInForce(entry, today));
    if (inForce !== undefined) {
      inForce.matched.push(finding);
      continue;
    }
    const message = generalized(finding);
    const group = groups.get(message);
    if (group !== undefined) group.findings.push(finding);
    else groups.set(message, { findings: [finding], expired: matching[0]?.entry.until ?? null });
  }
  const ignored = byPattern.map(({ entry, matched }) => ({
    pattern: entry.pattern.source,
    reason: entry.reason,
    until: entry.until ?? null,
    count: matched.length,
    granules: new Set(matched.map(({ granule }) => granule)).size,
  }));
  const found = [...groups].map(([message, group]) => ({
    message,
    count: group.findings.length,
    granules: [...new Set(group.findings.map(({ granule }) => granule))],
    example: group.findings[0] as Finding,
    expired: group.expired,
  }));
  found.sort((a, b) => b.count - a.count || (a.message < b.message ? -1 : 1));
  return { ignored, found };
}

/** A message without what differs from granule to granule. */
function generalized({ granule, text }: Finding): string {
  return text
    .replaceAll(granule, '<granule>')
    .replace(/(?<![\w<])\/\S+/g, '<path>')
    .replace(/\b[0-9a-f]{32,}\b/gi, '<sum>')
    .replace(/(?<![A-Za-z_\d])\d+(\.\d+)?/g, '<n>')
    .slice(0, 300);
}
