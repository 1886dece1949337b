/** Whose queue is asked, and what is with one that does not answer. */
import { expect, it } from 'vitest';
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

it('cancels where the job is; another host may not let itself be told', async () => {
  const { schedds } = asked(new Map([[undefined, ['5@here_0']]]));
  await schedds.poll(['5@there']);
  const told: (string | undefined)[] = [];
  const refuse = (schedd: string | undefined): Promise<void> => {
    told.push(schedd);
    return Promise.reject(new EngineError('Permission denied', true));
  };
  await expect(schedds.cancel('5@here', refuse)).rejects.toThrow('Permission denied');
  await schedds.cancel('5@third', refuse);
  // It is known not to answer.
  await schedds.cancel('5@there', refuse);
  expect(told).toEqual([undefined, 'third']);
});
