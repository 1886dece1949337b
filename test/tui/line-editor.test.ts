import { describe, expect, it } from 'vitest';
import {
  complete,
  cycle,
  EDITING,
  type Editor,
  edit,
  editorOf,
  HISTORY,
  insert,
  paintEditor,
  paste,
} from '../../src/tui/line-editor.ts';
import { Look } from '../../src/tui/look.ts';
import { Surface } from '../../src/tui/surface.ts';

/** A line with `|` where the cursor is. */
function at(line: string): Editor {
  const cursor = line.indexOf('|');
  return { ...editorOf(line.replace('|', '')), cursor };
}

function shown({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

describe('edit', () => {
  it.each([
    ['editLeft', 'ab|c', 'a|bc'],
    ['editLeft', '|abc', '|abc'],
    ['editLeft', 'a漢|b', 'a|漢b'],
    ['editLeft', 'e\u0301|x', '|e\u0301x'],
    ['editLeft', 'a👩‍👩‍👧|', 'a|👩‍👩‍👧'],
    ['editRight', 'a|bc', 'ab|c'],
    ['editRight', 'abc|', 'abc|'],
    ['editRight', '|🇨🇭x', '🇨🇭|x'],
    ['editHome', 'ab|c', '|abc'],
    ['editEnd', 'a|bc', 'abc|'],
    ['editWordLeft', 'one two|', 'one |two'],
    ['editWordLeft', 'one two |', 'one |two '],
    ['editWordLeft', 'state:held|', 'state:|held'],
    ['editWordLeft', '|one', '|one'],
    ['editWordRight', '|one two', 'one| two'],
    ['editWordRight', 'one| two', 'one two|'],
    ['editWordRight', '|état x', 'état| x'],
    ['editBackspace', 'ab|c', 'a|c'],
    ['editBackspace', '|abc', '|abc'],
    ['editBackspace', 'a😀|b', 'a|b'],
    ['editDelete', 'a|bc', 'a|c'],
    ['editDelete', 'abc|', 'abc|'],
    ['editDelete', '|e\u0301x', '|x'],
    ['editDeleteWord', 'state:held cause:x2|', 'state:held |'],
    ['editDeleteWord', 'one two  |x', 'one |x'],
    ['editDeleteWord', '|one', '|one'],
    ['editDeleteBefore', 'one |two', '|two'],
    ['editDeleteAfter', 'one |two', 'one |'],
  ])('%s: %s → %s', (action, before, after) => {
    const next = edit(at(before), action);
    expect(next === undefined ? undefined : shown(next)).toBe(after);
  });

  it('knows all actions of its tables, and no other', () => {
    for (const { action } of [...EDITING, ...HISTORY]) expect(edit(editorOf('x', ['y']), action)).toBeDefined();
    expect(edit(editorOf('x'), 'down')).toBeUndefined();
  });
});

describe('insert and paste', () => {
  it.each([
    ['a|c', 'b', 'ab|c'],
    ['|', '漢字', '漢字|'],
    ['a|', '\u001b]0;x\u0007', 'a]0;x|'],
    ['a|', '', 'a|'],
  ])('%s with %j → %s', (before, text, after) => {
    expect(shown(insert(at(before), text))).toBe(after);
  });

  it.each([
    ['one\ntwo', 'one two'],
    ['one\r\ntwo\r\n', 'one two'],
    ['one\n\n\ttwo', 'one two'],
    ['\u0003x\u009b2J', 'x2J'],
  ])('%j is pasted as %j', (text, line) => {
    expect(paste(editorOf(), text).text).toBe(line);
  });

  it('takes no more than a line can be', () => {
    const full = paste(editorOf(), 'x'.repeat(100_000));
    expect(full.text.length).toBe(4096);
    expect(insert(full, 'y')).toBe(full);
  });
});

describe('history', () => {
  const history = ['first', 'second'];
  const run = (editor: Editor, ...actions: string[]): Editor =>
    actions.reduce((now, action) => edit(now, action) ?? now, editor);

  it.each([
    [['editEarlier'], 'second|'],
    [['editEarlier', 'editEarlier'], 'first|'],
    [['editEarlier', 'editEarlier', 'editEarlier'], 'first|'],
    [['editEarlier', 'editEarlier', 'editLater'], 'second|'],
    [['editEarlier', 'editLater'], 'new|'],
    [['editLater'], 'new|'],
  ])('%j shows %s', (actions, wanted) => {
    expect(shown(run(editorOf('new', history), ...actions))).toBe(wanted);
  });

  it('is left by typing: an earlier line becomes a new one', () => {
    const changed = insert(run(editorOf('', history), 'editEarlier'), '!');
    expect(shown(run(changed, 'editEarlier'))).toBe('second|');
    expect(shown(run(changed, 'editEarlier', 'editLater'))).toBe('second!|');
  });
});

describe('completion', () => {
  it.each([
    ['a single word with a space', 'sl|', 0, ['sleep'], 'sleep |'],
    ['a key without one', 'ca|', 0, ['cause:'], 'cause:|'],
    ['behind other words, before others', 'ls st| x', 3, ['state:'], 'ls state:| x'],
    ['no second space', 'sl| x', 0, ['sleep'], 'sleep| x'],
    ['what several share', 's|', 0, ['state:', 'stage:'], 'sta|'],
    ['nothing more than that', 'sta|', 0, ['state:', 'stage:'], 'sta|'],
    ['nothing', 'x|', 0, [], 'x|'],
  ])('%s', (_, before, start, words, after) => {
    expect(shown(complete(at(before), start, words))).toBe(after);
  });

  it('goes through the candidates in turn, both ways, and ends with any other key', () => {
    const words = ['state:', 'stage:'];
    const listed = complete(at('ls s|'), 3, words);
    expect(listed.completion).toEqual({ start: 3, words, index: -1 });
    const first = cycle(listed, 1);
    expect(shown(first)).toBe('ls state:|');
    expect(shown(cycle(first, 1))).toBe('ls stage:|');
    expect(shown(cycle(cycle(first, 1), 1))).toBe('ls state:|');
    expect(shown(cycle(listed, -1))).toBe('ls stage:|');
    expect(insert(first, 'x').completion).toBeUndefined();
    expect(edit(first, 'editLeft')?.completion).toBeUndefined();
  });
});

describe('paintEditor', () => {
  const look = new Look({ isAscii: false, hasColor: false, showLetters: false });
  const paint = (line: string, cells = 10): string => {
    const surface = new Surface(cells + 2, 1);
    surface.canvas.fill('#');
    paintEditor(surface.canvas, { x: 1, y: 0, cells }, at(line), look, { isFocused: true });
    const x = surface.cursor?.x ?? -1;
    const chars = surface.chars.map((char, column) => (column === x ? `[${char}]` : char));
    return chars.join('');
  };

  it.each([
    ['ab|c', '#ab[c]       #'],
    ['abc|', '#abc[ ]      #'],
    ['a漢|b', '#a漢[b]      #'],
    ['012345678|', '#012345678[ ]#'],
    ['0123456789|', '#…6789[ ]    #'],
    ['|0123456789abc', '#[0]12345678…#'],
    ['01234|56789abc', '#01234[5]678…#'],
    ['0123456789abc|defghijklmn', '#…6789abc[d]…#'],
    ['x\u202e|y', '#x\\u202e[y]  #'],
  ])('%s', (line, wanted) => {
    expect(paint(line)).toBe(wanted);
  });

  it('keeps the cursor in its field, whatever stands on the line', () => {
    for (const text of ['x'.repeat(50), '漢'.repeat(40), 'a漢'.repeat(30), 'e\u0301'.repeat(40)]) {
      for (let cursor = 0; cursor <= text.length; cursor++) {
        const surface = new Surface(12, 1);
        paintEditor(surface.canvas, { x: 1, y: 0, cells: 10 }, { ...editorOf(text), cursor }, look, {
          isFocused: true,
        });
        expect(surface.cursor?.x).toBeGreaterThanOrEqual(1);
        expect(surface.cursor?.x).toBeLessThanOrEqual(10);
      }
    }
  });
});
