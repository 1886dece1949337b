/** The seeded defects still apply to the code as it is, and the page lists each of them. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { edited } from '../faults/mutations/build.ts';
import { MUTATIONS } from '../faults/mutations/list.ts';
import { ROOT } from '../helpers/home.ts';

const page = fs.readFileSync(join(ROOT, 'docs', 'reliability.md'), 'utf8');

test.each(MUTATIONS)('$name', ({ name, edits, invariant }) => {
  for (const edit of edits) edited(fs.readFileSync(join(ROOT, 'src', edit.file), 'utf8'), edit);
  const row = page.split('\n').find((line) => line.startsWith(`| ${name} |`));
  expect(row, 'its row in docs/reliability.md').toMatch(new RegExp(`\\| ${invariant} \\|$`));
});
