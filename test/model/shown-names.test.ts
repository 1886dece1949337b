/** Names of marks and views: what is written is read back, and nothing else is taken for one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatPosted,
  formatTimerMark,
  newPublishedLink,
  parseProductsTarget,
  parseTimerMark,
  parseViewName,
  parseViewTarget,
  productsTarget,
  viewTarget,
} from '../../src/model/name.ts';

const time = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => formatPosted(seconds * 1000));
const stage = fc.stringMatching(/^[a-z][a-z0-9_-]{0,31}$/);
const dataset = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.,+=%~-]{0,127}$/);
const number = fc.integer({ min: 0, max: 999_999_999 });

describe('names of marks and views', () => {
  it('are read back as they were written', () => {
    const mark = fc.record({ timer: stage, until: time, fired: fc.option(time, { nil: undefined }) });
    fc.assert(fc.property(mark, (one) => void expect(parseTimerMark(formatTimerMark(one))).toEqual(one)));
    fc.assert(
      fc.property(
        mark,
        time,
        (one, firing) => void expect(parseTimerMark(formatTimerMark({ ...one, firing }))).toEqual({ ...one, firing }),
      ),
    );
    const view = fc.record({ dataset, posted: time, number });
    fc.assert(fc.property(view, (one) => void expect(parseViewTarget(viewTarget(one))).toEqual(one)));
    fc.assert(
      fc.property(
        stage,
        number,
        (name, epoch) => void expect(parseProductsTarget(productsTarget(name, epoch))).toEqual({ stage: name, epoch }),
      ),
    );
  });

  it('fit into a file name, and are hidden where they are in the making', () => {
    const view = fc.record({ dataset, posted: time, number });
    fc.assert(
      fc.property(view, (one) => {
        const file = newPublishedLink(one).split('/')[1] ?? '';
        return file.startsWith('.') && file.length <= 255;
      }),
    );
  });

  it.each([
    'nightly',
    'nightly.20261130T020000',
    'nightly.20261130T020000.ever',
    'Nightly.20261130T020000.never',
    'nightly.20261330T020000.never',
    'nightly.20261130T020000.never.never',
    'nightly.20261130T020000.never.20261130T020000.x',
  ])('%s is no mark', (file) => expect(parseTimerMark(file)).toBeUndefined());

  it.each(['.view.1', '.view.001.no', '.view.001.ok.x', 'view.001', '.view.x01', '.view.0000000001'])(
    '%s is no view',
    (file) => expect(parseViewName(file)).toBeUndefined(),
  );

  it.each([
    'products/x/20261121T120000/.view.001',
    '../products/x/20261121T120000/.view.001/',
    '../products/x/20261121T120000/.view.001.ok',
    '../products/.x/20261121T120000/.view.001',
    '../../products/x/20261121T120000/.view.001',
    '../products/x/yesterday/.view.001',
    '/etc',
  ])('%s is no target of a commit', (target) => expect(parseViewTarget(target)).toBeUndefined());

  it.each(['a.001', '../a', '../a.1', '../A.001', '../a.001/x', '../../a.001'])('%s is no link to products', (target) =>
    expect(parseProductsTarget(target)).toBeUndefined(),
  );
});
