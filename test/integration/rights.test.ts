/** Several accounts on one board: real processes under real accounts, on a real disk. */
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exists } from '../../src/board/host.ts';
import { Accounts, type TestAccount, whyNoAccounts } from '../helpers/accounts.ts';
import {
  boardPath,
  entry,
  expectProved,
  journal,
  list,
  makeHome,
  onCleanup,
  slate,
  until,
  untilEntry,
} from '../helpers/home.ts';

const GROUP = 61_500;
const OTHER = 61_501;
const maker: TestAccount = { uid: 61_000, groups: [GROUP], umask: 0o077 };
const first: TestAccount = { uid: 61_001, groups: [GROUP], umask: 0o077 };
const second: TestAccount = { uid: 61_002, groups: [GROUP], umask: 0o022 };
const operator: TestAccount = { uid: 61_003, groups: [OTHER, GROUP], umask: 0o077 };
const stranger: TestAccount = { uid: 61_009, groups: [OTHER], umask: 0o022 };

const STAGES = {
  // A program that makes files for its own user alone, as mkstemp does.
  one: `command: [/bin/sh, -c, 'id -u > "$SLATE_PRODUCTS/who"; mkdir -m 700 "$SLATE_PRODUCTS/deep"; id -u > "$SLATE_PRODUCTS/deep/who"; chmod 600 "$SLATE_PRODUCTS/who" "$SLATE_PRODUCTS/deep/who"; umask']
products: true`,
  two: `command: [/bin/sh, -c, 'cat "$SLATE_IN_ONE/who" "$SLATE_IN_ONE/deep/who" && test "$SLATE_DATASET/$SLATE_EPOCH" != bad/2']`,
};

const why = whyNoAccounts();
const reason = why === undefined ? '' : ` (skipped: ${why})`;

/** A home that the maker owns, and that every account may read. */
function openHome(): { home: string; accounts: Accounts } {
  const home = makeHome(STAGES);
  fs.chmodSync(home, 0o755);
  for (const folder of ['pipelines', 'stages']) {
    fs.chmodSync(join(home, folder), 0o755);
    for (const file of fs.readdirSync(join(home, folder))) fs.chmodSync(join(home, folder, file), 0o644);
  }
  fs.chownSync(join(home, 'blackboard'), maker.uid, maker.uid);
  return { home, accounts: new Accounts(home) };
}

async function sharedBoard(): Promise<{ home: string; accounts: Accounts }> {
  const made = openHome();
  await made.accounts.ok(maker, made.home, ['create', 'b', '-p', 'p', '--lease', '3s', '--group', String(GROUP)]);
  return made;
}

interface Thing {
  readonly path: string;
  readonly stat: fs.Stats;
}

function everything(folder: string): Thing[] {
  const inner = fs.readdirSync(folder, { withFileTypes: true }).flatMap((child): Thing[] => {
    const path = join(folder, child.name);
    return child.isDirectory() ? everything(path) : [{ path, stat: fs.lstatSync(path) }];
  });
  return [{ path: folder, stat: fs.lstatSync(folder) }, ...inner];
}

/** Names, owners and modes: what a command that is refused must not change. */
function snapshot(home: string): string[] {
  return everything(join(home, 'blackboard')).map(
    // What is made in tmp/ to try the disk is removed again.
    ({ path, stat }) =>
      `${path} ${stat.uid}:${stat.gid} ${stat.mode.toString(8)} ${stat.size} ${path.endsWith('/tmp') ? '' : stat.mtimeMs}`,
  );
}

/** Ends what an agent keeps, and then the agent; it is nobody's child. */
async function endAgent(home: string): Promise<void> {
  const [host = ''] = list(home, 'hosts');
  const { mark } = JSON.parse(fs.readFileSync(boardPath(home, `hosts/${host}/agent`), 'utf8')) as {
    mark: { pid: number };
  };
  process.kill(mark.pid, 'SIGTERM');
  await until(() => !exists(mark.pid), 'the agent to end');
}

