/** docs/dashboard.md tells every key of every view and layer, and every sign: it is made from the same tables. */
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Binding, KeyTable } from '../../src/tui/binding.ts';
import { bindingOf } from '../../src/tui/binding.ts';
import { GLOBAL } from '../../src/tui/global-keys.ts';
import { DOCS_LOOK, helpSections, keysMarkdown, legendSections } from '../../src/tui/layers/help-sections.ts';
import { LAYERS } from '../../src/tui/layers/layers.ts';
import { viewNamed } from '../../src/tui/registry.ts';
import { VIEWS } from '../../src/tui/view.ts';
import { ROOT } from '../helpers/home.ts';

const PAGE = join(ROOT, 'docs', 'dashboard.md');
const README = join(ROOT, 'README.md');
const SCREENS = join(ROOT, 'docs', 'screens');
/** `UPDATE_DOCS=1 npx vitest run test/tui/docs.test.ts` writes the page anew instead of comparing it. */
const isUpdating = process.env.UPDATE_DOCS === '1';

const views: KeyTable[] = VIEWS.map((name) => viewNamed(name)).map(({ title, bindings }) => ({
  title: `${title} view`,
  bindings,
}));
const layers: KeyTable[] = Object.values(LAYERS).map(({ title, bindings }) => ({ title, bindings }));
const everywhere: KeyTable = { title: 'Everywhere', bindings: GLOBAL };

function expectPart(name: string, wanted: string, file = PAGE): void {
  const page = fs.readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name.split(':')[0]} -->`];
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end, from);
  expect(from, `${begin.trim()} in the page`).toBeGreaterThanOrEqual(begin.length);
  if (isUpdating) fs.writeFileSync(file, page.slice(0, from) + wanted + page.slice(to));
  else expect(page.slice(from, to)).toBe(wanted);
}

describe('docs/dashboard.md', () => {
  it('tells every key', () => {
    const markdown = keysMarkdown(helpSections([...views, everywhere, ...layers])).replace(/^## /gm, '### ');
    expectPart('keys', markdown);
    for (const { help } of [...views, everywhere, ...layers].flatMap(({ bindings }) => bindings)) {
      expect(help).toMatch(/\w/);
    }
  });

  it('tells every sign', () => {
    const legends = legendSections(DOCS_LOOK).filter(({ head }) => head !== 'word');
    expectPart('signs', keysMarkdown(legends).replace(/^## /gm, '### '));
  });

  const shown = [PAGE, README].flatMap((file) =>
    [...fs.readFileSync(file, 'utf8').matchAll(/<!-- screen:(\S+) -->/g)].map(
      ([, name]) => [name ?? '', file] as const,
    ),
  );
  it.each(shown)('shows the screen %s as it was taken', (name, file) => {
    expectPart(`screen:${name}`, `\`\`\`\n${fs.readFileSync(join(SCREENS, `${name}.txt`), 'utf8')}\`\`\`\n`, file);
  });
});

describe('keys', () => {
  const doubles = (bindings: readonly Binding[]): string[] => {
    const keys = bindings.flatMap((binding) => binding.keys);
    return keys.filter((key, at) => keys.indexOf(key) !== at);
  };

  it.each([...views, everywhere])('of $title mean one thing each', ({ bindings }) => {
    expect(doubles(bindings)).toEqual([]);
    const actions = bindings.map(({ action }) => action);
    expect(new Set(actions).size).toBe(actions.length);
  });

  const firm = GLOBAL.filter(({ yields }) => yields !== true);

  it.each(views)('of $title leave those that mean the same everywhere alone', ({ bindings }) => {
    const taken = bindings
      .flatMap(({ keys }) => keys)
      .filter((key) => key !== 'escape' && bindingOf([firm], key) !== undefined);
    expect(taken).toEqual([]);
  });

  it('that a terminal can not tell from others are bound nowhere', () => {
    // Ctrl-H is Backspace, Ctrl-I is Tab, Ctrl-J and Ctrl-M are Enter, Ctrl-[ is Escape.
    const all = [...views, everywhere, ...layers].flatMap(({ bindings }) => bindings).flatMap(({ keys }) => keys);
    expect(all.filter((key) => /^C-[hijm[]$/.test(key))).toEqual([]);
  });
});
