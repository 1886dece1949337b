import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBoard } from '../../src/board/board.ts';
import { loadPipeline } from '../../src/definitions/load.ts';
import type { SlotScratch } from '../../src/process/scratch.ts';
import { SpareSlots } from '../../src/process/spare-slots.ts';
import { makeHome } from '../helpers/home.ts';

it('has as many slots as it was told last, once steps that are too many have ended', () => {
  const home = makeHome({ a: 'command: [/bin/true]' });
  const board = createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const act = fc.oneof(fc.constantFrom('take', 'giveBack'), fc.integer({ min: 1, max: 6 }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(act, { maxLength: 40 }), (first, acts) => {
      const spare = new SpareSlots(board, first);
      const busy: SlotScratch[] = [];
      let size = first;
      for (const one of acts) {
        if (typeof one === 'number') {
          size = one;
          spare.resize(size, 0);
        } else if (one === 'take') {
          const scratch = spare.take();
          expect(scratch === undefined).toBe(busy.length >= size);
          if (scratch !== undefined) busy.push(scratch);
        } else {
          const scratch = busy.pop();
          if (scratch !== undefined) spare.giveBack(scratch);
        }
        expect(spare.free).toBe(Math.max(0, size - busy.length));
      }
      spare.resize(1, 1);
      expect(spare.free).toBeGreaterThanOrEqual(busy.length === 0 ? 1 : 0);
      spare.close();
    }),
  );
});

it('leaves a free one that is spoken for', () => {
  const home = makeHome({ a: 'command: [/bin/true]' });
  const spare = new SpareSlots(createBoard(home, 'b', loadPipeline(home, 'p').pipeline), 2);
  const running = spare.take();
  spare.resize(1, 1);
  expect(spare.free).toBe(1);
  const next = spare.take();
  if (running === undefined || next === undefined) throw new Error('no slot');
  spare.giveBack(running);
  expect(spare.free).toBe(0);
  spare.giveBack(next);
  expect(spare.free).toBe(1);
});