describe.skipIf(why !== undefined)(`accounts of one group share a board${reason}`, () => {
  test('under umask 077 and 022 they run each other’s steps, and an operator repipes', async () => {
    const { home, accounts } = await sharedBoard();
    await accounts.ok(operator, home, ['post', 'a', 'b', 'bad']);
    await accounts.ok(first, home, ['run', '--until-idle', '--stage', 'one']);
    const ran = await accounts.run(second, home, ['run', '--until-idle', '--stage', 'two']);
    expect([ran.code, entry(home, 'a')?.name.letters, entry(home, 'bad')?.name.letters]).toEqual([1, 'cc', 'cf']);
    await accounts.ok(operator, home, ['repipe', 'bad', '--stage', 'one', '--reason', 'again']);
    // The other way round: each goes on with what the other has made.
    await accounts.ok(second, home, ['run', '--until-idle', '--stage', 'one']);
    await accounts.ok(first, home, ['run', '--until-idle', '--stage', 'two']);
    expect(entry(home, 'bad')?.name.letters).toBe('cc');
    // Steps have the umask of the process, without the group's bits.
    const logs = list(home, 'logs/a').map((file) => fs.readFileSync(boardPath(home, `logs/a/${file}`), 'utf8').trim());
    expect(logs.sort()).toEqual(['0007', `${first.uid}\n${first.uid}`]);
    for (const { path, stat } of everything(boardPath(home))) {
      if (path.includes('/scratch/')) continue;
      const bits = stat.isDirectory() ? 0o2070 : path.includes('/products/') ? 0o040 : 0o060;
      expect([path, stat.gid, stat.mode & bits]).toEqual([path, GROUP, bits]);
      // The board was made under umask 077: nothing of it is others'.
      expect([path, stat.isDirectory() ? stat.mode & 0o002 : 0]).toEqual([path, 0]);
    }
    const owners = new Set(everything(boardPath(home)).map(({ stat }) => stat.uid));
    expect([...owners].sort()).toEqual([maker, first, second, operator].map(({ uid }) => uid));
    const checked = await accounts.run(operator, home, ['check', 'b']);
    expect([checked.code, checked.stdout]).toEqual([0, '']);
    await expectProved(home);
  });

  test('what another account has posted is retried after its backoff', async () => {
    const { home, accounts } = await sharedBoard();
    fs.writeFileSync(
      join(home, 'stages', 'one.yaml'),
      'stage: one\nshell: \'test "$SLATE_TRY" = 2 || exit 75\'\nexits: {75: retry}\nretries: 1\nbackoff: {first: 2s}\n',
    );
    await accounts.ok(operator, home, ['post', 'late']);
    const { code } = await accounts.run(first, home, ['run', '--until-idle', '--stage', 'one']);
    expect([code, entry(home, 'late')?.name.letters]).toEqual([0, 'cw']);
    const lines = journal(home).filter(({ dataset }) => dataset === 'late');
    const at = (event: string, epoch: number): number =>
      Date.parse(String(lines.find((line) => line.event === event && line.epoch === epoch)?.t));
    expect(at('claim', 2) - at('finish', 1)).toBeGreaterThan(1_700);
  });

  test('kept by an agent that one starts, and another drains', async () => {
    const { home, accounts } = await sharedBoard();
    await accounts.ok(operator, home, ['scale', 'one=1', 'two=1', '--board', 'b']);
    await accounts.ok(first, home, ['up', '--detach', '--board', 'b']);
    onCleanup(() => endAgent(home));
    await accounts.ok(operator, home, ['post', 'a', '--board', 'b']);
    await untilEntry(home, 'a', 'done', 'cc');
    await accounts.ok(operator, home, ['down', '--now', '--wait', '--board', 'b']);
    // It may not write beside the board.
    const [host = ''] = list(home, 'hosts');
    expect(fs.readFileSync(boardPath(home, `hosts/${host}/logs/.agent.log`), 'utf8')).toContain('host-started');
    const faults = everything(boardPath(home, 'hosts')).filter(({ stat }) => stat.gid !== GROUP);
    expect(faults.map(({ path }) => path)).toEqual([]);
    const checked = await accounts.run(operator, home, ['check', 'b']);
    expect(checked.stdout.split('\n').filter((line) => !line.includes('note:'))).toEqual(['']);
  });
});

