/**
 * What the next try of a stage would run for an entry, worked out without claiming anything: as if everything after the
 * stage were not reached yet. Nothing is written.
 */
import { join } from 'node:path';
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import { type Content, parseContent } from '../board/content.ts';
import { faultText, isGone, isNoFile } from '../board/errors.ts';
import type { GatheredMember } from '../board/gather/record.ts';
import { lookAtMembers } from '../board/gather/step-members.ts';
import { declaresNeeds, needsOf } from '../board/needs.ts';
import { listTryFiles } from '../board/official.ts';
import type { Located } from '../board/scan.ts';
import {
  type BatchContext,
  type ServiceContext,
  type StepContext,
  stageTemplates,
  TemplateError,
} from '../definitions/definitions.ts';
import type { StageDefinition } from '../model/definition.ts';
import type { Needs } from '../model/demand.ts';
import { isClaimed, type Letter } from '../model/letters.ts';
import { batchScratchPath, type Claim, claimOf, formatEpoch, productFolder, scratchPath } from '../model/name.ts';
import { replaceLetter } from '../model/transition.ts';
import { siteTask } from './engine/site-launch.ts';
import { requestOf, serviceContext, serviceEnvironment } from './service/request.ts';
import { addedBefore, batchOf, contextOf, programFault, programPath, stepEnvironment, taskOf } from './step.ts';

export interface PreviewFile {
  readonly name: string;
  /** Undefined if it can't be rendered. */
  readonly content: string | undefined;
  readonly executable: boolean;
  /** The template that it is made of, if it has a file of its own. */
  readonly from: string | undefined;
}

export interface Preview {
  readonly stage: string;
  readonly letter: Letter;
  readonly epoch: number;
  readonly try: number;
  /** Undefined in it: an argument that can't be rendered. */
  readonly argv: readonly (string | undefined)[];
  /** A line for the shell: what stands in `argv` is then how it is started. */
  readonly shell: boolean;
  /** Where the program is looked for, and what is wrong with it on this host. */
  readonly program: string | undefined;
  readonly programFault: string | undefined;
  readonly scratch: string;
  readonly products: string | undefined;
  readonly log: string;
  /** What Slateboard adds to the environment, and then the stage's own. */
  readonly env: ReadonlyArray<readonly [name: string, value: string | undefined]>;
  readonly inputs: Readonly<Record<string, string>>;
  /** What a gathering stage has gathered, or would gather now. */
  readonly members: readonly GatheredMember[] | undefined;
  /** Of a service: the line by which it is told of the entry. `argv` and `env` are what it is started with. */
  readonly request: string | undefined;
  readonly params: ReadonlyArray<{ readonly name: string; readonly value: unknown; readonly from: string }>;
  readonly paramsFile: string;
  readonly files: readonly PreviewFile[];
  /** Why it would fail before it starts: what is missing, by name. */
  readonly missing: readonly string[];
}

/** Undefined: the entry has just moved. @throws the system's error */
export function previewOf(board: Board, entry: Located, column: number, stage: StageDefinition): Preview | undefined {
  const read = contentOf(board, entry);
  if (read === undefined) return undefined;
  // Nothing of a content that can't be read is known.
  const content = typeof read === 'string' ? (parseContent('') as Content) : read;
  const held = asIfHeld(board, entry, column, stage, content);
  const files = listTryFiles(board, entry.name.dataset, entry.name.posted);
  const gathered = lookAtMembers(board, held);
  const found = { files, members: gathered?.path };
  const folder = board.path((stage.batch === undefined ? scratchPath : batchScratchPath)(held.try));
  const alone = taskOf(board, held, stage, folder, found, needsNow(board, entry, stage));
  const here = stage.batch === undefined ? alone : { ...alone, batch: batchOf([alone], folder) };
  const task = stage.engine?.site === undefined ? here : siteTask(board, here, stage.engine.site);
  const context = contextOf(board, task, gathered?.members ?? []);
  const isService = stage.service !== undefined;
  const { made, missing } = renderAll(stage, context, isService ? serviceContext(board, stage) : context);
  const argv = made.flatMap(({ of, text }) => (of === 'argv' || of === 'shell' ? [text] : []));
  const isShell = stage.command.kind === 'shell';
  const program = isShell ? '/bin/sh' : argv[0];
  return {
    stage: stage.name,
    letter: entry.name.letters[column] as Letter,
    epoch: held.claim.epoch,
    try: held.claim.try,
    argv: isShell ? ['/bin/sh', '-c', ...argv] : argv,
    shell: isShell,
    program: program === undefined ? undefined : programPath(task.home ?? board.home, program),
    programFault: programFault(board.home, stage),
    scratch: task.scratch,
    products: task.products,
    log: task.log,
    env: environmentOf(isService ? serviceEnvironment(board, stage, 1) : stepEnvironment(board, task), made),
    request: isService ? requestOf(board, task).line : undefined,
    members: gathered?.members,
    inputs: task.inputs,
    params: paramsOf(content, addedBefore(board, held, files)),
    paramsFile: task.paramsFile,
    files: stage.files.map(({ name, executable, from }) => {
      const content = made.find((one) => one.of === 'file' && one.name === name)?.text;
      return { name, content, executable, from };
    }),
    missing: typeof read === 'string' ? [`${join(entry.folder, entry.file)}: ${read}`, ...missing] : missing,
  };
}

