/** The script that runs one job, run by a real shell: once, with its end told, and memory as far as the node tells. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type JobRecord, parseEnd } from '../../../src/board/jobs.ts';
import { type NodePlaces, runnerScript, stepScript } from '../../../src/process/engine/job-script.ts';
import { tempFolder } from '../../helpers/home.ts';

const NOWHERE: NodePlaces = { time: '/nonexistent/time', groups: '/nonexistent', own: '/nonexistent/cgroup' };

function run(step: string, places: NodePlaces, folder = tempFolder()): { folder: string; code: number | null } {
  fs.writeFileSync(join(folder, '3.sh'), `echo b >&3\n${step}`);
  fs.writeFileSync(join(folder, 'run.sh'), runnerScript(folder, places));
  const { status } = spawnSync('/bin/sh', [join(folder, 'run.sh'), '3'], { stdio: 'inherit' });
  return { folder, code: status };
}

function endOf(folder: string): JobRecord {
  const end = parseEnd(fs.readFileSync(join(folder, '3.end'), 'utf8'));
  if (end === undefined) throw new Error('its end can not be read');
  return end;
}

/** A node whose job has a control group of its own, with so many bytes at most. @param others pids that are in it as well */
function grouped(line: string, file: string, bytes: number, others = ''): NodePlaces {
  const groups = tempFolder();
  fs.mkdirSync(join(groups, file, '..'), { recursive: true });
  fs.writeFileSync(join(groups, file), `${bytes}\n`);
  fs.writeFileSync(join(groups, file, '..', 'cgroup.procs'), others);
  fs.writeFileSync(join(groups, 'own'), line);
  return { time: NOWHERE.time, groups, own: join(groups, 'own') };
}

test('exit code, node, time and start are told, and a second start does nothing', () => {
  const before = Date.now();
  const folder = tempFolder();
  expect(run('echo once >> "$0.ran"; exit 5', NOWHERE, folder).code).toBe(5);
  const end = endOf(folder);
  expect(end).toMatchObject({ code: 5, peakKb: undefined });
  expect(end.node).not.toBe('');
  expect(end.startedMs).toBeGreaterThanOrEqual(before - 1000);
  expect(end.startedMs).toBeLessThanOrEqual(Date.now());
  expect(run('echo once >> "$0.ran"', NOWHERE, folder).code).toBe(0);
  expect(fs.readFileSync(join(folder, '3.sh.ran'), 'utf8')).toBe('once\n');
});

test.each([
  ['version 2', '0::/slurm/job_7/step_batch\n', 'slurm/job_7/step_batch/memory.peak'],
  ['version 1', '9:cpu:/x\n4:memory:/slurm/job_7\n0::/\n', 'memory/slurm/job_7/memory.max_usage_in_bytes'],
])('a control group of %s tells the peak', (_, line, file) => {
  const { folder } = run('exit 0', grouped(line, file, 5 * 1024 * 1024));
  expect(endOf(folder).peakKb).toBe(5 * 1024);
});

test('a control group that others are in tells nothing of a job', () => {
  const places = grouped('0::/system.slice/slurmd\n', 'system.slice/slurmd/memory.peak', 9e9, '1\n');
  expect(endOf(run('exit 0', places).folder).peakKb).toBeUndefined();
});

/** A step whose disk refuses what is in the way of, until `mend`, which is done in place of the first pause. */
function obstructed(step: string, block: (folder: string) => void, mend = ''): { folder: string; code: number | null } {
  const folder = tempFolder();
  const patience = { times: 3, seconds: 1 };
  fs.mkdirSync(join(folder, 'bin'));
  fs.writeFileSync(join(folder, 'bin', 'sleep'), `#!/bin/sh\necho >>"${folder}/pauses"\n${mend}\n`, { mode: 0o755 });
  const launch = { file: '/bin/sh', args: ['-c', step], cwd: folder, env: {}, log: join(folder, 'log') };
  fs.writeFileSync(
    join(folder, '3.sh'),
    stepScript(launch, { umask: 0o027, strange: ['SLATE_PRODUCTS', 'SLATE_IN_X'] }, patience),
  );
  fs.writeFileSync(join(folder, 'run.sh'), runnerScript(folder, NOWHERE, patience));
  block(folder);
  const { status } = spawnSync('/bin/sh', [join(folder, 'run.sh'), '3'], {
    cwd: folder,
    env: {
      ...process.env,
      SLATE_PRODUCTS: '/other',
      SLATE_IN_X: '/x',
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    },
    stdio: 'inherit',
  });
  return { folder, code: status };
}

