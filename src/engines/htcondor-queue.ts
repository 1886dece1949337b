/** What HTCondor's queue says of jobs. Pure. Read with 23.9. */
import type { JobFacts, JobFault, JobState } from '../model/engine.ts';
import { jobKey } from './engine.ts';

/** By this attribute our jobs are told from others of the same user. */
export const OURS = 'SlateJob';
/** Which of our own limits has held a job: numbers as HTCondor itself has them for the same. */
export const MEMORY = 34;
export const WALLTIME = 47;

/** Waits in the hold for somebody: a user, the operator's policy. The codes 3 and 21 may be either; any other is an end. */
const HELD_BY_SOMEBODY = [1, 15, 16, 26, 27] as const;
const POLICY_OF_JOB = 3;
const POLICY_OF_NODE = 21;
const NODE_MEMORY_SUBCODE = 102;

const OWN_LIMITS: Readonly<Record<number, JobFault>> = { [MEMORY]: 'memory', [WALLTIME]: 'walltime' };
/** HTCondor's own: control groups, and `allowed_job_duration` and its like of a site's options. */
const LIMITS: Readonly<Record<number, JobFault>> = { ...OWN_LIMITS, 46: 'walltime' };

/** Undefined: it waits in the hold for somebody. */
function faultOfHold(code: number, subcode: number): JobFault | undefined {
  if ((HELD_BY_SOMEBODY as readonly number[]).includes(code)) return undefined;
  if (code === POLICY_OF_JOB) return OWN_LIMITS[subcode];
  if (code === POLICY_OF_NODE) return subcode === NODE_MEMORY_SUBCODE ? 'memory' : undefined;
  return LIMITS[code] ?? 'launch';
}

/** The same for HTCondor: the hold is an end, and nobody has to clear up after it. */
export function isEndedByHold(): string {
  const waits = [
    `member(HoldReasonCode, {${HELD_BY_SOMEBODY.join(', ')}})`,
    `(HoldReasonCode == ${POLICY_OF_JOB} && !member(HoldReasonSubCode, {${MEMORY}, ${WALLTIME}}))`,
    `(HoldReasonCode == ${POLICY_OF_NODE} && HoldReasonSubCode != ${NODE_MEMORY_SUBCODE})`,
  ];
  return `JobStatus == 5 && !(${waits.join(' || ')})`;
}

const NUMBERS = [
  // Not read, but without it condor_q takes jobs of different clusters for the same one, and shows one of them.
  'ClusterId',
  'ProcId',
  'JobStatus',
  'NumJobStarts',
  'NumShadowStarts',
  'ExitCode',
  'HoldReasonCode',
  'HoldReasonSubCode',
  'LastHoldReasonCode',
  'LastHoldReasonSubCode',
  'JobDisconnectedDate',
  'JobCurrentStartDate',
  'ResidentSetSize_RAW',
] as const;
const TEXTS = [
  'RemoteHost',
  'LastRemoteHost',
  'HoldReason',
  'LastHoldReason',
  'RemoveReason',
  'VacateReason',
  'LastRejMatchReason',
  'GlobalJobId',
] as const;

/** A job's attributes as far as they are asked for; those that it does not have are left out. */
type Ad = Partial<Readonly<Record<(typeof NUMBERS)[number], number> & Record<(typeof TEXTS)[number], string>>>;

/** What it is asked for. */
export const ATTRIBUTES: readonly string[] = [...NUMBERS, ...TEXTS];