describe.skipIf(why !== undefined)(`who may not${reason}`, () => {
  test('is told so before anything is changed, with what to do', async () => {
    const { home, accounts } = await sharedBoard();
    await accounts.ok(operator, home, ['post', 'a']);
    // Others may look: then only what would change something is refused.
    for (const { path, stat } of everything(boardPath(home)))
      fs.chmodSync(path, stat.mode | (stat.isDirectory() ? 0o005 : 0o004));
    const before = snapshot(home);
    for (const args of [
      ['post', 'b'],
      ['run', '--until-idle'],
      ['hold', 'a'],
      ['repipe', 'a'],
      ['set', 'k=v', 'a'],
      ['order', '--all', 'halt'],
      ['scale', 'one=1'],
      ['down'],
      ['up'],
      ['up', '--detach'],
      ['limit', 'x', '1'],
      ['sweep'],
    ]) {
      const { code, stderr, stdout } = await accounts.run(stranger, home, args);
      expect([args, code, stdout]).toEqual([args, 5, '']);
      expect(stderr).toMatch(
        /^slate: board b can't be changed by 61009, and nothing was done: .*\/blackboard\/b.* is 61000's \(group 61500, rwxrwsr-x\), and 61009 is not in group 61500: have root do 'usermod -aG 61500 61009', then log in again, or 'newgrp 61500'/,
      );
    }
    const made = await accounts.run(stranger, home, ['create', 'c', '-p', 'p']);
    expect([made.code, made.stderr]).toEqual([
      5,
      expect.stringContaining("board c can't be made, and nothing was done"),
    ]);
    const given = await accounts.run(maker, home, ['create', 'c', '-p', 'p', '--group', String(OTHER)]);
    expect([given.code, given.stderr]).toEqual([5, expect.stringContaining('61000 is not in group 61501')]);
    const mended = await accounts.run(stranger, home, ['check', 'b', '--fix']);
    expect([mended.code, mended.stderr]).toEqual([
      0,
      expect.stringMatching(/^slate: board b can't be changed by 61009: .*: of all this only the rights/),
    ]);
    for (const args of [['ls'], ['counts'], ['show', 'a'], ['ps'], ['check'], ['status'], ['history']])
      expect([args, (await accounts.run(stranger, home, args)).code]).toEqual([args, 0]);
    const dry = await accounts.run(stranger, home, ['hold', 'a', '-n']);
    expect([dry.code, dry.stdout, dry.stderr]).toEqual([
      5,
      expect.stringMatching(/^a\t/),
      expect.stringContaining("it would be refused: board b can't be changed by 61009"),
    ]);
    expect(snapshot(home)).toEqual(before);
    // What was posted under a narrow umask is the group's to read: to others no fault of the board.
    fs.chmodSync(boardPath(home, `queue/${fs.readdirSync(boardPath(home, 'queue'))[0]}`), 0o660);
    const looked = await accounts.run(stranger, home, ['check']);
    expect([looked.code, looked.stdout]).toEqual([
      0,
      expect.stringMatching(/\.a: note: can't be read by this account: .*by an account of the board's group/),
    ]);
  });

  test('sees the boards that are open to it, and is told why another is not', async () => {
    const { home, accounts } = await sharedBoard();
    await accounts.ok(maker, home, ['create', 'open', '-p', 'p']);
    for (const { path, stat } of everything(join(home, 'blackboard/open')))
      fs.chmodSync(path, stat.mode | (stat.isDirectory() ? 0o005 : 0o004));
    expect((await accounts.run(stranger, home, ['ls'])).code).toBe(0);
    const { code, stderr } = await accounts.run(stranger, home, ['ls', '--board', 'b']);
    expect([code, stderr]).toEqual([
      5,
      expect.stringMatching(/blackboard\/b is 61000's \(group 61500, rwxrws---\), and 61009 is not in group 61500/),
    ]);
  });

  test('a folder that was closed to the group is told of before a process has an id', async () => {
    const { home, accounts } = await sharedBoard();
    await accounts.ok(operator, home, ['post', 'a']);
    fs.chmodSync(boardPath(home, 'ids'), 0o2500);
    const refused = await accounts.run(first, home, ['run', '--until-idle']);
    fs.chmodSync(boardPath(home, 'ids'), 0o2770);
    fs.mkdirSync(boardPath(home, 'limits'), { mode: 0o700 });
    const late = await accounts.run(first, home, ['run', '--until-idle']);
    expect([late.code, late.stderr]).toEqual([5, expect.stringContaining("/b/limits is root's (group 61500")]);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining("have 61000 or root do 'chmod g+rwxs")]);
    expect([list(home, 'processes'), entry(home, 'a')?.name.letters]).toEqual([[], 'w_']);
  });
});

