import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { KEY_DOCS } from '../../src/definitions/schema-doc.ts';
import { homeOf } from '../definitions/home.ts';
import { blocksOf, codeOf, filesOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/pipelines.md');

describe('docs/pipelines.md', () => {
  it.each(['pipeline', 'stage'] as const)('lists exactly the keys of a %s, with form and default', (file) => {
    const rows = rowsBelow(PAGE, `Keys of a ${file}`).map(([key, form, fallback]) => [codeOf(key), form, fallback]);
    const shown = (value: string | undefined) =>
      value === undefined ? '**required**' : value === '-' ? '—' : `\`${value}\``;
    const keys = KEY_DOCS.filter((doc) => doc.file === file).map((doc) => [doc.key, doc.form, shown(doc.default)]);
    expect(rows).toEqual(keys);
  });

  it('lists exactly the keys of an engine in docs/engines.md', () => {
    const rows = rowsBelow(readPage('docs/engines.md'), 'Keys of an engine').map((row) => [
      codeOf(row[0] ?? ''),
      ...row.slice(1),
    ]);
    const shown = (value: string | undefined) =>
      value === undefined || / /.test(value) || value.endsWith("'s") ? value : `\`${value}\``;
    const docs = KEY_DOCS.filter((doc) => doc.file === 'engine');
    expect(rows).toEqual(docs.map((doc) => [doc.key, doc.form, shown(doc.default), doc.meaning]));
  });

  it('lists exactly the keys of a site in docs/transfers.md', () => {
    const rows = rowsBelow(readPage('docs/transfers.md'), 'Keys of a site').filter(
      ([key]) => key?.startsWith('`') && key !== '`rsync`',
    );
    const shown = (value: string | undefined) => {
      if (value === undefined) return '**required**';
      if (value === '-') return '—';
      return / /.test(value) || value.endsWith("'s") ? value : `\`${value}\``;
    };
    const docs = KEY_DOCS.filter((doc) => doc.file === 'site').map((doc) => [
      doc.key,
      doc.form,
      shown(doc.default),
      doc.meaning,
    ]);
    expect(rows.slice(0, docs.length).map(([key, ...row]) => [codeOf(key), ...row])).toEqual(docs);
  });

  it('has examples without a fault', () => {
    const files = Object.fromEntries([...filesOf(PAGE)].filter(([path]) => !path.endsWith('/bad.yaml')));
    expect(Object.keys(files)).toEqual(['pipelines/survey.yaml', 'stages/calibrate.yaml']);
    const others = ['verify', 'detect', 'preview', 'archive'].map((stage) => [
      `stages/${stage}.yaml`,
      `stage: ${stage}\ncommand: [run]\nproducts: true\n`,
    ]);
    const { faults } = loadHome(homeOf({ ...files, ...Object.fromEntries(others) }));
    expect(faults.map(formatFault)).toEqual([]);
  });

  it('shows faults as they are said', () => {
    const said = blocksOf(PAGE).find(({ heading, language }) => heading === 'Common faults' && language === '');
    // The first line of a file in the docs only says its path.
    const bad = [...filesOf(PAGE)].filter(([path]) => path.endsWith('/bad.yaml'));
    const files = Object.fromEntries(
      bad.map(([path, text]) => [path, text.replace(/^# .*\n/, path.startsWith('stages') ? 'stage: bad\n' : '')]),
    );
    const { faults } = loadHome(homeOf(files));
    expect(`${faults.map(formatFault).join('\n')}\n`).toBe(said?.text);
  });
});