const DID = 'echo did it';
/** Nothing can be made there, and nothing is. */
const refuseMark = (folder: string): void => fs.symlinkSync('nowhere', join(folder, '3.run'));

test.each([
  ['end', (folder: string) => fs.mkdirSync(join(folder, '3.new')), 'rmdir 3.new'],
  ['mark', refuseMark, 'rm 3.run'],
  ['log', (folder: string) => fs.mkdirSync(join(folder, 'log')), 'rmdir log'],
])('a disk that refuses the %s for a while: the step did its work once, and says so', (_, block, mend) => {
  const { folder, code } = obstructed(DID, block, mend);
  expect(code).toBe(0);
  expect(endOf(folder)).toMatchObject({ code: 0 });
  expect(fs.readFileSync(join(folder, 'log'), 'utf8')).toBe('did it\n');
  expect(fs.readFileSync(join(folder, 'pauses'), 'utf8')).toBe('\n');
});

test('a log that is never opened: the step has not begun, which is no exit code of its own', () => {
  const { folder, code } = obstructed(DID, (at) => fs.mkdirSync(join(at, 'log')));
  expect(code).toBe(1);
  expect(endOf(folder).isUnstarted).toBe(true);
  expect(fs.readFileSync(join(folder, 'pauses'), 'utf8')).toBe('\n\n\n');
});

test('a mark that can never be made: nothing runs, and nothing is told', () => {
  const { folder, code } = obstructed(DID, refuseMark);
  expect(code).toBe(1);
  expect(fs.existsSync(join(folder, 'log'))).toBe(false);
  expect(fs.existsSync(join(folder, '3.end'))).toBe(false);
});

test.each([
  ['another has begun', (at: string) => fs.mkdirSync(join(at, '3.run'))],
  ['one keeps it from beginning', (at: string) => fs.writeFileSync(join(at, '3.run'), '')],
])('%s: it ends at once, and runs nothing', (_, mark) => {
  const { folder, code } = obstructed(DID, mark);
  expect(code).toBe(0);
  expect(fs.readdirSync(folder).filter((name) => /log|pauses|end/.test(name))).toEqual([]);
});

test('it has the umask of its stage process, and nothing of a try that its engine hands on', () => {
  const { folder } = obstructed('umask; env | grep -c ^SLATE_[PI]', () => undefined);
  expect(fs.readFileSync(join(folder, 'log'), 'utf8')).toBe('0027\n0\n');
});

test.each([2, 126, 127])('exit code %i of the step itself is told as that', (code) => {
  expect(endOf(obstructed(`exit ${code}`, () => undefined).folder)).toMatchObject({ code });
});

test('a step that is killed is told by its signal, and sees no more of descriptors than on a host', () => {
  expect(endOf(obstructed('kill -9 $$', () => undefined).folder).code).toBe(137);
  const seen = obstructed('[ -e /proc/self/fd ] || exit 0; ! { true >&3; } 2>/dev/null', () => undefined);
  expect(endOf(seen.folder).code).toBe(0);
});

test.each([
  ['code 0 seconds 1.234 node n1 peak 5120 start 1790000000123\n', { seconds: 1.234, startedMs: 1790000000123 }],
  ['code 137 seconds 12 node n1 peak \n', { code: 137, seconds: 12, peakKb: undefined }],
  ['unstarted node n1 start 1790000000123\n', { isUnstarted: true, node: 'n1' }],
  ['code x seconds 12 node n1 peak \n', undefined],
  ['code 0 seconds 1', undefined],
])('%j', (text, told) => {
  if (told === undefined) expect(parseEnd(text)).toBeUndefined();
  else expect(parseEnd(text)).toMatchObject(told);
});

test('GNU time tells how much memory it took, in the last line that it writes', () => {
  const time = join(tempFolder(), 'time');
  fs.writeFileSync(
    time,
    `#!/bin/sh
while [ "$1" != -o ]; do shift; done
to=$2; shift 2
"$@"; code=$?
printf 'Command exited with non-zero status\\n4096\\n' >"$to"
exit $code
`,
    { mode: 0o755 },
  );
  const { folder, code } = run('exit 3', { ...NOWHERE, time });
  expect(code).toBe(3);
  expect(endOf(folder)).toMatchObject({ code: 3, peakKb: 4096 });
});