describe.skipIf(why !== undefined)(`slate check --fix${reason}`, () => {
  test('mends a board that was damaged with chmod and chgrp; the owner his part, root the rest', async () => {
    const { home, accounts } = await sharedBoard();
    await accounts.ok(operator, home, ['post', 'a', 'b']);
    await accounts.ok(first, home, ['run', '--until-idle', '--stage', 'one']);
    const damaged = (path: string, mode?: number, gid?: number): void => {
      const { uid } = fs.lstatSync(boardPath(home, path));
      if (gid !== undefined) fs.chownSync(boardPath(home, path), uid, gid);
      if (mode !== undefined) fs.chmodSync(boardPath(home, path), mode);
    };
    const [waiting = ''] = list(home, 'active');
    damaged('.', 0o755, maker.uid);
    damaged('queue', 0o700);
    damaged('logs', 0o755, OTHER);
    damaged('processes', 0o3777);
    damaged(`active/${waiting}`, 0o600, OTHER);
    damaged('products/a', 0o700, OTHER);
    const before = snapshot(home);
    const told = await accounts.run(maker, home, ['check', 'b']);
    expect(told.code).toBe(1);
    expect(told.stdout).toMatch(
      /blackboard\/b: is 61000's \(group 61000, rwxr-xr-x\), and its folders are group 61500's: 'slate check --fix' does 'chgrp 61500' and 'chmod g\+rwxs'/,
    );
    expect(told.stdout).toMatch(
      /blackboard\/b\/active: 1 file is of another group than 61500 \(active\/.*only 61003 or root can mend that/,
    );
    expect(told.stdout).toMatch(/blackboard\/b\/queue: 1 folder has no setgid bit/);
    expect(told.stdout).toMatch(/blackboard\/b\/processes: 1 folder is sticky/);
    expect(told.stdout).toMatch(/blackboard\/b\/processes: 1 folder can be changed by every account/);
    expect(snapshot(home)).toEqual(before);
    const own = await accounts.run(maker, home, ['check', 'b', '--fix']);
    expect(own.stdout).toMatch(/blackboard\/b\/queue: fixed: 1 folder has no setgid bit/);
    expect(own.stdout).toMatch(
      /blackboard\/b\/products: 1 folder is of another group.*only 61001 or root can mend that/,
    );
    const rest = await slate(home, ['check', 'b', '--fix']);
    expect([rest.code, rest.stdout]).toEqual([
      0,
      expect.stringContaining('blackboard/b/active: fixed: 1 file is of another group'),
    ]);
    const clean = await accounts.run(operator, home, ['check', 'b']);
    expect([clean.code, clean.stdout]).toEqual([0, '']);
    await accounts.ok(second, home, ['run', '--until-idle']);
    expect([entry(home, 'a')?.name.letters, entry(home, 'b')?.name.letters]).toEqual(['cc', 'cc']);
    await expectProved(home);
  });

  test('a board of one account becomes a group’s by chgrp, chmod and --fix', async () => {
    const { home, accounts } = openHome();
    await accounts.ok(maker, home, ['create', 'b', '-p', 'p', '--lease', '3s']);
    await accounts.ok(maker, home, ['post', 'a']);
    expect((await accounts.run(first, home, ['run', '--until-idle', '--board', 'b'])).code).toBe(5);
    fs.chownSync(boardPath(home), maker.uid, GROUP);
    fs.chmodSync(boardPath(home), 0o2770);
    expect((await accounts.run(maker, home, ['check', 'b', '--fix'])).code).toBe(0);
    await accounts.ok(first, home, ['run', '--until-idle']);
    expect(entry(home, 'a')?.name.letters).toBe('cc');
    await expectProved(home);
  });
});

describe.skipIf(process.geteuid?.() === 0)('without root', () => {
  test('a folder that was closed is told of before a claim', async () => {
    const home = makeHome(STAGES);
    expect((await slate(home, ['create', 'b', '-p', 'p'])).code).toBe(0);
    expect((await slate(home, ['post', 'a'])).code).toBe(0);
    fs.chmodSync(boardPath(home, 'logs'), 0o500);
    const { code, stderr } = await slate(home, ['run', '--until-idle']);
    fs.chmodSync(boardPath(home, 'logs'), 0o700);
    expect([code, stderr]).toEqual([5, expect.stringMatching(/\/logs is .* may not write there: chmod u\+rwx/)]);
    expect(entry(home, 'a')?.name.letters).toBe('w_');
  });
});
