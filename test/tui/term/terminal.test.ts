import { afterEach, describe, expect, it } from 'vitest';
import { packAttr, Surface } from '../../../src/tui/surface.ts';
import { type Mounted, type MountOptions, mount } from '../harness.ts';

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

const count = (text: string, part: string): number => text.split(part).length - 1;

describe('the terminal', () => {
  it('is taken, painted and given back once', async () => {
    const screen = open();
    hello(screen);
    await screen.settle();
    expect(screen.modes()).toEqual(TAKEN);
    expect(screen.line(0)).toBe('hello');
    screen.terminal.setMouse(true);
    await screen.settle();
    expect(screen.modes().mouse).toBe('vt200');
    screen.terminal.close();
    screen.terminal.close();
    hello(screen, 'too late');
    screen.terminal.setMouse(false);
    screen.terminal.repaint();
    screen.terminal.suspend();
    await screen.settle();
    expect(screen.modes()).toEqual(GIVEN_BACK);
    expect(screen.screen()).not.toContain('too late');
    for (const mode of ['\x1b[?1049l', '\x1b[?2004l', '\x1b[?1004l', '\x1b[?1000l', '\x1b[?25h'])
      expect(count(screen.output.bytes, mode), mode).toBe(1);
    expect(screen.output.bytes.endsWith('\x1b[m')).toBe(true);
    expect(screen.input.isPaused()).toBe(true);
    expect(screen.taken).toEqual([true, false]);
  });

  it.each([
    ['xterm-256color', 9],
    ['tmux-256color', 9],
    ['screen-256color', 9],
    ['xterm-kitty', 9],
    ['linux', 1],
  ])('speaks to %s, whatever TERMINFO says', async (TERM, red) => {
    const { TERMINFO } = process.env;
    process.env.TERMINFO = '/nonexistent';
    try {
      const screen = open({ env: { TERM } });
      hello(screen);
      screen.terminal.setMouse(true);
      await screen.settle();
      expect(screen.text().join('')).toBe('hello');
      expect(screen.cell(0, 0).fg).toBe(red);
      screen.terminal.close();
      await screen.settle();
      expect(screen.modes()).toEqual(GIVEN_BACK);
      // Each sequence is of a kind we know, and between them stands only what was painted.
      const rest = screen.output.bytes.replace(/\x1b(?:\[\??[0-9;]*[A-Za-z]|[78=>])/g, '');
      expect(rest).toBe('hello');
    } finally {
      if (TERMINFO === undefined) delete process.env.TERMINFO;
      else process.env.TERMINFO = TERMINFO;
    }
  });

  it('asks a console for nothing that only xterm has', () => {
    const screen = open({ env: { TERM: 'linux' } });
    screen.terminal.setMouse(true);
    expect(screen.terminal.copy('text')).toBe('no clipboard');
    screen.terminal.close();
    expect(screen.output.bytes).not.toMatch(/\?(1000|1004|1006|2004|1049)|\]52/);
  });

  it('tells keys, clicks, pastes and focus, one at a time', async () => {
    const screen = open();
    const heard: unknown[] = [];
    screen.terminal.onKey(({ name }) => heard.push(name));
    screen.terminal.onMouse(({ kind, x, y }) => heard.push([kind, x, y]));
    screen.terminal.onPaste((text) => heard.push({ text }));
    screen.terminal.onFocus((isFocused) => heard.push(isFocused));
    await screen.type('j\r\x1b[B');
    await screen.wheel('down');
    await screen.click(3, 4);
    await screen.paste('q\nq');
    await screen.escape();
    await screen.type('\x1b[O🚀');
    expect(heard).toEqual([
      ...['j', 'enter', 'down', ['wheeldown', 0, 0], ['click', 3, 4], { text: 'q\nq' }],
      ...['escape', true, false, '🚀'],
    ]);
  });

  it('knows a lone escape when nothing follows', async () => {
    const screen = open();
    const heard: string[] = [];
    screen.terminal.onKey(({ name }) => heard.push(name));
    await screen.type('\x1b');
    await screen.until(() => heard.length > 0, 'the key');
    await screen.type('[A');
    expect(heard).toEqual(['escape', '[', 'A']);
  });

  it('forgets what was typed behind the key that ended it', async () => {
    const screen = open();
    const heard: string[] = [];
    screen.terminal.onKey(({ name }) => {
      heard.push(name);
      if (name === 'q') screen.terminal.close();
    });
    await screen.type('jqD\x1b');
    expect(heard).toEqual(['j', 'q']);
  });

  it('follows a new size, and paints what is beyond a surface blank', async () => {
    const screen = open({ cols: 40, rows: 10 });
    const sizes: number[][] = [];
    const old = hello(screen, 'x'.repeat(40));
    screen.terminal.onResize(() => sizes.push([screen.terminal.cols, screen.terminal.rows]));
    await screen.resize(60, 5);
    expect(sizes).toEqual([[60, 5]]);
    screen.terminal.paint(old);
    await screen.settle();
    expect(screen.line(0)).toBe('x'.repeat(40));
    await screen.resize(20, 3);
    hello(screen);
    await screen.settle();
    expect(screen.text()).toEqual(['hello', '', '']);
  });

  it('takes 80x24 where a terminal tells no size', () => {
    const screen = open({ cols: 5, rows: 5 });
    screen.output.columns = 0;
    screen.output.emit('resize');
    expect([screen.terminal.cols, screen.terminal.rows]).toEqual([80, 24]);
  });

  it('paints all of it anew when something else has written there', async () => {
    const screen = open({ cols: 20, rows: 3 });
    hello(screen);
    screen.term.write('\x1b[1;1Hgarbage\x1b[2;5Hmore');
    screen.terminal.repaint();
    await screen.settle();
    expect(screen.text()).toEqual(['hello', '', '']);
  });

  it('copies over any number of connections', () => {
    const screen = open();
    const text = 'j9abcd01q\nnäher';
    expect(screen.terminal.copy(text)).toBe('sent');
    expect(screen.output.bytes.endsWith(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`)).toBe(true);
    const before = screen.output.bytes.length;
    expect(screen.terminal.copy('x'.repeat(80_000))).toBe('too long');
    expect(screen.output.bytes.length).toBe(before);
  });

  it('copies through tmux either way', () => {
    const screen = open({ env: { TMUX: '/tmp/tmux-0/default,1,0' } });
    screen.terminal.copy('a');
    expect(screen.output.bytes.endsWith('\x1b]52;c;YQ==\x07\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\')).toBe(true);
  });

  it('that has gone takes nothing and says so once', async () => {
    const screen = open();
    let gone = 0;
    screen.terminal.onGone(() => gone++);
    screen.output.write = () => {
      throw Object.assign(new Error('write EIO'), { code: 'EIO' });
    };
    screen.output.emit('error', new Error('write EIO'));
    screen.input.destroy(new Error('read EIO'));
    await screen.until(() => gone > 0, 'the end of the input');
    hello(screen);
    screen.terminal.close();
    screen.output.emit('error', new Error('write EPIPE'));
    expect(screen.input.isRaw).toBe(false);
    expect(screen.terminal.isGone).toBe(true);
  });
});
