import { describe, expect, it } from 'vitest';
import { explain } from '../../bench/explanations.ts';
import { mountOf, mountText } from '../../bench/machine.ts';
import { performancePage } from '../../bench/page.ts';
import { countText, markdownTable, terminalTable } from '../../bench/report.ts';
import type { Row } from '../../bench/suite.ts';

const MET: Row = {
  what: 'steps of /bin/true',
  ours: '2,000/s',
  against: 'xargs -P2',
  theirs: '1,000/s',
  value: 2,
  unit: '×',
  target: { atLeast: 1.2 },
};
const MISSED: Row = { ...MET, what: 'counts', against: 'ls -f | wc -l', value: 2.5, target: { atMost: 2 } };
const FIGURE: Row = { ...MET, what: 'RSS', value: 212.4, unit: 'MB', note: 'at its end' };
const ABSENT: Row = {
  ...MET,
  what: 'entries',
  against: 'jug',
  value: undefined,
  note: 'package not available\nline 2',
};
const { target: _, ...KNOWN } = MET;

describe('terminalTable', () => {
  it('has a line for each row, and each note once below', () => {
    const text = terminalTable([MET, FIGURE, { ...FIGURE, what: 'RSS 2' }]);
    expect(text.split('\n')).toHaveLength(5);
    expect(text).toMatch(/steps of \/bin\/true +2,000\/s +xargs -P2 +1,000\/s +2\.00 × +≥ 1\.2 × +ok/);
    expect(text).toMatch(/212 MB.*\[1\]/);
    expect(text.endsWith('[1] at its end')).toBe(true);
  });
});

describe('markdownTable', () => {
  it('keeps bars and line breaks inside their cells', () => {
    const lines = markdownTable([MISSED, ABSENT]).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toContain('| ls -f \\| wc -l |');
    expect(lines[2]).toContain('| 2.50 × | ≤ 2 × | **missed** |');
    expect(lines[3]).toContain('| – | ≥ 1.2 × | not measured | package not available line 2 |');
  });
});

describe('countText', () => {
  it('counts the verdicts', () => {
    expect(countText([MET, MISSED, ABSENT, KNOWN])).toBe('1 met, 1 missed, 1 not measured, 1 without a target');
  });
});

describe('performancePage', () => {
  const page = performancePage({
    day: '2026-11-22',
    machine: [['kernel', 'Linux 6.18']],
    results: [
      { name: 'steps', about: 'About steps.', rows: [MET, ABSENT], seconds: 1, isFailed: false },
      { name: 'scan', about: 'About scans.', rows: [MISSED], seconds: 1, isFailed: false },
    ],
    quick: false,
    notes: { intro: 'How to run it.', steps: 'Profile of the loop.\n' },
  });

  it('names the machine, the day and what was missed or not measured', () => {
    expect(page).toContain('| kernel | Linux 6.18 |');
    expect(page).toContain('Measured on 2026-11-22, at full size.');
    expect(page).toContain('1 met, 1 missed, 1 not measured, 0 without a target.');
    expect(page).toContain('- **counts against ls -f | wc -l**: 2.50 ×, target ≤ 2 ×. Not explained yet.');
    expect(page).toContain('- entries against jug: package not available');
  });

  it("puts what people wrote below its suite's table", () => {
    const order = ['# Performance', 'How to run it.', '## The machine', '## Summary', '## steps', 'About steps.'];
    const places = [...order, 'xargs -P2 |', 'Profile of the loop.', '## scan'].map((text) => page.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('says of smaller sizes that they are', () => {
    const quick = performancePage({ day: '', machine: [], results: [], quick: true, notes: {} });
    expect(quick).toContain('with `--quick`');
  });
});

describe('explain', () => {
  const all = [{ suite: 'scan', words: ['counts', 'wc -l'], why: 'Because.' }];

  it('finds what was written about a row of a suite', () => {
    expect(explain('scan', MISSED, all)).toBe('Because.');
    expect(explain('steps', MISSED, all)).toBeUndefined();
    expect(explain('scan', MET, all)).toBeUndefined();
  });
});

describe('the file system of a folder', () => {
  const MOUNTS = [
    '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard',
    '30 27 0:25 / /mnt/data ro,nosuid - nfs4 server.example:/export rw,vers=4.2,addr=10.0.0.1,clientaddr=10.0.0.2',
    '31 27 0:26 / /mnt/dat rw - tmpfs tmpfs rw,size=4k',
  ].join('\n');

  it('is that of the longest mount point above it', () => {
    expect(mountOf('/mnt/data/x', MOUNTS)?.type).toBe('nfs4');
    expect(mountOf('/mnt/dat', MOUNTS)?.type).toBe('tmpfs');
    expect(mountOf('/mnt/databank', MOUNTS)?.type).toBe('ext4');
  });

  it('is told without addresses', () => {
    const mount = mountOf('/mnt/data', MOUNTS);
    expect(mount && mountText(mount, undefined)).toBe('nfs4 (ro, nosuid, rw, vers=4.2)');
    const root = mountOf('/', MOUNTS);
    expect(root && mountText(root, false)).toBe('ext4 without a journal (rw, relatime, discard)');
  });
});
