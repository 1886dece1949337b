/** The dashboard on real boards: what others do shows, what is pressed happens, and what can't be read is said. */
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BigBoardOptions, makeBenchHome, makeBigBoard } from '../../../bench/big-board.ts';
import { formatName, parseName } from '../../../src/model/name.ts';
import { slateOk, tempFolder, until } from '../../helpers/home.ts';
import { show } from './support.ts';

const none = { queued: 0, done: 0, failed: 0, mixed: 0, journalLines: 0, logs: 0 };

function homeWith(options: Partial<BigBoardOptions>): string {
  const home = tempFolder('slate-app-');
  makeBenchHome(home);
  makeBigBoard({ ...none, home, name: 'b', nowMs: Date.now(), ...options });
  return home;
}

const path = (home: string, inside: string): string => join(home, 'blackboard', 'b', inside);
const list = (home: string, folder: string): string[] => fs.readdirSync(path(home, folder)).sort();

/** `mv` of an entry with some of its letters changed. */
function moveByHand(home: string, file: string, from: string, letters: string, to: string): void {
  const parsed = parseName(file);
  if (!parsed.ok) throw new Error(parsed.why);
  fs.renameSync(
    path(home, `${from}/${file}`),
    path(home, `${to}/${formatName({ ...parsed.name, letters, tags: [] })}`),
  );
}

describe('the board', () => {
  it('shows what others do to it, while the cursor stays on its entry', async () => {
    const home = homeWith({ queued: 40, failed: 3 });
    const { tty, shows } = show(home, 'b', { filter: 'state:queue' });
    await shows('40 of 43');
    await tty.type('jjj');
    const stood = /▸ (\w+)/.exec(await shows(/▸/))?.[1] ?? '';
    const files = list(home, 'queue');
    expect(parseName(files[3] ?? '')).toMatchObject({ name: { dataset: stood } });
    moveByHand(home, files[0] ?? '', 'queue', 'h____', 'held');
    moveByHand(home, files[1] ?? '', 'queue', 'h____', 'held');
    const screen = await shows('38 of 43');
    expect(screen).toContain('held 2');
    expect(screen).toContain(`▸ ${stood}`);
  });

  it('says why it can not be read, shows what it knows, and recovers', async () => {
    const home = homeWith({ queued: 5, failed: 2 });
    const { shows, tty } = show(home, 'b');
    await shows('LIVE');
    fs.renameSync(join(home, 'blackboard', 'b'), join(home, 'blackboard', 'b.away'));
    const stale = await shows(/STALE \d+s/);
    expect(stale).toContain("the board can't be read");
    expect(stale).toContain('FAILED 2');
    await tty.type('j');
    fs.renameSync(join(home, 'blackboard', 'b.away'), join(home, 'blackboard', 'b'));
    expect(await shows('LIVE')).not.toContain('STALE');
  });

  it('stands still while it is paused', async () => {
    const home = homeWith({ queued: 5 });
    const { tty, shows } = show(home, 'b');
    await shows('LIVE');
    await tty.type('p');
    await shows('PAUSED');
    const [file = ''] = list(home, 'queue');
    moveByHand(home, file, 'queue', 'h____', 'held');
    await tty.type('jk');
    expect(await shows('PAUSED')).toContain('queue 5');
    await tty.type('p');
    await shows('queue 4');
  });
});

describe('a filter', () => {
  it('counts with every key, and a faulty one leaves the last good one', async () => {
    const { tty, shows } = show(homeWith({ queued: 10, failed: 6 }), 'b');
    await shows('16 of 16');
    await tty.type('/state:failed');
    await shows('6 of 16');
    await tty.type('x');
    expect(await shows('failedx')).toContain('6 of 16');
    await tty.escape();
    await shows('16 of 16');
  });
});

