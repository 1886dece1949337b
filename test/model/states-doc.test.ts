/** `docs/states.md` is written by hand; its tables agree with the code. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CELLS, FORWARD, MAY_BECOME, ROWS, type Row } from '../../src/model/cells.ts';
import { type Letter, MEANINGS } from '../../src/model/letters.ts';
import { type Event, type EventType, transition } from '../../src/model/transition.ts';
import { chain, entry } from './rules.ts';

const DOC = readFileSync(new URL('../../docs/states.md', import.meta.url), 'utf8');

/** The table under a heading, as cells; the first row is its head. */
function tableUnder(heading: string): string[][] {
  const section = DOC.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('|---'));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const rowOf = (cell: string): Row => (cell === '`1`…`9`' ? 'digit' : (cell.replaceAll('`', '') as Row));
const letterOf = (row: Row): Letter => (row === 'digit' ? '1' : row);

describe('docs/states.md', () => {
  it('has every letter, with its word, its meaning and what it may become', () => {
    const [, ...rows] = tableUnder('The letters');
    expect(rows.map(([letter = '']) => rowOf(letter))).toEqual(ROWS);
    for (const [cell = '', word, meaning, become = ''] of rows) {
      const { word: known, text } = MEANINGS[letterOf(rowOf(cell))];
      expect([word, meaning]).toEqual([known, text.replace('after 1 failed try', 'after that many failed tries')]);
      // From `e` a person changes nothing: it is refused before its letters are looked at.
      const wanted = rowOf(cell) === 'e' ? '' : MAY_BECOME[rowOf(cell)];
      expect([...become.replaceAll(/[` ]/g, '')].sort()).toEqual([...wanted].sort());
    }
  });

  it('has every cell of the state machine', () => {
    const [[, ...events] = [], ...rows] = tableUnder('Letter and event');
    // `set` is the first table.
    expect([...events, 'set'].sort()).toEqual(Object.keys(CELLS).sort());
    expect(rows.map(([letter = '']) => rowOf(letter))).toEqual(ROWS);
    for (const [head = '', ...cells] of rows) {
      const row = rowOf(head);
      const name = entry(`c${letterOf(row)}_${row === 'p' || row === 'e' ? '@2-k3f1-9-1' : ''}`);
      for (const [at, cell] of cells.entries()) {
        const type = events[at] as EventType;
        const made = { type, column: 1, process: 'k3f1', cause: 'o', products: false, to: 0 } as unknown as Event;
        const result = transition(name, made, chain(3));
        const first = !result.ok && result.finishFirst === 1;
        expect([row, type, cell]).toEqual([row, type, result.ok ? result.name.letters[1] : first ? 'first' : '·']);
        if (row !== 'e') expect([row, type, cell === '·']).toEqual([row, type, CELLS[type][row] !== true]);
      }
    }
  });

  it('has every sentence with which a command refuses', () => {
    const [[, ...verbs] = [], ...rows] = tableUnder('Why a command refuses');
    expect(verbs).toEqual(['hold', 'release', 'skip', 'repipe']);
    expect(rows.map(([letter = '']) => rowOf(letter))).toEqual(ROWS);
    for (const [head = '', ...cells] of rows) {
      for (const [at, cell] of cells.entries()) {
        const known = CELLS[verbs[at] as EventType][rowOf(head)];
        expect([head, verbs[at], cell]).toEqual([head, verbs[at], known === true ? '' : known]);
      }
    }
    expect(CELLS.hold.e).toBe(FORWARD);
  });

  it('has the folders in the order in which they count', () => {
    const [, ...rows] = tableUnder('The folders');
    expect(rows.map(([, folder]) => folder)).toEqual([
      '`done/<day>/`',
      '`queue/`',
      '`active/`',
      '`gather/`',
      '`failed/`',
      '`held/`',
    ]);
  });
});
