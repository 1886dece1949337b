/**
 * `hosts/<host>/<stage>[+<stage>…]=<slots>`: what is wanted on a host. Empty files whose names are the wish, so that `mv`
 * changes it. Pure.
 */
import { MAX_NAME_BYTES, showText, stageNameFault } from './fields.ts';
import { hostField } from './files.ts';

export const HOSTS_FOLDER = 'hosts';
/** The mark that nothing is to run on a host, whatever its wishes say. */
export const DOWN_FILE = 'down';
/** What the host's agent says of itself. */
export const AGENT_FILE = 'agent';
/** Logs of the stage processes that the agent keeps. */
export const HOST_LOGS = 'logs';
/** Names in a host's folder that are no wishes. */
export const HOST_FILES: readonly string[] = [DOWN_FILE, AGENT_FILE, HOST_LOGS];

export const MOST_WISHED_SLOTS = 1024;
/** Room for the log's name, which is made of the same stages. */
const MOST_BYTES = MAX_NAME_BYTES - 15;

export interface Wish {
  /** As they are written; each once. */
  readonly stages: readonly string[];
  /** 0: none. */
  readonly slots: number;
}

/** A host's name as it stands on disk, or why it can't. */
export function hostFault(text: string): string | undefined {
  if (text !== '' && hostField(text) === text) return undefined;
  return `${showText(text)} is no host's name: letters, digits, '.', '_' and '-', at most 64`;
}

export function wishFolder(host: string): string {
  return `${HOSTS_FOLDER}/${hostField(host)}`;
}

/** The same for the same stages, in whatever order they are written. */
export function wishKey(stages: readonly string[]): string {
  return [...stages].sort().join('+');
}

export function formatWish({ stages, slots }: Wish): string {
  return `${stages.join('+')}=${slots}`;
}

export function wishPath(host: string, wish: Wish): string {
  return `${wishFolder(host)}/${formatWish(wish)}`;
}

export function hostLogFile(key: string): string {
  return `${key}.log`;
}

export function hostLogPath(host: string, key: string): string {
  return `${wishFolder(host)}/${HOST_LOGS}/${hostLogFile(key)}`;
}

/** The key of an agent's log beside those of stage processes: no stage is called so. */
export const AGENT_LOG = '.agent';

/** The log of an agent that runs in the background, beside the boards of the home. */
export function agentLogFile(host: string): string {
  return `.agent-${hostField(host)}.log`;
}

/** Reads a name in a host's folder. @returns the wish, or why it is none */
export function parseWish(file: string): Wish | string {
  const [text = '', slotsText, ...more] = file.split('=');
  if (slotsText === undefined || more.length > 0) return 'it is not written as STAGE=SLOTS';
  const stages = text.split('+');
  for (const stage of stages) {
    const fault = stageNameFault(stage);
    if (fault !== undefined) return fault.why;
  }
  if (new Set(stages).size < stages.length) return 'it names a stage twice';
  if (!/^(?:0|[1-9]\d{0,3})$/.test(slotsText) || Number(slotsText) > MOST_WISHED_SLOTS)
    return `${showText(slotsText)} is no number of slots: write 0 (none) to ${MOST_WISHED_SLOTS}`;
  if (file.length > MOST_BYTES) return `it is longer than ${MOST_BYTES} characters`;
  return { stages, slots: Number(slotsText) };
}
