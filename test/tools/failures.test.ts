import { afterAll, describe, expect, it } from 'vitest';
import { FOREIGN, HIDDEN, removeHomes, runTool, SHELLS, TestBoard, tagsOf } from './support.ts';

afterAll(removeHomes);

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('failures.sh under $name', ({ shell }) => {
  function board(): { board: TestBoard; paths: Record<string, string> } {
    const board = new TestBoard();
    const paths = {
      late: board.add('failed', {
        letters: 'ccf__',
        dataset: 'a_late',
        posted: '20261121T130000',
        tags: tagsOf('3-x2'),
      }),
      early: board.add('failed', { letters: 'ccf__', dataset: 'early', epoch: 7, tags: tagsOf('3-x2') }),
      urgent: board.add('failed', {
        letters: 'ccf__',
        dataset: 'urgent',
        rank: 1,
        posted: '20261122T000000',
        tags: tagsOf('3-x10'),
      }),
      // In two branches; a tag of a letter that is no failure; two causes of one column, of which the last counts.
      both: board.add('failed', { letters: 'ccfff', dataset: 'both', tags: tagsOf('1-x9', '3-x1', '3-t', '4-s9') }),
      // One branch failed, the other goes on; and one that a person moved without changing its letters.
      going: board.add('active', { letters: 'ccfp_', dataset: 'going', epoch: 12, tags: tagsOf('3-l', '4-k3f1-12-1') }),
      held: board.add('held', { letters: 'f____', dataset: 'held', tags: tagsOf('1-m') }),
      told: board.add('failed', { letters: 'f____', dataset: 'told', tags: tagsOf('1-xray_on') }),
    };
    board.add('failed', { letters: 'h____', dataset: 'nofailure', tags: tagsOf('1-x2') });
    board.add('removed/2026-11-21', { letters: 'f____', dataset: 'gone', tags: tagsOf('1-x2') });
    return { board, paths };
  }

  it('counts by stage and cause', () => {
    const ran = runTool('failures.sh', [board().board.root], { shell });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout.split('\n')[0]).toBe('#column\tstage\tcause\tentries\tmeaning');
    expect(ran.rows).toEqual([
      ['1', 'verify', 'm', '1', 'out of memory'],
      ['1', 'verify', 'xray_on', '1', 'reason'],
      ['3', 'detect', 'l', '1', 'its stage process was lost'],
      ['3', 'detect', 't', '1', 'time limit exceeded'],
      ['3', 'detect', 'x10', '1', 'exit code 10'],
      ['3', 'detect', 'x2', '2', 'exit code 2'],
      ['4', 'preview', 's9', '1', 'killed by signal 9'],
      ['5', 'archive', '-', '1', 'not told'],
    ]);
  });

  it('lists them as they are served', () => {
    const { board: made, paths } = board();
    const ran = runTool('failures.sh', ['-l', made.root], { shell });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout.split('\n')[0]).toBe('#column\tstage\tcause\tdataset\tepoch\tpath');
    expect(ran.rows).toEqual([
      ['1', 'verify', 'm', 'held', '000', paths.held],
      ['1', 'verify', 'xray_on', 'told', '000', paths.told],
      ['3', 'detect', 'l', 'going', '012', paths.going],
      ['3', 'detect', 't', 'both', '000', paths.both],
      ['3', 'detect', 'x10', 'urgent', '000', paths.urgent],
      ['3', 'detect', 'x2', 'early', '007', paths.early],
      ['3', 'detect', 'x2', 'a_late', '000', paths.late],
      ['4', 'preview', 's9', 'both', '000', paths.both],
      ['5', 'archive', '-', 'both', '000', paths.both],
    ]);
  });

  it('says what it left out', () => {
    const { board: made } = board();
    const before = runTool('failures.sh', [made.root], { shell }).stdout;
    for (const file of [...FOREIGN, ...HIDDEN]) made.put('failed', file);
    const ran = runTool('failures.sh', [made.root], { shell });
    expect(ran.status).toBe(0);
    expect(ran.stdout).toBe(before);
    expect(ran.stderr).toBe(`failures.sh: ${FOREIGN.length} files are no entry of this board, and left out\n`);
    const one = new TestBoard();
    one.put('held', 'README');
    expect(runTool('failures.sh', [one.root], { shell })).toMatchObject({
      rows: [],
      stderr: 'failures.sh: 1 file is no entry of this board, and left out\n',
    });
  });
});
