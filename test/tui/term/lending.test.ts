import { afterEach, describe, expect, it } from 'vitest';
import { packAttr, Surface } from '../../../src/tui/surface.ts';
import { FakeJobs, type Mounted, type MountOptions, mount } from '../harness.ts';

let mounted: Mounted | undefined;

afterEach(() => {
  mounted?.close();
  mounted = undefined;
});

function open(options?: MountOptions): Mounted {
  mounted = mount(options);
  return mounted;
}

const TAKEN = { screen: 'alternate', mouse: 'none', paste: true, focus: true, raw: true };
const GIVEN_BACK = { screen: 'normal', mouse: 'none', paste: false, focus: false, raw: false };

function hello(screen: Mounted, text = 'hello'): Surface {
  const surface = new Surface(screen.terminal.cols, screen.terminal.rows);
  surface.canvas.put(0, 0, text, packAttr(9));
  screen.terminal.paint(surface);
  return surface;
}

describe('a suspended terminal', () => {
  it('is given back before the stop, and taken again after it', async () => {
    const jobs = new FakeJobs();
    const screen = open({ jobs, cols: 20, rows: 3 });
    const heard: string[] = [];
    screen.terminal.onKey(({ name }) => heard.push(name));
    screen.terminal.setMouse(true);
    hello(screen);
    screen.terminal.suspend();
    await screen.settle();
    expect(jobs.sent).toEqual(['SIGTSTP 0']);
    expect(jobs.count('SIGTSTP')).toBe(0);
    expect(screen.taken).toEqual([true, false]);
    expect(screen.modes()).toEqual(GIVEN_BACK);
    hello(screen, 'meanwhile');
    jobs.deliver('SIGCONT');
    await screen.settle();
    expect(screen.modes()).toEqual({ ...TAKEN, mouse: 'vt200' });
    expect(screen.text()).toEqual(['meanwhile', '', '']);
    await screen.type('j');
    expect(heard).toEqual(['j']);
    expect(jobs.sent).toEqual(['SIGTSTP 0', 'SIGWINCH self']);
    expect(jobs.count('SIGTSTP')).toBe(1);
    expect(screen.taken).toEqual([true, false, true]);
  });

  it('comes back by itself where nothing can stop', async () => {
    const screen = open({ cols: 20, rows: 3 });
    hello(screen);
    screen.terminal.suspend();
    await screen.settle();
    expect(screen.modes().screen).toBe('normal');
    await screen.until(() => screen.modes().screen === 'alternate', 'the terminal');
    expect(screen.line(0)).toBe('hello');
  });

  it('learns of another size', async () => {
    const jobs = new FakeJobs();
    const screen = open({ jobs });
    let resized = 0;
    screen.terminal.onResize(() => resized++);
    screen.terminal.suspend();
    await screen.settle();
    const before = screen.output.bytes.length;
    await screen.resize(50, 10);
    expect(screen.output.bytes.length).toBe(before);
    expect(resized).toBe(0);
    jobs.deliver('SIGCONT');
    expect(resized).toBe(1);
    expect([screen.terminal.cols, screen.terminal.rows]).toEqual([50, 10]);
  });

  it('was stopped from outside', async () => {
    const jobs = new FakeJobs();
    const screen = open({ jobs, cols: 20, rows: 3 });
    hello(screen);
    screen.term.write('\x1b[?1049l\x1b[?2004l');
    jobs.deliver('SIGCONT');
    await screen.settle();
    expect(screen.modes()).toEqual(TAKEN);
    expect(screen.line(0)).toBe('hello');
    jobs.deliver('SIGTSTP');
    await screen.settle();
    expect(screen.modes()).toEqual(GIVEN_BACK);
  });

  it('can be closed', async () => {
    const jobs = new FakeJobs();
    const screen = open({ jobs });
    screen.terminal.suspend();
    screen.terminal.close();
    jobs.deliver('SIGCONT');
    await screen.settle();
    expect(screen.modes()).toEqual(GIVEN_BACK);
    expect(jobs.count('SIGCONT') + jobs.count('SIGTSTP')).toBe(0);
  });
});

describe('a lent terminal', () => {
  it('belongs to the program until it ends', async () => {
    const jobs = new FakeJobs();
    const screen = open({ jobs, cols: 20, rows: 3 });
    screen.terminal.setMouse(true);
    hello(screen);
    const lent = screen.terminal.runPager(process.execPath, ['-e', '']);
    await screen.settle();
    expect(screen.terminal.isLent).toBe(true);
    expect(screen.taken).toEqual([true, false]);
    expect(screen.modes()).toEqual(GIVEN_BACK);
    const before = screen.output.bytes.length;
    hello(screen, 'meanwhile');
    await screen.resize(30, 4);
    expect(screen.output.bytes.length).toBe(before);
    jobs.deliver('SIGTSTP');
    jobs.deliver('SIGCONT');
    expect(jobs.sent).toEqual(['SIGSTOP self']);
    await lent;
    expect(screen.taken).toEqual([true, false, true]);
    await screen.settle();
    expect(screen.modes()).toEqual({ ...TAKEN, mouse: 'vt200' });
    expect(screen.text()).toEqual(['meanwhile', '', '', '']);
    expect([screen.terminal.cols, screen.terminal.rows]).toEqual([30, 4]);
  });

  it.each([
    ['is not there', ['/nonexistent/pager', 'file'], 'ENOENT'],
    ["can't be named so", [process.execPath, 'a\0b'], 'ERR_INVALID_ARG_VALUE'],
  ] as const)('comes back if the program %s', async (_, [program, arg], code) => {
    const screen = open({ cols: 20, rows: 3 });
    hello(screen);
    await expect(screen.terminal.runPager(program, [arg])).rejects.toMatchObject({ code });
    hello(screen, 'again');
    await screen.settle();
    expect(screen.modes()).toEqual(TAKEN);
    expect(screen.line(0)).toBe('again');
  });

  it('is not touched by an end that comes meanwhile, and its program is ended', async () => {
    const screen = open({ cols: 20, rows: 3 });
    const lent = screen.terminal.runPager(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
    await screen.settle();
    const before = screen.output.bytes.length;
    screen.terminal.close();
    await lent;
    await screen.settle();
    expect(screen.output.bytes.length).toBe(before);
    expect(screen.modes()).toEqual(GIVEN_BACK);
  });
});
