/**
 * What this host knows of a process without asking the disk: is a pid still the process that it was. Linux only; where
 * `/proc` is not, only leases count.
 */
import fs from 'node:fs';
import { constants } from 'node:os';
import { faultKind, isGone, isSystemError } from './errors.ts';

const { ESRCH } = constants.errno;

/** Empty if it is not there, not ours to read (`hidepid`), or of a process that ends this very moment. */
function readText(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (isSystemError(error) && (Math.abs(error.errno) === ESRCH || isGone(error) || faultKind(error) === 'denied'))
      return '';
    throw error;
  }
}

/** Asks without reading: a process of another user is there although `/proc` may hide it. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return Math.abs(error.errno) !== ESRCH;
  }
}

function pidSpace(): string {
  try {
    return fs.readlinkSync('/proc/self/ns/pid');
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

/** Fields of `/proc/<pid>/stat` after the program's name, which may itself hold spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  const text = readText(`/proc/${pid}/stat`);
  return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

export interface ProcessMark {
  readonly pid: number;
  readonly bootId: string;
  readonly pidSpace: string;
  readonly startTicks: string;
}

/** Start time in clock ticks since boot; empty if there is no such process or it is a zombie. */
export function startTicks(pid: number): string {
  const fields = statFields(pid);
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return '';
  return fields[19] ?? '';
}

/** The mark of this process. */
export function ownMark(): ProcessMark {
  return {
    pid: process.pid,
    bootId: readText('/proc/sys/kernel/random/boot_id'),
    pidSpace: pidSpace(),
    startTicks: startTicks(process.pid),
  };
}

function isSameKernel(mark: ProcessMark, own: ProcessMark): boolean {
  if (own.bootId === '' || own.pidSpace === '' || mark.startTicks === '') return false;
  return mark.bootId === own.bootId && mark.pidSpace === own.pidSpace;
}

/** True if the kernel would know of the process and has no such pid: one call, which proves nothing of a pid that is there. */
export function seemsGone(mark: ProcessMark, own: ProcessMark): boolean {
  return isSameKernel(mark, own) && !exists(mark.pid);
}

/**
 * `alive` or `dead` by the kernel's word, if the mark is from this host, boot and pid name space; else `unknown`.
 */
export function askKernel(mark: ProcessMark, own: ProcessMark): 'alive' | 'dead' | 'unknown' {
  if (!isSameKernel(mark, own)) return 'unknown';
  if (statFields(mark.pid) === undefined) return exists(mark.pid) ? 'unknown' : 'dead';
  return startTicks(mark.pid) === mark.startTicks ? 'alive' : 'dead';
}
