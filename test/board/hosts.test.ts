/** What is said of hosts, from a board on disk: with and without waiting for it. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { checkHosts } from '../../src/board/check-hosts.ts';
import { type HostRow, hostRows } from '../../src/board/hosts.ts';
import { loadHostRows } from '../../src/board/load-hosts.ts';
import { processRows } from '../../src/board/processes.ts';
import { formatStatusContent, type StatusContent } from '../../src/board/status.ts';
import { loadPipeline } from '../../src/definitions/load.ts';
import { makeHome } from '../helpers/home.ts';

function makeBoard(): Board {
  const home = makeHome({ a: 'command: [/bin/true]', b: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  return Board.open(home, 'b');
}

const MARK = { pid: 77, bootId: 'elsewhere', pidSpace: 'elsewhere', startTicks: '1' };

function put(board: Board, path: string, text = ''): void {
  fs.mkdirSync(board.path(path.slice(0, path.lastIndexOf('/'))), { recursive: true });
  fs.writeFileSync(board.path(path), text);
}

function putProcess(board: Board, id: string, host: string, more: Partial<StatusContent> = {}): void {
  const content = {
    ...MARK,
    host,
    started: '2026-11-21T12:00:00.000Z',
    version: '0',
    stages: ['a'],
    slots: 2,
    state: 'idle' as const,
    message: '',
    done: 0,
    failed: 0,
    rssMb: 1,
    load1: 1.5,
    entries: [],
    ...more,
  };
  put(board, `processes/${id}.run.a.77.${host}`, formatStatusContent(content, 1));
}

function putAgent(board: Board, host: string, more: Readonly<Record<string, unknown>> = {}): void {
  const content = { mark: MARK, version: '0', started: '2026-11-21T12:00:00.000Z', trouble: '', wishes: [], ...more };
  put(board, `hosts/${host}/agent`, JSON.stringify(content));
}

/** Read both ways; they say the same, but for the age of what they read. */
async function rowsOf(board: Board): Promise<HostRow[]> {
  const processes = processRows(board);
  const rows = hostRows(board, processes);
  const ageless = (all: readonly HostRow[]): unknown =>
    all.map((row) => ({ ...row, seenMs: row.seenMs !== undefined }));
  expect(ageless(await loadHostRows(board, processes, board.now()))).toEqual(ageless(rows));
  return rows;
}

describe('hosts', () => {
  it('are not what can be none: a file, a name that no host has', async () => {
    const board = makeBoard();
    for (const folder of ['ops1', 'we ird']) fs.mkdirSync(board.path(`hosts/${folder}`), { recursive: true });
    put(board, 'hosts/README');
    put(board, 'hosts/busy');
    expect((await rowsOf(board)).map(({ host, trouble }) => [host, trouble])).toEqual([['ops1', '']]);
    // Unless something runs there.
    putProcess(board, 'k3f1', 'busy');
    expect((await rowsOf(board)).map(({ host, isUnread }) => [host, isUnread])).toEqual([
      ['busy', true],
      ['ops1', false],
    ]);
    fs.rmSync(board.path('hosts/busy'));
    expect(checkHosts(board).map(({ severity, where, message }) => `${severity} ${where}: ${message}`)).toEqual([
      "fault hosts/README: can't be read: it is a file, and no folder of a host; what runs there is left as it is: move it away",
      expect.stringMatching(
        /^fault hosts\/we ird: 'we ird' is no host's name: .*: no agent looks there: move it away$/,
      ),
    ]);
  });

  it('are those with a folder and those that stage processes run on', async () => {
    const board = makeBoard();
    putProcess(board, 'k3f1', 'byhand', { facts: { cpus: 4, freeMb: 900, clockMs: -20 } });
    put(board, 'hosts/kept/a=4');
    putAgent(board, 'kept', { facts: { load1: 3, cpus: 8, freeMb: 800, clockMs: 5 } });
    fs.mkdirSync(board.path('hosts/empty'));
    expect(await rowsOf(board)).toMatchObject([
      {
        host: 'byhand',
        isListed: false,
        agent: 'none',
        isUnread: false,
        trouble: '',
        wishes: [],
        facts: { load1: 1.5, cpus: 4, freeMb: 900, clockMs: -20 },
      },
      { host: 'empty', isListed: true, agent: 'none', files: [], facts: {}, seenMs: undefined },
      {
        host: 'kept',
        isListed: true,
        agent: 'up',
        agentPid: 77,
        files: ['a=4'],
        wishes: [{ key: 'a', slots: 4, state: 'starting' }],
        facts: { load1: 3, cpus: 8, freeMb: 800, clockMs: 5 },
      },
    ]);
  });

  it('say what is known where files are of an older version, or damaged', async () => {
    const board = makeBoard();
    putAgent(board, 'h1');
    putProcess(board, 'k3f1', 'h1');
    put(board, 'hosts/h2/agent', '{"mark":');
    putAgent(board, 'h3', { facts: 'x' });
    expect((await rowsOf(board)).map(({ host, agent, facts }) => ({ host, agent, facts }))).toEqual([
      { host: 'h1', agent: 'up', facts: { load1: 1.5 } },
      { host: 'h2', agent: 'none', facts: {} },
      { host: 'h3', agent: 'up', facts: {} },
    ]);
  });

  it('that can not be read, contradict themselves or hold what is no wish are told as that', async () => {
    const board = makeBoard();
    for (const file of ['a=4', 'a=8', 'b=1', 'note.txt', 'down']) put(board, `hosts/torn/${file}`);
    fs.symlinkSync('loop', board.path('hosts/loop'));
    fs.symlinkSync('nothing', board.path('hosts/nowhere'));
    const [loop, nowhere, torn] = await rowsOf(board);
    expect(loop).toMatchObject({
      isListed: true,
      isUnread: true,
      trouble: expect.stringContaining('ELOOP'),
      wishes: [],
    });
    expect(nowhere).toMatchObject({ isListed: true, isUnread: true, trouble: expect.stringMatching(/./), wishes: [] });
    expect(torn).toMatchObject({
      isDown: true,
      files: ['down', 'a=4', 'a=8', 'b=1', 'note.txt'],
      wishes: [
        { wish: 'b=1', state: 'none' },
        { key: 'a', wish: 'a=4 a=8', slots: undefined, state: 'unclear' },
      ],
    });
    expect(torn?.foreign[0]?.[0]).toBe('note.txt');
  });

  it('were seen last when any of their files was written', async () => {
    const board = makeBoard();
    putAgent(board, 'h');
    putProcess(board, 'k3f1', 'h');
    const old = new Date(Date.now() - 3_600_000);
    fs.utimesSync(board.path('hosts/h/agent'), old, old);
    const [row] = await rowsOf(board);
    expect(row?.agent).toBe('silent');
    expect(row?.seenMs).toBeLessThan(600_000);
    fs.utimesSync(board.path('processes/k3f1.run.a.77.h'), old, old);
    expect((await rowsOf(board))[0]?.seenMs).toBeGreaterThan(3_000_000);
  });
});