describe('an action', () => {
  it('is done to the marked entries, with its reason in the journal', async () => {
    const home = homeWith({ queued: 6 });
    const { tty, shows } = show(home, 'b');
    await shows('6 of 6');
    await tty.type('  ');
    await shows('marked 2');
    await tty.type('H');
    await shows('2 entries would be held');
    await tty.type('\r');
    const dialog = await shows('2 queue at verify -> hold verify');
    expect(dialog).toMatch(/slate hold --board b \w+ \w+/);
    await tty.type('\twait for flats\r');
    await tty.type('y');
    await shows('2 held');
    expect(list(home, 'held')).toHaveLength(2);
    const [day = ''] = list(home, 'journal');
    const journal = list(home, `journal/${day}`).map((file) =>
      fs.readFileSync(path(home, `journal/${day}/${file}`), 'utf8'),
    );
    expect(journal.join('')).toMatch(/"event":"hold".*"reason":"wait for flats"/);
  });

  it('is refused for an entry that has changed since it was shown, and says so', async () => {
    const home = homeWith({ failed: 3 });
    const { app, tty, shows } = show(home, 'b');
    await shows('3 of 3');
    await tty.type('*R1');
    await shows(/3 entries|failed at/);
    await tty.escape();
    await tty.type('R\r');
    await shows('failed at calibrate -> rerun calibrate');
    const moved = list(home, 'failed').find((file) => file.includes('.cf___.')) ?? '';
    moveByHand(home, moved, 'failed', 'ccf__', 'failed');
    await until(() => app.sources.data.entries.tally.letters[1]?.get('f') === undefined, 'the change to be seen');
    await tty.type('y');
    const result = await shows('2 repiped, 1 refused');
    expect(result).toContain('changed');
    expect(list(home, 'failed')).toHaveLength(1);
  });

  it('removes nothing that has changed since it was shown', async () => {
    const home = homeWith({ queued: 2 });
    const { app, tty, shows } = show(home, 'b');
    await shows('2 of 2');
    await tty.type('X');
    await shows('remove');
    const [file = ''] = list(home, 'queue');
    moveByHand(home, file, 'queue', 'h____', 'held');
    await until(() => app.sources.data.entries.tally.states.held === 1, 'the change to be seen');
    await tty.type('y');
    await shows('0 removed, 1 refused');
    expect([list(home, 'held').length, list(home, 'removed').length]).toEqual([1, 0]);
  });

  it('finishes forward what is ending, and does it then', async () => {
    const home = homeWith({ queued: 1 });
    const [file = ''] = list(home, 'queue');
    const parsed = parseName(file);
    if (!parsed.ok) throw new Error(parsed.why);
    const claim = { kind: 'claim', column: 0, process: 'k3f1', epoch: 1, try: 1 } as const;
    const ending = formatName({ ...parsed.name, letters: 'e____', epoch: 1, tags: [claim] });
    fs.renameSync(path(home, `queue/${file}`), path(home, `active/${ending}`));
    const { tty, shows } = show(home, 'b');
    await shows('1 of 1');
    await tty.type('X');
    await shows('finished forward first');
    await tty.type('y');
    await shows('1 removed');
    expect(list(home, 'active')).toEqual([]);
  });

  it('finds what has moved while the display stood still, and ends the pause', async () => {
    const home = homeWith({ queued: 12 });
    const { tty, shows } = show(home, 'b');
    await shows('12 of 12');
    await tty.type('p');
    await shows('PAUSED');
    for (const file of list(home, 'queue')) {
      const parsed = parseName(file);
      if (parsed.ok)
        fs.renameSync(path(home, `queue/${file}`), path(home, `queue/${formatName({ ...parsed.name, rank: 11 })}`));
    }
    await tty.type('*H1');
    await shows('12 entries');
    await tty.escape();
    await tty.type('H\r');
    await shows('-> hold verify');
    await tty.type('y');
    await shows('12 held');
    expect(await shows('held 12  ')).toContain('LIVE');
  });

  it('is not done where nothing can be seen', async () => {
    const home = homeWith({ queued: 2 });
    const { tty, shows, left } = show(home, 'b');
    await shows('2 of 2');
    await tty.resize(40, 10);
    await shows('too small');
    await tty.type('Xy');
    await tty.type(':remove state:queue --yes\r');
    await tty.click(3, 5);
    expect(list(home, 'queue')).toHaveLength(2);
    await tty.type('q');
    await left;
  });

  it('is not offered to those who only look', async () => {
    const home = homeWith({ failed: 2 });
    const { tty, shows } = show(home, 'b', { isReadOnly: true });
    expect(await shows('LIVE')).toMatch(/ RO /);
    for (const key of ['H', 'R', 'X', 'P']) {
      await tty.type(key);
      expect(await shows('read-only')).not.toContain('would be');
    }
    await tty.type(':hold --all\r');
    await tty.type(':remove state:failed --yes\r');
    await shows(/exit [25]/);
    expect(list(home, 'failed')).toHaveLength(2);
  });
});

