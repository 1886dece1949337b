/** What may come next on a command line: from commander's program, and from the board at hand. */
import type { Argument, Command, Option } from 'commander';
import { type Board, listBoards } from '../board/board.ts';
import { nodeFs } from '../board/fs.ts';
import { datasetOfFile, folderNames, foldersOf, scanBoard } from '../board/scan.ts';
import { listStatusNames } from '../board/status.ts';
import { listHosts } from '../board/wishes.ts';
import { FILTER_KEY_NAMES, stateWords } from '../model/filter.ts';
import { LIVE_FOLDERS, ORDERS } from '../model/name.ts';
import type { Session } from './session.ts';

export const MOST_DATASETS = 500;

/** @param words behind `slate`, the last one being written (maybe empty) */
export function candidates(program: Command, words: readonly string[], session: Session): string[] {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const { command, rest } = commandOf(program, before);
  const all = (): readonly string[] => {
    const waiting = optionWaiting(command, before);
    if (waiting !== undefined) return valuesOf(waiting, session);
    if (current.startsWith('-')) return optionsOf(command);
    if (command === program) return commandNames(program);
    return argumentsOf(command, positional(command, rest), current, session);
  };
  return [...new Set(all())].filter((word) => word.startsWith(current));
}

function commandNames(program: Command): string[] {
  return program.commands
    .map((command) => command.name())
    .filter((name) => !name.startsWith('_'))
    .concat('help');
}

function commandOf(program: Command, words: readonly string[]): { command: Command; rest: readonly string[] } {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word.startsWith('-')) {
      if (takesValue(program, word) && !word.includes('=')) index++;
      continue;
    }
    const command = program.commands.find((one) => one.name() === word);
    return { command: command ?? program, rest: command === undefined ? words : words.slice(index + 1) };
  }
  return { command: program, rest: words };
}

function optionNamed(command: Command, word: string): Option | undefined {
  return command.options.find((option) => option.long === word || option.short === word);
}

function takesValue(command: Command, word: string): boolean {
  return optionNamed(command, word)?.required === true;
}

function optionWaiting(command: Command, words: readonly string[]): Option | undefined {
  const option = optionNamed(command, words.at(-1) ?? '');
  return option?.required === true ? option : undefined;
}

function optionsOf(command: Command): string[] {
  return command.options
    .flatMap((option) => (option.hidden ? [] : [option.long ?? '', option.short ?? '']))
    .concat('--help')
    .filter((word) => word !== '');
}

/** How many words that are no options stand there. */
function positional(command: Command, words: readonly string[]): number {
  let number = 0;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) number++;
    else if (takesValue(command, word)) index++;
  }
  return number;
}

function valuesOf(option: Option, session: Session): readonly string[] {
  if (option.argChoices !== undefined) return option.argChoices;
  switch (option.attributeName()) {
    case 'board':
      return listBoards(session.home());
    case 'pipeline':
      return nodeFs.names(`${session.home()}/pipelines`).flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? []);
    case 'stage':
      return session.board().stages;
    case 'host':
      return listHosts(session.board());
    case 'cause':
      return causeWords(session.board());
    case 'state':
      return stateWords('entry');
    default:
      return [];
  }
}

function argumentsOf(command: Command, number: number, current: string, session: Session): readonly string[] {
  const list = command.registeredArguments;
  const argument: Argument | undefined = list[Math.min(number, list.length - 1)];
  if (argument === undefined || (number >= list.length && !argument.variadic)) return [];
  const filters = (): string[] => filterWordsFor(current, session);
  switch (`${command.name()} ${argument.name()}`) {
    case 'check board':
      return listBoards(session.home());
    case 'completion shell':
      return ['bash', 'zsh', 'fish'];
    case 'log stage':
    case 'render stage':
      return session.board().stages;
    case 'order words':
      return [...listStatusNames(session.board()).map(({ name }) => name.id), ...ORDERS];
    case 'scale wishes':
      return session.board().stages.map((stage) => `${stage}=`);
    case 'timers words':
      return number === 0 ? ['fire'] : timerNames(session);
    case 'ls filter':
    case 'counts filter':
      return filters();
    case 'wait words':
      return [...filters(), ...datasets(session.board(), current)];
    default:
      return argument.name() === 'dataset' && command.name() !== 'post' ? datasets(session.board(), current) : [];
  }
}

/** From the text: to load the definitions takes longer than a person waits for a word. */
function timerNames(session: Session): string[] {
  const file = `${session.home()}/pipelines/${session.board().config.pipeline}.yaml`;
  return [...nodeFs.read(file).content.matchAll(/\btimer:\s*['"]?([a-z][a-z0-9_-]*)/g)].map(([, name = '']) => name);
}

function filterWordsFor(current: string, session: Session): string[] {
  if (current.startsWith('state:')) return stateWords('entry').map((word) => `state:${word}`);
  if (current.startsWith('cause:')) return causeWords(session.board()).map((cause) => `cause:${cause}`);
  if (current.startsWith('stage:')) return session.board().stages.map((stage) => `stage:${stage}`);
  return FILTER_KEY_NAMES.map((key) => `${key}:`);
}

/** The causes of what has failed or is held on the board. */
function causeWords(board: Board): string[] {
  const found = new Set<string>();
  for (const { name } of scanBoard(board, ['failed', 'held', 'active']).entries) {
    for (const tag of name.tags) if (tag.kind === 'cause') found.add(tag.cause);
  }
  return [...found].sort();
}

/** Names only, as many as a person can look through; `ids/` would be one readdir of everything as well. */
function datasets(board: Board, current: string): string[] {
  const found = new Set<string>();
  for (const folder of foldersOf(board, [...LIVE_FOLDERS, 'done'])) {
    for (const file of folderNames(board, folder)) {
      const dataset = datasetOfFile(file);
      if (dataset?.startsWith(current) === true) found.add(dataset);
      if (found.size >= MOST_DATASETS) return [...found];
    }
  }
  return [...found];
}
