/**
 * What holds for every graph, every order of events and every hand-made change: random boards, driven by stage
 * processes, operators and `mv`, step by step.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeGraph } from '../../src/model/graph.ts';
import { LETTERS } from '../../src/model/letters.ts';
import {
  type Claim,
  claimOf,
  claimsOf,
  type EntryName,
  formatName,
  formatTag,
  MAX_EPOCH,
  parseName,
  roomFault,
  type Tag,
} from '../../src/model/name.ts';
import { arrive, type Event, initialLetters, type Rules, transition } from '../../src/model/transition.ts';
import { applyVerb } from '../../src/model/verbs.ts';

const PROCESSES = ['aaaa', 'k3f1', '0000', 'zzzz'] as const;
const CAUSES = ['x2', 'x255', 's9', 't', 'l', 'm', 'd', 'o', 'x-1', 'not a cause'] as const;

// Boards

const board: fc.Arbitrary<Rules> = fc.integer({ min: 1, max: 32 }).chain((columns) =>
  fc
    .record({
      // Rows of the order of work; the columns themselves are shuffled.
      place: fc.shuffledSubarray(
        Array.from({ length: columns }, (_, at) => at),
        { minLength: columns },
      ),
      before: fc.array(fc.array(fc.nat(31), { maxLength: 4 }), { minLength: columns, maxLength: columns }),
      isChain: fc.boolean(),
      retries: fc.array(fc.nat(9), { minLength: columns, maxLength: columns }),
      acsOnly: fc.array(fc.nat(9), { minLength: columns, maxLength: columns }),
      gathering: fc.array(fc.nat(9), { minLength: columns, maxLength: columns }),
    })
    .map(({ place, before, isChain, retries, acsOnly, gathering }): Rules => {
      const parents: number[][] = place.map(() => []);
      for (const [at, column] of place.entries()) {
        const wanted = isChain ? [at - 1] : (before[at] ?? []).map((nth) => nth % (at + 1));
        const earlier = wanted.filter((nth) => nth >= 0 && nth < at);
        parents[column] = [...new Set(earlier.map((nth) => place[nth] ?? 0))];
      }
      return {
        graph: makeGraph(parents),
        stages: parents.map((_, column) => `s${column + 1}`),
        serves: (column, cls) => cls === 'acs' || acsOnly[column] !== 0,
        gathers: (column) => gathering[column] === 0,
        retries: (column) => retries[column] ?? 0,
      };
    }),
);

interface Start {
  readonly rank: number;
  readonly class: string;
  readonly dataset: string;
  readonly epoch: number;
  readonly isHeld: boolean;
}

const identity: fc.Arbitrary<Start> = fc.record({
  rank: fc.nat(99),
  class: fc.constantFrom('-', 'acs', 'c'.repeat(16)),
  dataset: fc.constantFrom('a', 'j8a20101q', 'm51.tar+gz', 'd'.repeat(128)),
  epoch: fc.constantFrom(0, 7, 998, 999_990),
  isHeld: fc.boolean(),
});

// What happens to an entry

const column = fc.nat(31);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('claim' as const), column, process: fc.constantFrom(...PROCESSES) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('complete' as const),
      column,
      products: fc.boolean(),
      set: fc.option(
        fc
          .array(fc.tuple(column, fc.constantFrom('_' as const, 's' as const, 'h' as const)), { maxLength: 3 })
          .map((list) => new Map(list)),
        { nil: undefined, freq: 4 },
      ),
    }),
  },
  fc.record({
    type: fc.constantFrom('fail' as const, 'retry' as const, 'hold' as const),
    column,
    cause: fc.constantFrom(...CAUSES),
  }),
  fc.record({
    type: fc.constantFrom(
      'publish' as const,
      'skip' as const,
      'release' as const,
      'repipe' as const,
      'gathered' as const,
      'lost' as const,
    ),
    column,
  }),
  fc.record({ type: fc.constant('back' as const), column, to: column }),
  fc.record({
    type: fc.constant('set' as const),
    column,
    letter: fc.constantFrom('_' as const, 'w' as const, 's' as const, 'h' as const, 'c' as const),
  }),
  fc.record({
    type: fc.constant('giveBack' as const),
    column,
    epoch: fc.option(fc.nat(2000), { nil: undefined }),
  }),
);

type Step =
  | { readonly do: 'event'; readonly event: Event; readonly isApt: boolean }
  | { readonly do: 'verb'; readonly verb: 'hold' | 'release' | 'repipe' | 'skip' }
  | { readonly do: 'letter'; readonly column: number; readonly letter: string }
  | { readonly do: 'tag'; readonly tag: Tag }
  | { readonly do: 'rank'; readonly rank: number }
  | { readonly do: 'sweep' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ do: fc.constant('event' as const), event, isApt: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('verb' as const),
      verb: fc.constantFrom('hold' as const, 'release' as const, 'repipe' as const, 'skip' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('letter' as const), column, letter: fc.constantFrom(...LETTERS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('tag' as const),
      tag: fc.oneof(
        fc.record({ kind: fc.constant('cause' as const), column, cause: fc.constantFrom('x2', 'l') }),
        fc.record({
          kind: fc.constant('claim' as const),
          column,
          process: fc.constant('hand'),
          epoch: fc.integer({ min: 1, max: 9 }),
          try: fc.integer({ min: 1, max: 10 }),
        }),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rank' as const), rank: fc.nat(99) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);

/** Columns that the event could do something to: half of the events go there, so that runs get somewhere. */
function aptColumn(name: EntryName, type: Event['type'], wanted: number, rules: Rules): number {
  const letters: Record<Event['type'], string> = {
    claim: 'w123456789',
    complete: 'p',
    publish: 'e',
    fail: 'pg',
    retry: 'p',
    back: 'p',
    skip: '_wpfh',
    hold: '_wpg',
    release: 'h',
    repipe: 'pcsfh',
    set: '_wpcsfhg',
    gathered: 'g',
    lost: 'pe',
    giveBack: 'p',
    adopt: 'p',
  };
  const apt = [...name.letters].flatMap((letter, at) => (letters[type].includes(letter) ? [at] : []));
  return apt[wanted % apt.length] ?? wanted % rules.stages.length;
}

