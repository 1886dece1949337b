import { expect, test } from 'vitest';
import { answering } from '../../../src/board/live/answering.ts';

test('one question for all who wait, a new one afterwards, and an error is an answer', async () => {
  const asked: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const answers = answering(() => new Promise<void>((resolve, reject) => asked.push({ resolve, reject })));
  const first = [answers(), answers(), answers()];
  expect(asked).toHaveLength(1);
  asked[0]?.resolve();
  await Promise.all(first);
  const second = answers();
  expect(asked).toHaveLength(2);
  asked[1]?.reject(new Error('the server is away'));
  await second;
  void answers();
  expect(asked).toHaveLength(3);
});