describe('a command', () => {
  it('shows what it printed, and its exit code', async () => {
    const home = homeWith({ queued: 2 });
    const { tty, shows } = show(home, 'b');
    await shows('LIVE');
    await tty.type(':ls -q\r');
    expect(await shows('─ slate ls -q')).toMatch(/│\s*j\w+q/);
    await tty.type('q');
    await tty.type(':show nothing\r');
    await shows('exit 3');
  });
});

describe('a log', () => {
  it('that is opened and closed quickly leaves no file open', async () => {
    const home = homeWith({ failed: 1, logs: 1 });
    const { tty, shows } = show(home, 'b');
    await shows('1 of 1');
    const open = (): number =>
      fs.readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return (
            fs.readlinkSync(`/proc/self/fd/${fd}`).includes(`${home}/`) &&
            /\.log$/.test(fs.readlinkSync(`/proc/self/fd/${fd}`))
          );
        } catch (error) {
          if (!(error instanceof Error && 'code' in error)) throw error;
          // It was closed while we looked.
          return false;
        }
      }).length;
    for (let nth = 0; nth < 30; nth++) await tty.type('lq');
    await tty.type('l');
    await shows('ERROR');
    await until(
      () => open() <= 1,
      () => `${open()} open logs to become one`,
    );
    await tty.type('q');
    await until(() => open() === 0, 'the last to be closed');
  });
});

describe('the output of a command', () => {
  it('waits until what lies over the view is closed', async () => {
    const home = homeWith({ queued: 2 });
    const { tty, shows } = show(home, 'b');
    await shows('2 of 2');
    await tty.type(':ls -q\r');
    await tty.type('/state:queue');
    await shows('done');
    expect(await shows('/state:queue')).not.toContain('slate ls -q ─');
    await tty.type('\r');
    await shows('─ slate ls -q');
  });

  it('may be stopped', async () => {
    const { tty, shows } = show(homeWith({ queued: 2 }), 'b');
    await shows('2 of 2');
    await tty.type(':wait\r');
    await shows('is running');
    await tty.type(':stop\r');
    await shows('stopped');
  });
});

describe('text of foreign origin', () => {
  it('reaches the terminal as text only', async () => {
    const home = homeWith({ failed: 1, logs: 1 });
    const [file = ''] = list(home, 'failed');
    const parsed = parseName(file);
    const dataset = parsed.ok ? parsed.name.dataset : '';
    const [log = ''] = list(home, `logs/${dataset}`);
    const evil =
      '\x1b]0;owned\x07\x1b[2J\x9b2J \u202egnp.exe\u202c 画像 e\u0301 👍🏽 \x07\r\nERROR \x1b[31mred\x1b[0m\n';
    fs.appendFileSync(path(home, `logs/${dataset}/${log}`), evil);
    await slateOk(home, ['hold', dataset, '--reason', '\x1b]0;owned\x07 \u202eevil', '--stage', 'detect']).catch(
      () => '',
    );
    const { tty, shows } = show(home, 'b');
    await shows('1 of 1');
    await tty.type('l');
    const screen = await shows('画像');
    expect(screen).toContain('ERROR red');
    expect(tty.output.bytes).not.toContain('owned\x07');
    await tty.type('q5');
    await shows('[5 Events]');
    expect(tty.output.bytes).not.toMatch(/\x1b\]0;|\x9b|\u202e/);
  });
});
