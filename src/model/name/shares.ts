/**
 * Names of what is shared out: tokens of the board's limits, and what the steps of a host have reserved of it. Paths are
 * relative to the board's folder. Pure.
 */
import { isProcessId } from './fields.ts';
import { hostField } from './files.ts';

export const LIMITS_FOLDER = 'limits';

const LIMIT_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

export function isLimitName(text: string): boolean {
  return LIMIT_NAME.test(text);
}

/** One of a limit's places, from 1. */
export interface TokenName {
  readonly limit: string;
  readonly place: number;
}

/** No name has a greater one. */
export const LAST_PLACE = 999_999;

export function tokenPath({ limit, place }: TokenName): string {
  return `${LIMITS_FOLDER}/${limit}.${place}`;
}

/** Reads a name in `limits/`; undefined for a foreign one. */
export function parseToken(file: string): TokenName | undefined {
  const [limit = '', digits = '', ...more] = file.split('.');
  if (more.length > 0 || !isLimitName(limit) || !/^[1-9]\d{0,5}$/.test(digits)) return undefined;
  return { limit, place: Number(digits) };
}

/** Of all hosts: beside the boards, for all of them share a host. */
export const RESERVATIONS_FOLDER = '../.hosts';

/**
 * The folder of one host's reservations, beside the boards: all boards of a home share the host. `mark` tells kernels and
 * their pid name spaces apart.
 */
export function hostFolder(host: string, mark: string): string {
  return `${RESERVATIONS_FOLDER}/${hostField(host)}.${mark}`;
}

/** What one step has reserved, all in the name: one readdir adds them up. */
export interface ReservationName {
  /** Of the stage process. */
  readonly process: string;
  /** Which of its reservations; 0: the one place of a host where room is kept for a step that waits. */
  readonly number: number;
  readonly milliCpus: number;
  readonly memoryMb: number;
  readonly pid: number;
  /** Start time of the pid in clock ticks; empty where it is not known. */
  readonly startTicks: string;
}

/** `k3f1.7.2000mcpu.8192mb.12345-998877` */
export function formatReservation(name: ReservationName): string {
  const { process, number, milliCpus, memoryMb, pid, startTicks } = name;
  return `${process}.${number}.${milliCpus}mcpu.${memoryMb}mb.${pid}-${startTicks}`;
}

const RESERVATION = /^([a-z0-9]{4})\.(\d{1,12})\.(\d{1,9})mcpu\.(\d{1,9})mb\.(\d{1,10})-(\d*)$/;

export function parseReservation(file: string): ReservationName | undefined {
  const [, process = '', number, milliCpus, memoryMb, pid, startTicks = ''] = RESERVATION.exec(file) ?? [];
  if (!isProcessId(process)) return undefined;
  return {
    process,
    number: Number(number),
    milliCpus: Number(milliCpus),
    memoryMb: Number(memoryMb),
    pid: Number(pid),
    startTicks,
  };
}
