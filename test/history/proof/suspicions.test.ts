import { describe, expect, it } from 'vitest';
import type { JournalLine } from '../../../src/board/journal.ts';
import { Suspicions } from '../../../src/history/proof/suspicions.ts';

/** `lost k3f1`, `stop k3f1 drain`, `order k3f1 lost`. */
function line(text: string): JournalLine {
  const [event = '', process = '', word = ''] = text.split(' ');
  const more = event === 'stop' ? { reason: word } : event === 'order' ? { to: word } : {};
  const entry = event === 'lost' ? { dataset: 'x', posted: '20261121T120000', epoch: 1 } : {};
  const common = { t: '2026-11-21T12:00:00.000Z', host: 'h', by: 'm0m0', process };
  return { ...common, event: event as JournalLine['event'], ...entry, ...more };
}

function told(texts: readonly string[], alive: readonly string[] = [], isOfPart = true): string[] {
  const suspicions = new Suspicions();
  for (const text of texts) suspicions.add(line(text), isOfPart);
  return suspicions.judge(new Set(alive)).map(({ invariant, where, message }) => `${invariant} ${where}: ${message}`);
}

const SAID = 'I15 x 20261121T120000: epoch 1 was returned as lost by m0m0, and nobody had found its process k3f1 dead';

describe('a claim that was returned as lost', () => {
  it.each<[string, string[], string[]]>([
    ['of a process that was suspected, and lives', ['suspect k3f1', 'lost k3f1'], ['k3f1']],
    ['in whatever order the lines come', ['lost k3f1', 'suspect k3f1', 'stop k3f1 drain'], []],
    ['of one that was found dead, by the name of its status file', ['order k3f1 lost', 'lost k3f1'], ['k3f1']],
    ['of one that nothing more is known of: who found it may have died with that line', ['lost k3f1'], []],
    ['of one that saw that it was taken for dead', ['lost k3f1', 'stop k3f1 lost'], []],
    ['of one that failed, and left its status file', ['lost k3f1', 'stop k3f1 disk'], []],
  ])('%s', (_, texts, alive) => expect(told(texts, alive)).toEqual([]));

  it.each<[string, string[], string[]]>([
    ['of a process that lives', ['lost k3f1', 'lost k3f1'], ['k3f1']],
    ['of one that ended well', ['lost k3f1', 'stop k3f1 idle'], []],
    ['of one, while another was suspected', ['suspect zzzz', 'order k3f1 drain', 'lost k3f1', 'stop k3f1 drain'], []],
  ])('%s, and was not suspected', (_, texts, alive) => expect(told(texts, alive)).toEqual([SAID]));

  it('is judged with the part of the datasets that its own is of', () =>
    expect(told(['lost k3f1'], ['k3f1'], false)).toEqual([]));
});
