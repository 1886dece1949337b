import fs from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readPage, withoutBlocks } from './pages.ts';

function pagesBelow(folder: string): string[] {
  return fs
    .readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const PAGES = ['README.md', 'CONTRIBUTING.md', ...pagesBelow('docs')].sort();

/** As GitHub makes an anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const line of withoutBlocks(readPage(page)).split('\n')) {
    const heading = /^#{1,6} (.+?) *$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const anchor = anchorOf(heading);
    let unique = anchor;
    for (let again = 1; anchors.has(unique); again++) unique = `${anchor}-${again}`;
    anchors.add(unique);
  }
  return anchors;
}

function linksOf(page: string): string[] {
  const text = withoutBlocks(readPage(page)).replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
}

function faultOf(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!fs.existsSync(join(ROOT, target))) return `${page}: ${link}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(target).has(anchor) ? undefined : `${page}: ${link}: ${target} has no heading for it`;
}

describe('links of the documentation', () => {
  it.each(PAGES)('%s: every relative link leads to a file, every anchor to a heading', (page) => {
    const relativeLinks = linksOf(page).filter((link) => !/^[a-z]+:/.test(link));
    expect(relativeLinks.flatMap((link) => faultOf(page, link) ?? [])).toEqual([]);
  });

  it('finds links at all', () => {
    expect(linksOf('docs/internals.md').length).toBeGreaterThan(20);
    expect(faultOf('docs/internals.md', '#no-such-heading')).toContain('no heading');
    expect(faultOf('docs/internals.md', 'nowhere.md')).toContain('there is no');
  });

  it('every page of docs/ is in its index', () => {
    const linked = new Set(linksOf('docs/README.md'));
    const missing = fs
      .readdirSync(join(ROOT, 'docs'))
      .filter((file) => file.endsWith('.md') && file !== 'README.md' && !linked.has(file));
    expect(missing).toEqual([]);
  });
});
