/** Whose queue is asked, and what is with one that does not answer. */
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../src/engines/engine.ts';
import { Schedds } from '../../src/engines/htcondor-schedds.ts';
import type { JobState } from '../../src/model/engine.ts';

const ENDED: JobState = { kind: 'ended' };

/** Queues by name; undefined: this host's own. One that is missing does not answer. */
function asked(queues: Map<string | undefined, readonly string[]>) {
  const whom: (string | undefined)[] = [];
  let nowMs = 0;
  const schedds = new Schedds(
    (schedd) => {
      whom.push(schedd);
      const keys = queues.get(schedd);
      if (keys === undefined) return Promise.reject(new EngineError('Failed to connect', false));
      return Promise.resolve(new Map(keys.map((key) => [key, ENDED])));
    },
    () => nowMs,
  );
  return {
    schedds,
    whom: () => whom.splice(0),
    pass: (ms: number): void => {
      nowMs += ms;
    },
  };
}

it('asks its own alone where it has no others, told by what that says or has said', async () => {
  const { schedds, whom } = asked(new Map([[undefined, ['5@here_0']]]));
  expect((await schedds.poll(['5@here'])).get('5@here_0')).toEqual(ENDED);
  expect(whom()).toEqual([undefined]);
  const fresh = asked(new Map([[undefined, []]]));
  fresh.schedds.isOwn('5@here');
  expect((await fresh.schedds.poll(['5@here'])).get('5@here_0')).toBeUndefined();
  expect(fresh.whom()).toEqual([undefined]);
});

it('asks each other host once, and does not mistake its numbers for its own', async () => {
  const { schedds, whom } = asked(
    new Map<string | undefined, readonly string[]>([
      [undefined, ['5@here_0', '5@here_1']],
      ['there', ['5@there_0']],
    ]),
  );
  const states = await schedds.poll(['5@here', '5@there', '6@there']);
  expect(whom()).toEqual([undefined, 'there']);
  expect(states.get('5@there_0')).toEqual(ENDED);
  expect(states.get('5@there_1')).toBeUndefined();
});

it('leaves alone what is with a host that does not answer, for as long as its jobs may run without it', async () => {
  const queues = new Map<string | undefined, readonly string[]>([[undefined, ['5@here_0']]]);
  const { schedds, whom, pass } = asked(queues);
  const look = async (): Promise<unknown> => (await schedds.poll(['5@there'])).get('5@there_0');
  expect(await look()).toEqual({ kind: 'pending', reason: 'there does not answer: Failed to connect' });
  expect(whom()).toEqual([undefined, 'there']);
  // It may take long to find out: not each time.
  expect(await look()).toMatchObject({ kind: 'pending' });
  expect(whom()).toEqual([undefined]);
  pass(2_399_000);
  expect(await look()).toMatchObject({ kind: 'pending' });
  pass(61_000);
  expect(await look()).toBeUndefined();
  pass(61_000);
  queues.set('there', ['5@there_0']);
  expect(await look()).toEqual(ENDED);
  queues.delete('there');
  pass(61_000);
  expect(await look()).toMatchObject({ kind: 'pending' });
});

it('is down only where its own is', async () => {
  const { schedds } = asked(new Map([['there', []]]));
  await expect(schedds.poll(['5@there'])).rejects.toThrow('Failed to connect');
});

describe('a cancel', () => {
  const RUNNING: JobState = { kind: 'running', node: 'n1' };
  const refuse = (told: (string | undefined)[], isRefusal: boolean) => (schedd: string | undefined) => {
    told.push(schedd);
    return Promise.reject(new EngineError('not allowed', isRefusal));
  };

  it('that this host’s own queue refuses, or does not answer, is that', async () => {
    const { schedds } = asked(new Map([[undefined, []]]));
    schedds.isOwn('5@here');
    for (const isRefusal of [true, false])
      await expect(schedds.cancel('5@here', [0], refuse([], isRefusal))).rejects.toMatchObject({ isRefusal });
  });

  it.each([true, false])(
    'that failed elsewhere (refused: %s) is refused, unless nothing goes on there',
    async (how) => {
      const there = new Map<string, JobState>([
        ['5@there_0', RUNNING],
        ['5@there_1', ENDED],
      ]);
      const schedds = new Schedds(() => Promise.resolve(there));
      schedds.isOwn('5@here');
      const told: (string | undefined)[] = [];
      const failed = schedds.cancel('5@there', [0, 1], refuse(told, how));
      await expect(failed).rejects.toMatchObject({ isRefusal: true, message: 'not allowed' });
      // It has ended, or is not in the queue.
      await schedds.cancel('5@there', [1, 2], refuse(told, how));
      expect(told).toEqual(['there', 'there']);
    },
  );

  it('with a host that does not answer is refused for as long as jobs may run without it', async () => {
    const { schedds, whom, pass } = asked(new Map([[undefined, ['5@here_0']]]));
    const told: (string | undefined)[] = [];
    const silent = { isRefusal: true, message: 'there does not answer: Failed to connect' };
    await expect(schedds.cancel('5@there', [0], refuse(told, false))).rejects.toMatchObject(silent);
    // It may take long to find out: not each time.
    await expect(schedds.cancel('6@there', [0], refuse(told, false))).rejects.toMatchObject(silent);
    expect([told, whom()]).toEqual([['there'], ['there']]);
    pass(2_399_000);
    await expect(schedds.cancel('5@there', [0], refuse(told, false))).rejects.toMatchObject(silent);
    pass(61_000);
    await schedds.cancel('5@there', [0], refuse(told, false));
  });
});
