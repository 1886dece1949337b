import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FOREIGN, HIDDEN, removeHomes, runTool, SHELLS, TestBoard, tagsOf } from './support.ts';

afterAll(removeHomes);

/** Claims of a living process, of one found dead, of one without a status file, and letters without a claim. */
function claimed(): { board: TestBoard; paths: Record<string, string> } {
  const board = new TestBoard();
  board.addProcess({
    id: 'k3f1',
    order: 'drain',
    stages: ['calibrate', 'detect'],
    pid: 101,
    host: 'node1.example.org',
  });
  board.addProcess({ id: '0dle', order: 'pause', stages: ['verify'], pid: 9_999_999_999, host: 'node-2' });
  board.addProcess({ id: 'dead', order: 'lost', pid: 7 });
  board.addProcess({ id: 'gone', order: 'lost', pid: 8 });
  for (const file of [
    'k3f1',
    'abcd.run',
    'abcd.RUN.verify.1.host',
    'abcde.run.verify.1.host',
    'abcd.run.verify.x.host',
    ...FOREIGN,
    ...HIDDEN,
  ])
    board.put('processes', file);
  // The program takes any host for one, and a tool shows it without its newline.
  board.put('processes', 'torn.run.verify.1.ho\nst.x');
  const paths = {
    one: board.add('active', { letters: 'cp___', dataset: 'one', epoch: 3, tags: tagsOf('2-k3f1-3-1') }),
    // Two branches at once, each with its own epoch; a claim that does not fit its letter; two claims of one column.
    two: board.add('active', {
      letters: 'ccep_',
      dataset: 'two',
      epoch: 12,
      tags: tagsOf('2-dead-9-1', '3-k3f1-10-2', '4-dead-11-1', '4-dead-12-10', '4-k3f1-2-1'),
    }),
    torn: board.add('active', { letters: 'p____', dataset: 'torn', epoch: 1, tags: tagsOf('1-torn-1-1') }),
    none: board.add('queue', { letters: 'p____', dataset: 'none', epoch: 1234, tags: tagsOf('1-none-1234-1') }),
    bare: board.add('failed', { letters: 'p____', dataset: 'bare', epoch: 5, tags: tagsOf('1-x2') }),
  };
  board.add('active', { letters: 'cw___', dataset: 'waits', tags: tagsOf('2-k3f1-3-1') });
  board.add('removed/2026-11-21', { letters: 'p____', dataset: 'gone', tags: tagsOf('1-k3f1-3-1') });
  return { board, paths };
}

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('under $name', ({ shell }) => {
  it('holders.sh tells what each process holds', () => {
    const { board } = claimed();
    const ran = runTool('holders.sh', [board.root], { shell });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout.split('\n')[0]).toBe('#process\torder\thost\tpid\tstage\tletter\tdataset\tepoch\ttry');
    expect(ran.rows).toEqual([
      ['-', '-', '-', '-', 'verify', 'p', 'bare', '005', '-'],
      ['0dle', 'pause', 'node-2', '9999999999', '-', '-', '-', '-', '-'],
      ['dead', 'lost', 'node1.example', '7', 'preview', 'p', 'two', '012', '10'],
      ['gone', 'lost', 'node1.example', '8', '-', '-', '-', '-', '-'],
      ['k3f1', 'drain', 'node1.example.org', '101', 'calibrate', 'p', 'one', '003', '1'],
      ['k3f1', 'drain', 'node1.example.org', '101', 'detect', 'e', 'two', '010', '2'],
      ['none', 'none', '-', '-', 'verify', 'p', 'none', '1234', '1'],
      ['torn', 'run', 'ho?st.x', '1', 'verify', 'p', 'torn', '001', '1'],
    ]);
  });

  it('stuck.sh lists what nobody works on', () => {
    const { board, paths } = claimed();
    const stuck = [
      ['-', 'no claim', 'verify', 'p', 'bare', '005', '-', paths.bare],
      ['dead', 'lost', 'preview', 'p', 'two', '012', '10', paths.two],
      ['none', 'no status file', 'verify', 'p', 'none', '1234', '1', paths.none],
    ];
    const ran = runTool('stuck.sh', [board.root], { shell });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout.split('\n')[0]).toBe('#process\twhy\tstage\tletter\tdataset\tepoch\ttry\tpath');
    expect(ran.rows).toEqual(stuck);
    unlinkSync(join(board.root, 'processes/k3f1.drain.calibrate+detect.101.node1.example.org'));
    expect(runTool('stuck.sh', [board.root], { shell }).rows).toEqual([
      ...stuck.slice(0, 2),
      ['k3f1', 'no status file', 'calibrate', 'p', 'one', '003', '1', paths.one],
      ['k3f1', 'no status file', 'detect', 'e', 'two', '010', '2', paths.two],
      ...stuck.slice(2),
    ]);
  });
});