/** What the step would be given of its host; undefined where the stage declares none, or it can't be worked out. */
function needsNow(board: Board, entry: Located, stage: StageDefinition): Needs | undefined {
  const need = declaresNeeds(stage) ? needsOf(board, entry, stage) : undefined;
  return need?.kind === 'known' ? need.needs : undefined;
}

/** Undefined: it has just moved; a string: why it is no content. */
function contentOf(board: Board, entry: Located): Content | string | undefined {
  try {
    return parseContent(board.fs.read(board.path(`${entry.folder}/${entry.file}`)).content);
  } catch (error) {
    if (isNoFile(error)) return `it ${faultText(error)}`;
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The try that runs, or that a claim would begin now. */
function asIfHeld(board: Board, entry: Located, column: number, stage: StageDefinition, content: Content): Held {
  const { name } = entry;
  const letter = name.letters[column] as Letter;
  const standing = isClaimed(letter) ? claimOf(name, column) : undefined;
  const nth = letter >= '1' && letter <= '9' ? Number(letter) + 1 : 1;
  const claim: Claim = standing ?? { kind: 'claim', column, process: '0000', epoch: name.epoch + 1, try: nth };
  let letters = replaceLetter(name.letters, column, 'p');
  for (const below of board.graph.descendants[column] ?? []) letters = replaceLetter(letters, below, '_');
  const own = { dataset: name.dataset, posted: name.posted, stage: stage.name, epoch: claim.epoch };
  return {
    at: { ...entry, name: { ...name, letters } },
    claim,
    stage: stage.name,
    try: own,
    content,
    ino: 0n,
    products: stage.products ? productFolder(own) : undefined,
    traces: { left: true, besides: [] },
  };
}

interface Made {
  readonly of: 'argv' | 'shell' | 'env' | 'file';
  readonly name: string;
  readonly text: string | undefined;
}

/** All that can be rendered, and why the rest can't be. */
function renderAll(
  stage: StageDefinition,
  ofEntry: StepContext | BatchContext,
  ofProgram: StepContext | BatchContext | ServiceContext,
): { made: Made[]; missing: string[] } {
  const missing: string[] = [];
  const made = stageTemplates(stage).pieces.map((piece): Made => {
    const { of, name } = piece;
    try {
      return { of, name, text: piece.render(of === 'file' ? ofEntry : ofProgram) };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      missing.push(error.message);
      return { of, name, text: undefined };
    }
  });
  return { made, missing };
}

function environmentOf(given: Readonly<Record<string, string>>, made: readonly Made[]): Preview['env'] {
  const own = made.flatMap(({ of, name, text }) => (of === 'env' ? [[name, text] as const] : []));
  return [...new Map<string, string | undefined>([...Object.entries(given), ...own])];
}

function paramsOf(content: Content, added: ReturnType<typeof addedBefore>): Preview['params'] {
  const params = new Map(
    Object.entries(content.params).map(([name, value]) => [name, { name, value, from: 'the entry' }]),
  );
  for (const { stage, epoch, params: more } of added) {
    for (const [name, value] of Object.entries(more))
      params.set(name, { name, value, from: `${stage}.${formatEpoch(epoch)}` });
  }
  return [...params.values()];
}
