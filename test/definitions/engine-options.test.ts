import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { optionFaults } from '../../src/definitions/engine-options.ts';
import { readEngines } from '../../src/definitions/engines.ts';
import { tempFolder } from '../helpers/home.ts';

const of = (...options: string[]): string[] => optionFaults('htcondor', { options }).map(({ message }) => message);

describe('lines of a submit description', () => {
  it.each([
    'requirements = (Memory > 1000) && (Arch == "X86_64")',
    '+Project = "hst"',
    'MY.Project = "hst"',
    '  request_disk=2GB',
    'rank = Mips',
    'accounting_group_user = someone',
  ])('%s goes', (line) => expect(of(line)).toEqual([]));

  it.each([
    '--qos=normal',
    'queue 5',
    'include : /etc/passwd',
    'rank == 5',
    'request_disk = 2GB\nqueue',
    'request_disk = 2GB \\',
    'if defined X = 1',
    '',
  ])('%j is none', (line) => expect(of(line)).toEqual([expect.stringContaining("is no line 'key = value'")]));

  it.each([
    'executable',
    'Environment',
    'env',
    'PERIODIC_REMOVE',
    '+LeaveJobInQueue',
    'max_retries',
    'queue',
    'batch_name',
    '+SlateJob',
  ])('%s is slateboard’s own', (key) =>
    expect(of(`${key} = 1`)).toEqual([expect.stringContaining('slateboard itself')]),
  );

  it('are no matter of other engines', () => {
    expect(optionFaults('slurm', { partition: 'main', options: ['--qos=low', 'queue'] })).toEqual([]);
    expect(optionFaults('pbs', { partition: 'main', options: ['-l', 'place=excl'] })).toEqual([]);
  });
});

it('says where in engines.yaml, and what to do', () => {
  const home = tempFolder();
  const text = `engines:
  condor:
    kind: htcondor
    partition: main
    options: ['rank = Mips', '--qos=low', 'environment = X=1']
`;
  fs.writeFileSync(join(home, 'engines.yaml'), text);
  expect(readEngines(home).faults).toEqual([
    {
      file: 'engines.yaml',
      line: 4,
      column: 16,
      message: 'HTCondor has no partitions',
      hint: "say which machines it is to have: options: ['requirements = …']",
    },
    expect.objectContaining({ line: 5, message: expect.stringContaining("'--qos=low' is no line") }),
    expect.objectContaining({ line: 5, hint: 'write `export NAME=value` in setup instead' }),
  ]);
});
