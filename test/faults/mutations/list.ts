/** The seeded defects: what is left out of the code, where that shows, and what the history checker must say of it. */
import type { Edit } from './build.ts';
import * as scenes from './scenarios.ts';

export interface Mutation {
  /** The rule that is broken, as a sentence of what the defective code does. */
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly scenario: scenes.Scenario;
  readonly invariant: string;
  /** Of the violation. */
  readonly says: RegExp;
}

const edit = (file: string, from: string, to: string): Edit => ({ file, from, to });

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'what is finished is linked into done/, not renamed',
    edits: [
      edit(
        'board/move.ts',
        'board.fs.rename(source, path);',
        "if (folder.startsWith('done/')) board.fs.link(source, path); else board.fs.rename(source, path);",
      ),
    ],
    scenario: scenes.finishedAndKilled,
    invariant: 'I1',
    says: /one run stands more than once/,
  },
  {
    name: 'a post takes a live dataset over',
    edits: [
      edit(
        'board/ids.ts',
        "if (judged === 'live') return 'taken';",
        "if (judged === 'live') board.fs.unlink(board.path(idPath(dataset)));",
      ),
    ],
    scenario: scenes.postedTwice,
    invariant: 'I1',
    says: /two runs of one dataset are on the board/,
  },
  {
    name: 'a claim does not ask who holds the dataset',
    edits: [
      edit(
        'board/claim.ts',
        "if (acquireId(board, path, at.name.dataset, opened.ino) === 'taken') {",
        "if ((acquireId(board, path, at.name.dataset, opened.ino) as string) === '') {",
      ),
    ],
    scenario: scenes.touchedTwice,
    invariant: 'I1',
    says: /two runs of one dataset are on the board/,
  },
  {
    name: 'the link of a dataset is removed, whoever holds it',
    edits: [
      edit(
        'board/finish.ts',
        'releaseId(board, held.try.dataset, held.ino',
        "board.fs.unlink(board.path('ids/' + held.try.dataset));\n    releaseId(board, held.try.dataset, held.ino",
      ),
    ],
    scenario: scenes.lateRelease,
    invariant: 'I1',
    says: /has no link in ids\//,
  },
  {
    name: 'housekeeping moves an entry onto a name that exists',
    edits: [
      edit(
        'board/housekeep.ts',
        'moveEntry(board, at, arrived.name, arrived.folder, { careful: true })',
        'moveEntry(board, at, arrived.name, arrived.folder)',
      ),
    ],
    scenario: scenes.copied,
    invariant: 'I1',
    says: /is not the file behind its link/,
  },
  {
    name: 'the epoch of the first claim is used again by the second',
    edits: [edit('model/transition.ts', 'const epoch = name.epoch + 1;', 'const epoch = Math.max(1, name.epoch);')],
    scenario: scenes.through,
    invariant: 'I2',
    says: /epoch 1 was claimed by .*, by /,
  },
  {
    name: 'who loses the race for a claim believes to have won',
    edits: [
      edit(
        'board/move.ts',
        'if (options.checkSource === false || !stands(',
        'if (options.checkSource === false) break;\n      if (!stands(',
      ),
    ],
    scenario: scenes.twoClaimers,
    invariant: 'I2',
    says: /epoch 1 was claimed by .*, by /,
  },
  {
    name: 'an epoch that was turned back is not noticed',
    edits: [edit('board/claim.ts', 'const isFresh = highest < own.epoch ||', 'const isFresh = true ||')],
    scenario: scenes.turnedBack,
    invariant: 'I2',
    says: /epoch 1 was claimed by .*, by /,
  },
  {
    name: 'a finish does not ask whether its rename was done',
    edits: [
      edit(
        'board/finish.ts',
        'const result = moveEntry(board, at, moved.name, moved.folder);',
        'const done = moveEntry(board, at, moved.name, moved.folder);\n' +
          "  const result = typeof done === 'string' ? { ...at, name: moved.name } : done;",
      ),
    ],
    scenario: scenes.zombieBeforeFinish,
    invariant: 'I2',
    says: /epoch 1 was finished by .* returned as lost as well/,
  },
  {
    name: 'an e goes back to waiting like a p',
    edits: [
      edit(
        'board/housekeep.ts',
        'if (ending) {\n      const forward',
        'if (board === undefined) {\n      const forward',
      ),
      edit(
        'model/transition.ts',
        "return claim === undefined ? failed(column, 'l') : refuse(FORWARD, column);",
        "return claim === undefined ? failed(column, 'l') : retried(column, claim, 'l', rules);",
      ),
    ],
    scenario: scenes.zombieBeforeMark,
    invariant: 'I2',
    says: /epoch 1 was finished by .* returned as lost as well/,
  },
  {
    name: 'who gives a claim back takes its epoch along',
    edits: [
      edit(
        'model/transition.ts',
        'epoch: Math.max(name.epoch, event.epoch ?? 0)',
        'epoch: Math.max(0, name.epoch - 1)',
      ),
    ],
    scenario: scenes.halted,
    invariant: 'I2',
    says: /its epoch is 0, and epoch 1 was claimed before/,
  },
  {
    name: 'the mark of published products is forgotten',
    edits: [edit('board/finish.ts', '      markPublished(board, held.try);', '')],
    scenario: scenes.withProducts,
    invariant: 'I5',
    says: /they have no \.ok/,
  },
  {
    name: 'who finishes an e forward forgets the mark',
    edits: [edit('board/forward.ts', '  markPublished(board, name);', '')],
    scenario: scenes.killedBehindFence,
    invariant: 'I5',
    says: /they have no \.ok/,
  },
  {
    name: 'products are published before the fence',
    edits: [
      edit(
        'board/finish.ts',
        '  let at = passed ?? held.at;',
        '  if (leaves) markPublished(board, held.try);\n  let at = passed ?? held.at;',
      ),
    ],
    scenario: scenes.zombieBeforeFence,
    invariant: 'I6',
    says: /they are published, and their try was lost/,
  },
  {
    name: 'a later try leaves the official products as they are',
    edits: [
      edit(
        'board/finish.ts',
        '      markPublished(board, held.try);',
        '      if (held.try.epoch === 1) markPublished(board, held.try);',
      ),
    ],
    scenario: scenes.repiped,
    invariant: 'I6',
    says: /they are official, and the try of epoch 2 finished after theirs/,
  },
  {
    name: 'after an error no readdir decides: the reconcile is skipped',
    edits: [edit('board/move.ts', '      if (stands(board, folder, target.file)) break;', '')],
    scenario: scenes.lostReply,
    invariant: 'I7',
    says: /is claimed by process .*, which is not alive/,
  },
  {
    name: 'lost claims are not returned',
    edits: [
      edit(
        'board/housekeep.ts',
        "const moved = transition(at.name, { type: mine ? 'giveBack' : 'lost', column }, board.rules);\n  if (!moved.ok)",
        "const moved = transition(at.name, { type: mine ? 'giveBack' : 'lost', column }, board.rules);\n  if (!moved.ok || !mine)",
      ),
    ],
    scenario: scenes.killedAtWork,
    invariant: 'I7',
    says: /is claimed by process .*, which is not alive/,
  },
  {
    name: 'an e without a living owner is left alone',
    edits: [
      edit(
        'board/housekeep.ts',
        'if (ending) {\n      const forward',
        'if (ending) {\n      if (ending) return at;\n      const forward',
      ),
    ],
    scenario: scenes.killedBehindFence,
    invariant: 'I7',
    says: /is claimed by process .*, which is not alive/,
  },
  {
    name: 'a claim of its own that it knows nothing of is kept',
    edits: [edit('board/housekeep.ts', 'if (mine ? context.isMine(at, column) :', 'if (mine ? true :')],
    scenario: scenes.fullAfterClaim,
    invariant: 'I7',
    says: /is claimed by process .*, which is not alive/,
  },
  {
    name: 'a post is acknowledged without its rename',
    edits: [
      edit(
        'board/post.ts',
        'if (afterMs !== undefined) board.fs.setMtime(board.path(tmp), afterMs);\n  return rollForward(board, made, name);',
        "if (afterMs !== undefined) board.fs.setMtime(board.path(tmp), afterMs);\n  return { folder: 'queue', file: formatName(name), name };",
      ),
    ],
    scenario: scenes.postedOnce,
    invariant: 'I8',
    says: /it was posted and stands nowhere/,
  },
  {
    name: 'retention takes what has just been finished',
    edits: [
      edit(
        'board/retention.ts',
        '+ DAY_MS) < keptMs) continue;',
        "+ DAY_MS) < keptMs && kind === 'journal') continue;",
      ),
    ],
    scenario: scenes.swept,
    invariant: 'I8',
    says: /it was posted and stands nowhere/,
  },
  {
    name: 'claims are swept without suspicion',
    edits: [edit('board/housekeep.ts', ': !context.isDead(own.process)) {', ': false) {')],
    scenario: scenes.twoAtWork,
    invariant: 'I15',
    says: /nobody had found its process .* dead/,
  },
];
