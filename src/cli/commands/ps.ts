/** `slate ps`: the stage processes of a board, as they say of themselves. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { hostRows } from '../../board/hosts.ts';
import { JobReader } from '../../board/job-reader.ts';
import type { JobRow } from '../../board/job-rows.ts';
import { type ProcessRow, processRows } from '../../board/processes.ts';
import { hereOf, runningSteps, type StatusContent, type StatusFile } from '../../board/status.ts';
import { formatMemory } from '../../model/demand.ts';
import { formatDuration } from '../../model/duration.ts';
import { act, type Run, subcommand } from '../command.ts';
import { EXIT } from '../exit.ts';
import { hostJson, hostLines, machineLines } from '../host-lines.ts';
import { jobJson, processJobLines } from '../job-lines.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';

const MOST_NAMED = 20;

export function registerPs(program: Command, run: Run): void {
  const command = subcommand(program, 'ps', 'the stage processes of the board, and what they are doing');
  act(command, run, async (session) => {
    const board = session.board();
    const rows = processRows(board);
    const jobs = await new JobReader(board).read();
    if (session.json) {
      const hosts = hostRows(board, rows).map(hostJson);
      const processes = rows.map((row) => processJson(row, jobs, board.now()));
      session.out.json({ schemaVersion: 1, board: board.name, processes, hosts });
    } else tell(session, board, livingFirst(rows), jobs);
    return EXIT.ok;
  });
}

/** The dead stay for a while: after those that somebody may want to do something with. */
function livingFirst(rows: readonly ProcessRow[]): ProcessRow[] {
  return [...rows].sort((a, b) => Number(a.isDead) - Number(b.isDead));
}

function processJson(
  { status, beatMs, isSilent, isDead }: ProcessRow,
  jobs: readonly JobRow[],
  nowMs: number,
): Record<string, unknown> {
  const { name, content } = status;
  const own = jobs.filter(({ process }) => process === name.id).map((job) => jobJson(job, nowMs));
  return {
    id: name.id,
    host: name.host,
    pid: name.pid,
    order: name.order,
    state: isDead ? 'dead' : (content?.state ?? null),
    stages: content?.stages ?? name.stages,
    slots: content?.slots ?? null,
    kept: content?.kept === true,
    busy: isDead ? 0 : content === undefined ? null : hereOf(content),
    ...(isDead || content?.away === undefined ? {} : { away: content.away }),
    done: content?.done ?? null,
    failed: content?.failed ?? null,
    message: content?.message ?? '',
    started: content?.started ?? null,
    version: content?.version ?? null,
    rssMb: content?.rssMb ?? null,
    load1: content?.load1 ?? null,
    budget: content?.budget ?? null,
    used: isDead ? null : (content?.used ?? null),
    waits: isDead ? '' : (content?.waits ?? ''),
    heartbeatSeconds: beatMs === undefined ? null : Math.round(beatMs / 100) / 10,
    silent: isSilent,
    roles: isDead ? [] : (content?.roles ?? []),
    entries: isDead ? [] : (content?.entries ?? []),
    services: isDead ? [] : (content?.services ?? []),
    ...(own.length === 0 ? {} : { jobs: own }),
  };
}

