/** What `options` and `partition` of an engine may be, where its batch system has rules of its own for them. Pure. */
import type { EngineKind } from '../model/engine.ts';
import { refusedWord } from './engine-words.ts';

export interface OptionFault {
  /** Below the engine's name. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
}

/** Whatever of these a line of a submit description sets, jobs would be lost, or run where nobody looks for them. */
const OWN_KEYS: Readonly<Record<string, string>> = {
  executable: 'it is what runs the steps',
  transfer_executable: 'the script is on the disk that all hosts share',
  arguments: 'it is what runs the steps',
  environment: 'write `export NAME=value` in setup instead',
  env: 'write `export NAME=value` in setup instead',
  batch_name: 'a job is found by it',
  jobbatchname: 'a job is found by it',
  slatejob: 'a job is found by it',
  leave_in_queue: 'what has ended is read from the queue',
  leavejobinqueue: 'what has ended is read from the queue',
  periodic_remove: 'what would be run again is cleared away by it',
  periodicremove: 'what would be run again is cleared away by it',
  periodic_hold: 'timeout and memory of the stage, and walltime of the engine, are kept by it',
  periodichold: 'timeout and memory of the stage, and walltime of the engine, are kept by it',
  on_exit_remove: 'retries of the stage say how often it is tried',
  onexitremove: 'retries of the stage say how often it is tried',
  max_retries: 'retries of the stage say how often it is tried',
  retry_until: 'retries of the stage say how often it is tried',
  max_materialize: 'most of the engine says how many there may be',
  queue: 'the number of jobs is not known here',
};

export function optionFaults(
  kind: EngineKind,
  { partition, options }: { readonly partition?: string | undefined; readonly options: readonly string[] },
): OptionFault[] {
  if (kind !== 'htcondor') return wordFaults(kind, options);
  const faults: OptionFault[] = [];
  if (partition !== undefined) {
    const hint = `say which machines it is to have: options: ['requirements = …']`;
    faults.push({ path: ['partition'], message: 'HTCondor has no partitions', hint });
  }
  for (const [index, line] of options.entries()) {
    const path = ['options', index];
    const key = /^\s*(?:\+|my\.)?([a-z_][\w.]*)\s*=(?!=)(?!.*\\\s*$)[^\n]*$/i.exec(line)?.[1]?.toLowerCase();
    const why = key === undefined || !Object.hasOwn(OWN_KEYS, key) ? undefined : OWN_KEYS[key];
    if (key === undefined) {
      const hint = "such as 'request_disk = 2GB' or '+Project = \"hst\"'";
      faults.push({ path, message: `'${line.trim()}' is no line 'key = value' of a submit description`, hint });
    } else if (why !== undefined) {
      faults.push({ path, message: `'${key}' is what slateboard itself says to HTCondor`, hint: why });
    }
  }
  return faults;
}

function wordFaults(kind: 'slurm' | 'pbs', options: readonly string[]): OptionFault[] {
  return options.flatMap((word, index) => {
    const refused = refusedWord(kind, word, options[index + 1]);
    if (refused === undefined) return [];
    const { command, option, why } = refused;
    return [{ path: ['options', index], message: `'${option}' can't be among the options of ${command}`, hint: why }];
  });
}