function ancestorOf(column: number, wanted: number, rules: Rules): number {
  const before = rules.graph.descendants.flatMap((below, at) => (below.includes(column) ? [at] : []));
  return before[wanted % before.length] ?? wanted % rules.stages.length;
}

/** What `mv` makes of it: RANK, COLUMNS and tags may be changed by hand; a claim is not forged onto a running column. */
function byHand(name: EntryName, made: Step): EntryName {
  switch (made.do) {
    case 'letter': {
      const at = made.column % name.letters.length;
      const letters = name.letters.slice(0, at) + made.letter + name.letters.slice(at + 1);
      const wasClaimed = /[pe]/.test(name.letters[at] ?? '');
      // Its claim is ignored from now on, and dropped later; one that was ended does not come back.
      const tags = !wasClaimed && /[pe]/.test(made.letter) ? name.tags.filter((tag) => tag.column !== at) : name.tags;
      return { ...name, letters, tags };
    }
    case 'tag': {
      const fits = made.tag.column < name.letters.length && /[pe]/.test(name.letters[made.tag.column] ?? '');
      const tagged = { ...name, tags: [...name.tags, made.tag] };
      return (made.tag.kind === 'claim' && fits) || formatName(tagged).length > 255 ? name : tagged;
    }
    case 'rank':
      return { ...name, rank: made.rank };
    default:
      return name;
  }
}

// What must hold

const finished = (letter: string | undefined): boolean => letter === 'c' || letter === 's';

/** The folders' definitions of the design, in its words; for letters that are settled. */
function folderByTheDesign(letters: string, rules: Rules): string {
  const each = [...letters];
  const runnable = each.some(
    (letter, at) =>
      'w123456789'.includes(letter) && (rules.graph.parents[at] ?? []).every((parent) => finished(letters[parent])),
  );
  if (each.every(finished)) return 'done';
  if (runnable && each.every((letter) => '_wsh'.includes(letter))) return 'queue';
  if (runnable || each.some((letter) => letter === 'p' || letter === 'e')) return 'active';
  for (const [letter, folder] of [
    ['g', 'gather'],
    ['f', 'failed'],
    ['h', 'held'],
  ] as const) {
    if (each.includes(letter)) return folder;
  }
  return 'nowhere: it is stuck';
}

