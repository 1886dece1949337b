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

describe('words that submitting commands can’t be given', () => {
  it.each([
    ['slurm', ['-M', 'other'], '-M'],
    ['slurm', ['--clusters=other'], '--clusters'],
    ['slurm', ['--clust', 'other'], '--clusters'],
    ['slurm', ['--array=0-9'], '--array'],
    ['slurm', ['-a0-9'], '-a'],
    ['slurm', ['--job-name', 'x'], '--job-name'],
    ['slurm', ['-HJ', 'x'], '-J'],
    ['slurm', ['-o', '/tmp/x'], '-o'],
    ['slurm', ['--output=/tmp/x'], '--output'],
    ['slurm', ['--error=/tmp/x'], '--error'],
    ['slurm', ['-e', '/tmp/x'], '-e'],
    ['slurm', ['--requeue'], '--requeue'],
    ['slurm', ['-W'], '-W'],
    ['slurm', ['--wait'], '--wait'],
    ['slurm', ['--test-only'], '--test-only'],
    ['slurm', ['--parsable'], '--parsable'],
    ['slurm', ['-Q'], '-Q'],
    ['pbs', ['-J', '0-9'], '-J'],
    ['pbs', ['-t0-9'], '-t'],
    ['pbs', ['-N', 'x'], '-N'],
    ['pbs', ['-W', 'block=true'], '-W block'],
    ['pbs', ['-Wumask=022,block=True'], '-W block'],
    ['pbs', ['-o', '/tmp/x'], '-o'],
    ['pbs', ['-e', '/tmp/x'], '-e'],
    ['pbs', ['-j', 'oe'], '-j'],
    ['pbs', ['-hI'], '-I'],
  ] as const)('%s %j', (kind, options, option) =>
    expect(optionFaults(kind, { options })).toEqual([
      expect.objectContaining({ path: ['options', 0], message: expect.stringContaining(`'${option}'`) }),
    ]),
  );

  it.each([
    ['slurm', ['--qos=normal', '-A', 'hst', '--constraint=ib', '--wait-all-nodes=1', '--cluster-constraint=x']],
    ['slurm', ['--time=5', '--nodes=1', '-pMain', '--exclusive', '--tmp=5G', '--no-requeue', '--open-mode=append']],
    ['pbs', ['-l', 'place=excl', '-W', 'umask=022', '-Wblock=false', '-qNight', '-V', '-h', '-P', 'project']],
  ] as const)('%s %j goes', (kind, options) => expect(optionFaults(kind, { options })).toEqual([]));
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
