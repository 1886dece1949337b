/**
 * What must hold of steps on a real batch system, whichever it is. What ran, and how often, is counted by what the jobs
 * themselves wrote.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { engineHome, jobOf, NOTE, numbered, post, ran, standing, writeEngine } from '../helpers/engine-home.ts';
import { entry, expectProved, journal, list, slate, slateOk, startRun, until } from '../helpers/home.ts';
import type { Rig } from './rig.ts';

/** @param start of a system that nobody else uses, ended with the test */
export function engineCases(name: string, start: () => Promise<Rig>): void {
  describe(name, () => {
    test('300 steps, many at a time where it can, on two nodes', async () => {
      const { kind, env, arrays, node, nodes } = await start();
      const at = await engineHome(kind, {
        a: `shell: '${NOTE}; echo ${node} >> $SLATE_HOME/nodes; echo made > $SLATE_PRODUCTS/x'\nproducts: true`,
        b: `shell: 'cat $SLATE_IN_A/x >> $SLATE_HOME/seen'`,
        c: `shell: 'echo at work'`,
      });
      await post(at, numbered(100));
      await startRun(at, ['--until-idle'], env).ended;
      expect(Object.values(standing(at))).toEqual(Array.from({ length: 100 }, () => 'done ccc'));
      expect(ran(at)).toEqual(numbered(100).map((dataset) => `${dataset}.1`));
      expect(new Set(fs.readFileSync(join(at, 'nodes'), 'utf8').trimEnd().split('\n'))).toEqual(new Set(nodes));
      expect(await slateOk(at, ['log', 'd042', 'c'])).toContain('at work');
      const submitted = journal(at).filter(({ event }) => event === 'submitted');
      expect(submitted.reduce((sum, { jobs }) => sum + Number(jobs), 0)).toBe(300);
      if (arrays) expect(submitted.length).toBeLessThan(100);
      expect(list(at, 'jobs')).toEqual([]);
      await expectProved(at);
    });

    test('exit codes, signals, walltime, a cancelled job and a dead node are told apart', async () => {
      const rig = await start();
      const up = 'touch $SLATE_HOME/up.$SLATE_DATASET; [ $SLATE_EPOCH -gt 1 ] || sleep 600';
      const at = await engineHome(rig.kind, {
        a: `timeout: ${rig.walltime}\nshell: 'case $SLATE_DATASET in two) exit 2;; killed) kill -9 $$;; slow) sleep 600;; *) ${up};; esac'`,
      });
      await post(at, ['unwanted', 'two', 'killed', 'slow', 'cancelled']);
      const run = startRun(at, [], rig.env);
      await rig.cancel(await jobOf(at, 'cancelled'));
      await rig.cancel(await jobOf(at, 'unwanted'));
      // What else runs on a node would be lost with it.
      await until(() => entry(at, 'slow')?.name.letters === 'f', 'the time limit', 150_000);
      await post(at, ['node']);
      await rig.killNode(await rig.nodeOf(await jobOf(at, 'node')));
      await until(() => standing(at).node === rig.ends.node, 'the dead node to be met', 120_000);
      run.child.kill('SIGTERM');
      await run.ended;
      expect(standing(at)).toEqual({
        unwanted: rig.ends.cancelled,
        two: 'failed f 1-x2',
        killed: 'failed f 1-s9',
        slow: 'failed f 1-t',
        cancelled: rig.ends.cancelled,
        node: rig.ends.node,
      });
      expect(await slateOk(at, ['show', 'slow'])).toMatch(rig.walltimeWords);
      await expectProved(at);
    });

    test('a process killed with 50 jobs running, and a controller that is started anew', async () => {
      const { kind, env, killController, startController } = await start();
      const at = await engineHome(kind, {
        a: `shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.2; done'`,
      });
      await post(at, numbered(50));
      const first = startRun(at, [], env);
      await until(
        () => ran(at).length === 50,
        () => `50 jobs to run; ${ran(at).length} do`,
        120_000,
      );
      first.child.kill('SIGKILL');
      await first.ended;
      const second = startRun(at, ['--until-idle'], env);
      const adopted = (): number => journal(at).filter(({ event }) => event === 'adopt').length;
      await until(() => adopted() === 50, 'all to be taken over', 60_000);
      await killController();
      await until(
        () => second.log().includes('engine-down'),
        () => `the engine to be missed\n${second.log()}`,
        120_000,
      );
      fs.writeFileSync(join(at, 'go'), '');
      await startController();
      await second.ended;
      expect(second.log()).toContain('engine-up');
      expect(Object.values(standing(at))).toEqual(Array.from({ length: 50 }, () => 'done c'));
      expect(ran(at)).toEqual(numbered(50).map((dataset) => `${dataset}.1`));
      await expectProved(at);
    });

    test('what it refuses is refused with its words, a hold cancels', async () => {
      const { kind, env, wrong, isEmpty } = await start();
      const at = await engineHome(
        kind,
        { a: `shell: '${NOTE}; touch $SLATE_HOME/up.$SLATE_DATASET; sleep 600'` },
        wrong.line,
      );
      await post(at, ['d1']);
      const refused = startRun(at, [], env);
      await until(
        () => refused.log().includes('engine-refused'),
        () => refused.log(),
        60_000,
      );
      expect(refused.log()).toMatch(wrong.words);
      const told = async (): Promise<string> => (await slate(at, ['jobs'])).stderr;
      await until(async () => (await told()).includes('refuses jobs of a'), 'it to be told beside the jobs');
      expect(await told()).toMatch(wrong.words);
      refused.child.kill('SIGTERM');
      await refused.ended;
      expect(ran(at)).toEqual([]);
      writeEngine(at, kind);
      const run = startRun(at, [], env);
      await until(() => ran(at).length === 1, 'the job to run', 60_000);
      await slateOk(at, ['hold', 'd1']);
      await until(isEmpty, 'the job to be gone', 60_000);
      run.child.kill('SIGTERM');
      await run.ended;
      expect(standing(at).d1).toContain('held h');
      await expectProved(at);
    });
  });
}