function isWellFormed(name: EntryName): void {
  const file = formatName(name);
  const parsed = parseName(file);
  if (!parsed.ok) throw new Error(`${file}: ${parsed.why}`);
  expect(parsed.name).toEqual(name);
  expect(formatName(parsed.name)).toBe(file);
  expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255);
}

function isSettled(name: EntryName, rules: Rules): void {
  for (const [at, letter] of [...name.letters].entries()) {
    const parents = rules.graph.parents[at] ?? [];
    if (letter === '_') expect(parents.every((parent) => finished(name.letters[parent]))).toBe(false);
  }
}

/** One tag a column at most, each fitting its letter, in column order. */
function tagsFit(name: EntryName): void {
  const columns = name.tags.map((tag) => tag.column);
  expect(columns).toEqual([...new Set(columns)].sort((a, b) => a - b));
  for (const tag of name.tags) {
    expect(tag.kind === 'claim' ? 'pe' : 'fh').toContain(name.letters[tag.column] ?? 'no column');
  }
}

const key = (claim: Claim): string => formatTag(claim);

/** Events that may end a claim on `at`: its own, the sweeper's, an operator's. */
function mayEnd(made: Event, at: number, rules: Rules): boolean {
  if (made.type === 'back' && rules.graph.descendants[made.to]?.includes(at) === true) return true;
  if (made.type === 'repipe' && rules.graph.descendants[made.column]?.includes(at) === true) return true;
  return made.column === at && !['claim', 'release', 'gathered'].includes(made.type);
}

class Run {
  name: EntryName;
  readonly rules: Rules;
  readonly produced = new Set<string>();
  readonly ended = new Set<string>();

  constructor(name: EntryName, rules: Rules) {
    this.name = name;
    this.rules = rules;
    isWellFormed(name);
  }

  take(made: Step): void {
    const { name, rules } = this;
    if (made.do === 'event') {
      const wanted = made.event.column;
      const at = made.isApt ? aptColumn(name, made.event.type, wanted, rules) : wanted % rules.stages.length;
      const now = { ...made.event, column: at };
      this.apply(now.type === 'back' && made.isApt ? { ...now, to: ancestorOf(at, now.to, rules) } : now);
    } else if (made.do === 'sweep') this.sweep();
    else if (made.do === 'verb') this.verb(made.verb);
    else {
      const next = byHand(name, made);
      isWellFormed(next);
      this.remember(name, next);
      this.name = next;
    }
  }

  apply(made: Event): boolean {
    const { name, rules } = this;
    const result = transition(name, made, rules);
    if (!result.ok) {
      expect(result.why).not.toBe('');
      if (result.finishFirst !== undefined) {
        expect(name.letters[result.finishFirst]).toBe('e');
        expect(claimOf(name, result.finishFirst)).toBeDefined();
      }
      return false;
    }
    const isNew = !this.produced.has(formatName(result.name));
    this.arrived(name, result.name, result.folder);
    for (const claim of claimsOf(name)) {
      if (!claimsOf(result.name).some((other) => key(other) === key(claim))) {
        expect({ made, ends: claim, may: mayEnd(made, claim.column, rules) }).toMatchObject({ may: true });
      }
    }
    const before = new Set(claimsOf(name).map(key));
    const fresh = claimsOf(result.name).filter((claim) => !before.has(key(claim)));
    if (made.type === 'claim') {
      expect(fresh).toMatchObject([{ column: made.column, process: made.process, epoch: name.epoch + 1 }]);
      expect(result.name.epoch).toBe(name.epoch + 1);
      expect(isNew).toBe(true);
    } else expect(fresh).toEqual([]);
    for (const claim of claimsOf(result.name)) expect(this.ended.has(key(claim))).toBe(false);
    this.remember(name, result.name);
    this.name = result.name;
    return true;
  }