function tell(session: Session, board: Board, rows: readonly ProcessRow[], jobs: readonly JobRow[]): void {
  const known = hostRows(board, rows);
  const hosts = hostLines(known.filter(({ isListed }) => isListed));
  if (rows.length === 0) {
    const down = known
      .filter(({ isDown }) => isDown)
      .map(({ host }) => `${host} is down: 'slate up --host ${host}' ends that`);
    session.say(
      `no stage process serves board ${board.name}: ${down.length > 0 ? down.join('; ') : "'slate run' starts one"}`,
    );
    const machines = machineLines(known);
    for (const line of [...machines, ...(hosts.length > 0 ? ['', ...hosts] : [])]) session.out.line(line);
    return;
  }
  const right = { align: 'right' as const };
  // Only where stages say what they need.
  const hasBudgets = rows.some(({ status }) => status.content?.budget !== undefined);
  const lines = formatTable(
    [
      { head: 'ID' },
      { head: 'HOST' },
      { head: 'PID', ...right },
      { head: 'ORDER' },
      { head: 'STATE' },
      { head: 'BUSY', ...right },
      { head: 'DONE', ...right },
      { head: 'FAILED', ...right },
      { head: 'BEAT', ...right },
      ...(hasBudgets
        ? [
            { head: 'CPUS', ...right },
            { head: 'MEMORY', ...right },
          ]
        : []),
      { head: 'STAGES' },
      { head: 'NOW' },
    ],
    rows.map(({ status: { name, content }, beatMs, isSilent, isDead }) => [
      name.id,
      name.host,
      String(name.pid),
      name.order,
      isDead ? 'dead' : (content?.state ?? '?'),
      content === undefined ? '' : busyText(content, isDead),
      String(content?.done ?? ''),
      String(content?.failed ?? ''),
      beatMs === undefined ? '?' : `${formatDuration(beatMs)}${isSilent ? '!' : ''}`,
      ...(hasBudgets ? shareTexts(content) : []),
      (content?.stages ?? name.stages).join(','),
      isDead ? '' : nowText(content, jobs),
    ]),
  );
  for (const line of lines) session.out.line(line);
  for (const line of serviceLines(rows)) session.out.line(line);
  for (const line of processJobLines(jobs, board.now())) session.out.line(line);
  for (const line of ['', ...machineLines(known)]) session.out.line(line);
  if (hosts.length > 0) for (const line of ['', ...hosts]) session.out.line(line);
  const silent = rows.filter(({ isSilent }) => isSilent).length;
  if (silent > 0) {
    session.say(
      `${silent} silent for longer than a lease (${formatDuration(board.leaseMs)}): 'slate sweep --wait' looks closer`,
    );
  }
}

/** `3/4` slots, or `3/4+120` with the jobs of engines beside them. */
function busyText(content: StatusContent, isDead: boolean): string {
  const away = isDead || content.away === undefined ? '' : `+${content.away}`;
  return `${isDead ? 0 : hereOf(content)}/${content.slots}${away}`;
}

/** A second table, if there is anything for it: the services of all of them. */
function serviceLines(rows: readonly ProcessRow[]): string[] {
  const cells = rows.flatMap(({ status: { name, content }, isDead }) =>
    (isDead ? [] : (content?.services ?? [])).map(({ stage, place, pid, state, served, deaths, rssMb }) => [
      name.id,
      `${stage} ${place}`,
      pid === null ? '' : String(pid),
      state,
      String(served),
      String(deaths),
      rssMb === null ? '' : `${rssMb} MB`,
    ]),
  );
  if (cells.length === 0) return [];
  const right = { align: 'right' as const };
  const heads = [
    { head: 'ID' },
    { head: 'SERVICE' },
    { head: 'PID', ...right },
    { head: 'STATE' },
    { head: 'SERVED', ...right },
    { head: 'DEATHS', ...right },
    { head: 'MEMORY', ...right },
  ];
  return ['', ...formatTable(heads, cells)];
}

/** `2/8` cores and `4 GB/16 GB`: what its own steps have, of what its host has. */
function shareTexts(content: StatusFile['content']): [cpus: string, memory: string] {
  const { budget, used } = content ?? {};
  if (budget === undefined || used === undefined) return ['', ''];
  return [`${used.cpus}/${budget.cpus}`, `${formatMemory(used.memoryMb)}/${formatMemory(budget.memoryMb)}`];
}

function nowText(content: StatusFile['content'], jobs: readonly JobRow[]): string {
  if (content === undefined) return '';
  // Of hundreds of jobs the numbers below tell more.
  if (content.message === '' && jobs.length > MOST_NAMED && content.entries.length > MOST_NAMED)
    return `${content.entries.length} steps`;
  const roles = (content.roles ?? []).map((role) => `[${role}]`);
  const steps = runningSteps(content.entries).map(({ first, text }) => `${text}:${first.stage}`);
  const running = [...roles, ...steps].join(' ');
  const { message = '', waits = '' } = content;
  return [message === '' ? running : message, waits].filter((text) => text !== '').join('; ');
}
