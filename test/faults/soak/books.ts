/** How many lines of each event the journals have: too many to be held. */
import fs from 'node:fs';
import { boardPath, list } from '../../helpers/home.ts';

export function eventCounts(home: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const day of list(home, 'journal')) {
    for (const file of list(home, `journal/${day}`)) {
      const text = fs.readFileSync(boardPath(home, `journal/${day}/${file}`), 'latin1');
      for (const [, event = ''] of text.matchAll(/"event":"([a-z]+)"/g))
        counts.set(event, (counts.get(event) ?? 0) + 1);
    }
  }
  return counts;
}