  sweep(): void {
    const result = arrive(this.name, this.rules);
    if (!result.ok) throw new Error(`${formatName(this.name)}: ${result.why}`);
    this.arrived(this.name, result.name, result.folder);
    expect(claimsOf(result.name)).toEqual(claimsOf(this.name));
    expect(arrive(result.name, this.rules)).toEqual(result);
    this.name = result.name;
  }

  verb(verb: 'hold' | 'release' | 'repipe' | 'skip'): void {
    const result = applyVerb(this.name, verb, undefined, this.rules);
    if (!result.ok) return;
    this.arrived(this.name, result.name, result.folder);
    this.remember(this.name, result.name);
    this.name = result.name;
  }

  arrived(from: EntryName, to: EntryName, folder: string): void {
    isWellFormed(to);
    isSettled(to, this.rules);
    tagsFit(to);
    expect(folder).toBe(folderByTheDesign(to.letters, this.rules));
    expect(to.epoch).toBeGreaterThanOrEqual(from.epoch);
    expect({ ...to, letters: '', epoch: 0, tags: [] }).toEqual({ ...from, letters: '', epoch: 0, tags: [] });
    // A `p` or `e` has exactly one claim, unless it came by hand without.
    for (const [at, letter] of [...to.letters].entries()) {
      if ((letter !== 'p' && letter !== 'e') || claimOf(to, at) !== undefined) continue;
      expect(from.letters[at]).toBe(letter);
      expect(claimOf(from, at)).toBeUndefined();
    }
    this.produced.add(formatName(to));
  }

  remember(from: EntryName, to: EntryName): void {
    const now = new Set(claimsOf(to).map(key));
    for (const claim of claimsOf(from)) if (!now.has(key(claim))) this.ended.add(key(claim));
  }

  /** Stage processes, a sweeper and an operator who releases and repipes bring every entry to its end. */
  toTheEnd(): void {
    this.sweep();
    for (let round = 0; round < 32 * 8; round++) {
      const at = this.rules.graph.order.find((candidate) => !finished(this.name.letters[candidate]));
      if (at === undefined) break;
      const letter = this.name.letters[at] ?? '';
      const isOwned = claimOf(this.name, at) !== undefined;
      if (letter === 'p' && isOwned)
        expect(this.apply({ type: 'complete', column: at, products: at % 2 === 0 })).toBe(true);
      else if (letter === 'e' && isOwned) expect(this.apply({ type: 'publish', column: at })).toBe(true);
      else if (letter === 'p' || letter === 'e') expect(this.apply({ type: 'lost', column: at })).toBe(true);
      else if (letter === 'g') expect(this.apply({ type: 'gathered', column: at })).toBe(true);
      else if (letter === 'h') expect(this.apply({ type: 'release', column: at })).toBe(true);
      else if (letter === 'f') this.again(at);
      else if (!this.apply({ type: 'claim', column: at, process: 'last' })) this.makeRoom();
    }
    expect(this.name.letters).toMatch(/^[cs]+$/);
  }

  again(at: number): void {
    const result = transition(this.name, { type: 'repipe', column: at }, this.rules);
    if (result.ok) expect(this.apply({ type: 'repipe', column: at })).toBe(true);
    else if (result.finishFirst !== undefined) {
      expect(this.apply({ type: 'publish', column: result.finishFirst })).toBe(true);
    } else expect(this.apply({ type: 'skip', column: at })).toBe(true);
  }

  /** No room for one more claim: then others stand, and one of them ends first. */
  makeRoom(): void {
    const [claim] = claimsOf(this.name);
    if (claim === undefined) throw new Error(`${formatName(this.name)} has no claim and no room for one`);
    const type = this.name.letters[claim.column] === 'p' ? 'giveBack' : 'publish';
    expect(this.apply({ type, column: claim.column })).toBe(true);
  }
}