/** `<cluster>@<schedd>`, each once, of every `GlobalJobId` that a line begins with: `<schedd>#<cluster>.<proc>#<time>`. */
export function idsOf(text: string): string[] {
  const found = text.matchAll(/^(\S+)#(\d+)\.\d+#\d+/gm);
  return [...new Set([...found].map(([, schedd, cluster]) => `${cluster}@${schedd}`))];
}

/** Of the first one. */
export function idOf(text: string): string | undefined {
  return idsOf(text)[0];
}

export function clusterOf(id: string): string {
  return id.slice(0, id.indexOf('@'));
}

export function scheddOf(id: string): string {
  return id.slice(id.indexOf('@') + 1);
}

/** @param key of a job, see `jobKey` */
export function scheddOfKey(key: string): string {
  return scheddOf(key.slice(0, key.lastIndexOf('_')));
}

/** What `condor_q` says of all jobs; nothing at all if there are none. Undefined: it was cut off. */
export function parseQueue(stdout: string): Map<string, JobState> | undefined {
  const states = new Map<string, JobState>();
  if (stdout.trim() === '') return states;
  let ads: unknown;
  try {
    ads = JSON.parse(stdout);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!Array.isArray(ads)) return undefined;
  for (const one of ads as unknown[]) {
    const ad = adOf(one);
    const id = idOf(ad.GlobalJobId ?? '');
    if (id === undefined || ad.ProcId === undefined) continue;
    const state = stateOf(ad);
    const isWaiting = state.kind === 'pending' || state.kind === 'held';
    states.set(jobKey(id, ad.ProcId), isWaiting ? state : { ...factsOf(ad), ...state });
  }
  return states;
}

/** What it no longer has is null. */
function adOf(one: unknown): Ad {
  const values = Object.entries(one ?? {}).filter(
    ([, value]) => typeof value === 'number' || typeof value === 'string',
  );
  return Object.fromEntries(values) as Ad;
}

function stateOf(ad: Ad): JobState {
  const node = nodeOf(ad.RemoteHost ?? '');
  switch (ad.JobStatus) {
    case 1:
      return idle(ad);
    case 3:
      // It is removed at once, and its processes are ended only then.
      return node === '' ? removed(ad) : { kind: 'running', node };
    case 4:
      return ended(ad);
    case 5:
      return node === '' ? held(ad) : { kind: 'running', node };
    default:
      return { kind: 'running', node };
  }
}

/** HTCondor starts a job again that has lost its node. It may run only once: what comes of it is known now. */
function idle(ad: Ad): JobState {
  if ((ad.NumJobStarts ?? 0) === 0) return { kind: 'pending', reason: ad.LastRejMatchReason?.trim() || 'idle' };
  return lost(ad);
}

function lost(ad: Ad): JobState {
  const isNode = ad.JobDisconnectedDate !== undefined;
  const where = nodeOf(ad.LastRemoteHost ?? '');
  const why = ad.VacateReason || ad.LastHoldReason || '';
  const words = `${isNode ? 'its node was lost' : 'it was put off its node'}${where === '' ? '' : ` (last on ${where})`}`;
  return { kind: 'fault', fault: isNode ? 'node' : 'preempted', reason: why === '' ? words : `${words}: ${why}` };
}

/** The second run of a job ends at once, with 0. What told the schedd of the first start may have died before it did. */
function ended(ad: Ad): JobState {
  const isSecond = Math.max(ad.NumJobStarts ?? 0, ad.NumShadowStarts ?? 0) > 1;
  return isSecond && ad.ExitCode === 0 ? lost(ad) : { kind: 'ended' };
}

function held(ad: Ad): JobState {
  const reason = ad.HoldReason ?? 'held';
  const fault = faultOfHold(ad.HoldReasonCode ?? 0, ad.HoldReasonSubCode ?? 0);
  return fault === undefined ? { kind: 'held', reason } : endedByHold(ad, fault, reason);
}

function removed(ad: Ad): JobState {
  const reason = ad.RemoveReason ?? 'removed';
  // By our own `periodic_remove`, which follows what has happened before.
  if (!reason.includes('PeriodicRemove')) return { kind: 'fault', fault: 'cancelled', reason };
  const fault = faultOfHold(ad.LastHoldReasonCode ?? 1, ad.LastHoldReasonSubCode ?? 0);
  return fault === undefined ? lost(ad) : endedByHold(ad, fault, ad.LastHoldReason ?? reason);
}

/** Time passes for a job whose node is lost, too. */
function endedByHold(ad: Ad, fault: JobFault, reason: string): JobState {
  return fault === 'walltime' && ad.JobDisconnectedDate !== undefined ? lost(ad) : { kind: 'fault', fault, reason };
}

/** `slot1_2@n1.site` runs on n1.site. */
function nodeOf(slot: string): string {
  return slot.slice(slot.indexOf('@') + 1);
}

function factsOf(ad: Ad): JobFacts {
  const node = nodeOf(ad.RemoteHost ?? ad.LastRemoteHost ?? '');
  return {
    ...(node === '' ? {} : { node }),
    ...(ad.ResidentSetSize_RAW === undefined ? {} : { peakMb: Math.ceil(ad.ResidentSetSize_RAW / 1024) }),
    ...(ad.JobCurrentStartDate === undefined ? {} : { startedMs: ad.JobCurrentStartDate * 1000 }),
  };
}