function posted(rules: Rules, start: Start): EntryName {
  const { isHeld, ...fields } = start;
  const letters = initialLetters(fields.class, rules, isHeld);
  const name: EntryName = { ...fields, posted: '20261121T120000', letters, tags: [] };
  expect(roomFault(name)).toBeUndefined();
  return name;
}

describe('random boards', () => {
  it('every step leaves a name that parses, fits, settled and in its folder; no claim comes back', () => {
    fc.assert(
      fc.property(board, identity, fc.array(step, { maxLength: 80 }), (rules, start, steps) => {
        const run = new Run(posted(rules, start), rules);
        for (const made of steps) run.take(made);
      }),
      { numRuns: 400 },
    );
  });

  it('whatever happened, an entry can be brought to its end', () => {
    fc.assert(
      fc.property(board, identity, fc.array(step, { maxLength: 40 }), (rules, start, steps) => {
        const run = new Run(posted(rules, start), rules);
        for (const made of steps) run.take(made);
        run.toTheEnd();
      }),
      { numRuns: 200 },
    );
  });

  it('what is sent back stands there as after a repipe: all below is not reached, nothing else is touched', () => {
    let sent = 0;
    fc.assert(
      fc.property(board, identity, fc.array(step, { maxLength: 8 }), fc.nat(31), (rules, start, steps, wanted) => {
        const run = new Run(posted(rules, start), rules);
        // Some way into the graph; then whatever can be claimed runs, and a little happens.
        for (const at of rules.graph.order.slice(0, wanted)) {
          if (run.name.letters[at] === 'g') run.apply({ type: 'gathered', column: at });
          run.apply({ type: 'claim', column: at, process: 'aaaa' });
          run.apply({ type: 'complete', column: at, products: false });
        }
        for (const at of rules.graph.order) run.apply({ type: 'claim', column: at, process: 'zzzz' });
        for (const made of steps) run.take(made);
        const { name } = run;
        for (const { column: at } of claimsOf(name).filter(({ column }) => name.letters[column] === 'p')) {
          const to = ancestorOf(at, wanted, rules);
          const result = transition(name, { type: 'back', column: at, to }, rules);
          const below = rules.graph.descendants[to] ?? [];
          if (!result.ok) {
            const ending = result.finishFirst;
            if (ending !== undefined) expect([to, ...below]).toContain(ending);
            else expect(!below.includes(at) || !rules.serves(to, name.class)).toBe(true);
            continue;
          }
          sent++;
          const was = name.letters[to] ?? '';
          const wasOver = finished(was) || was === 'e';
          const opened = rules.gathers(to) ? 'g' : 'w';
          // One that a person has touched is left as it is; a `_` may open by settling.
          if (was !== '_') expect(result.name.letters[to]).toBe(wasOver ? opened : was);
          for (const [column, letter] of [...result.name.letters].entries()) {
            if (below.includes(column)) expect(letter).toBe('_');
            else if (column !== to && name.letters[column] !== '_') expect(letter).toBe(name.letters[column]);
          }
          expect(result.name.tags.some((tag) => below.includes(tag.column))).toBe(false);
          expect(result.name.epoch).toBe(name.epoch);
        }
      }),
      { numRuns: 400 },
    );
    expect(sent).toBeGreaterThan(50);
  });

  it('the same event twice never moves a claim twice', () => {
    fc.assert(
      fc.property(board, identity, fc.array(step, { maxLength: 30 }), event, (rules, start, steps, last) => {
        const run = new Run(posted(rules, start), rules);
        for (const made of steps) run.take(made);
        const at = aptColumn(run.name, last.type, last.column, rules);
        if (
          !['claim', 'complete', 'fail', 'retry', 'publish', 'giveBack', 'gathered', 'lost', 'back'].includes(last.type)
        )
          return;
        if (!run.apply({ ...last, column: at })) return;
        // What a finished process, sweeper or claimer would do again, its column has left behind.
        expect(transition(run.name, { ...last, column: at }, rules).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('names', () => {
  const field = (chars: string, min: number, max: number): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...chars), minLength: min, maxLength: max });
  const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const tag: fc.Arbitrary<Tag> = fc.oneof(
    fc.record({
      kind: fc.constant('claim' as const),
      column,
      process: field(LOWER, 4, 4),
      epoch: fc.integer({ min: 1, max: MAX_EPOCH }),
      try: fc.integer({ min: 1, max: 10 }),
    }),
    fc.record({
      kind: fc.constant('cause' as const),
      column,
      cause: fc
        .tuple(field('abcdefghijklmnopqrstuvwxyz', 1, 1), field(`${LOWER}_`, 0, 15))
        .map((parts) => parts.join('')),
    }),
  );
  const name: fc.Arbitrary<EntryName> = fc.record({
    rank: fc.nat(99),
    posted: fc
      .integer({ min: 0, max: 253_402_300_799 })
      .map((s) => new Date(s * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')),
    letters: fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 32 }),
    epoch: fc.nat(MAX_EPOCH),
    class: field(`${LOWER}_-`, 1, 16),
    dataset: fc
      .tuple(field(`${LOWER}ABCXYZ_`, 1, 1), field(`${LOWER}ABCXYZ_.,+=%~-`, 0, 127))
      .map((parts) => parts.join('')),
    tags: fc.array(tag, { maxLength: 4 }),
  });

  it('parse ∘ format is the identity on names', () => {
    fc.assert(
      fc.property(name, (wanted) => {
        const file = formatName(wanted);
        const parsed = parseName(file);
        if (file.length > 255) expect(parsed).toMatchObject({ ok: false, at: 255 });
        else expect(parsed).toEqual({ ok: true, name: wanted });
      }),
      { numRuns: 2000 },
    );
  });

  const holds = (file: string): void => {
    const parsed = parseName(file);
    if (parsed.ok) expect(formatName(parsed.name)).toBe(file);
    else {
      expect(parsed.at).toBeGreaterThanOrEqual(0);
      expect(parsed.at).toBeLessThanOrEqual(file.length);
      // Letters of other scripts are shown as they are; nothing else that is not printable is.
      expect(parsed.why).toMatch(/^[\p{L}\p{N}\p{P}\p{S} ]+$/u);
    }
  };

  it('format ∘ parse is the identity on whatever parses; nothing else throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), holds), { numRuns: 2000 });
  });

  it('so it is on names with a slip in them', () => {
    const slip = fc.tuple(
      fc.nat(300),
      fc.nat(2),
      fc.oneof(fc.string({ unit: 'binary', maxLength: 2 }), field('.@+-_0123p', 0, 2)),
    );
    fc.assert(
      fc.property(name, fc.array(slip, { minLength: 1, maxLength: 3 }), (from, slips) => {
        let file = formatName(from);
        for (const [at, cut, text] of slips) {
          const place = at % (file.length + 1);
          file = file.slice(0, place) + text + file.slice(place + cut);
        }
        holds(file);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a name’s length', () => {
  it('is bounded with 32 columns, the longest fields, failed columns and as many claims as go in', () => {
    const rules: Rules = {
      graph: makeGraph(Array.from({ length: 32 }, () => [])),
      stages: Array.from({ length: 32 }, (_, at) => `s${at + 1}`),
      serves: () => true,
      gathers: () => false,
      retries: () => 0,
    };
    const start = { rank: 99, class: 'c'.repeat(16), dataset: 'd'.repeat(128), epoch: 999_900, isHeld: false };
    const run = new Run(posted(rules, start), rules);
    for (let at = 0; at < 32; at++) {
      expect(run.apply({ type: 'claim', column: at, process: 'zzzz' })).toBe(true);
      expect(run.apply({ type: 'fail', column: at, cause: 'x255' })).toBe(true);
    }
    expect(run.name.letters).toBe('f'.repeat(32));
    expect(run.name.tags.length).toBeGreaterThan(4);
    for (let at = 0; at < 32; at++) run.apply({ type: 'repipe', column: at });
    let claims = 0;
    while (run.apply({ type: 'claim', column: claims, process: 'zzzz' })) claims++;
    // 204 bytes before the tags; 17 for the first claim, 16 for each other of a one-digit column.
    expect(claims).toBe(3);
    run.toTheEnd();
  });
});
