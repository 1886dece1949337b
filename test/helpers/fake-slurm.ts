/** Stand-ins for Slurm, PBS and HTCondor on this host (test/fixtures), and a home whose stages run there. */
import fs from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { makeHome, onCleanup, ROOT, slateOk, tempFolder } from './home.ts';

const FIXTURES = join(ROOT, 'test', 'fixtures');

export interface FakeSlurm {
  readonly home: string;
  /** For the processes that submit. */
  readonly env: Readonly<Record<string, string>>;
  /** The next call fails so: see the stand-in. */
  fault(text: string): void;
  heal(): void;
  /** Ends a job as its engine would. */
  end(job: string, state: string): Promise<void>;
  /** Names of jobs that the stand-in has, `100_0`. */
  jobs(): string[];
  /** Those that have not ended. */
  live(): string[];
  /** Lines that steps have written by `echo … >> $SLATE_HOME/ran`. */
  ran(): string[];
}

/** @param stages by name, the lines of their files without `engine:` */
export function fakeSlurm(stages: Readonly<Record<string, string>>, options: FakeOptions = {}): Promise<FakeSlurm> {
  return fakeBatch('slurm', stages, options);
}

export function fakePbs(
  dialect: 'openpbs' | 'torque',
  stages: Readonly<Record<string, string>>,
  options: FakeOptions = {},
): Promise<FakeSlurm> {
  return fakeBatch('pbs', stages, options, { FAKE_PBS: dialect });
}

export function fakeHtcondor(stages: Readonly<Record<string, string>>, options: FakeOptions = {}): Promise<FakeSlurm> {
  return fakeBatch('htcondor', stages, options);
}

interface FakeOptions {
  /** More lines of the engine's definition. */
  readonly engine?: string;
  /** More lines of the pipeline. */
  readonly pipeline?: string;
  readonly lease?: string;
}

async function fakeBatch(
  kind: 'slurm' | 'pbs' | 'htcondor',
  stages: Readonly<Record<string, string>>,
  { engine = '', pipeline = '', lease = '3s' }: FakeOptions,
  more: Readonly<Record<string, string>> = {},
): Promise<FakeSlurm> {
  const commands = join(FIXTURES, kind);
  const folder = tempFolder('slate-slurm-');
  const home = makeHome(
    Object.fromEntries(Object.entries(stages).map(([name, text]) => [name, `engine: ${kind}\n${text}`])),
    Object.keys(stages),
    pipeline,
  );
  fs.writeFileSync(join(home, 'engines.yaml'), `engines:\n  ${kind}:\n    poll: 200ms\n${engine}`);
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', lease]);
  const env = {
    ...more,
    FAKE_SLURM: folder,
    FAKE_SLURM_NODE: process.execPath,
    PATH: `${commands}${delimiter}${process.env.PATH ?? ''}`,
  };
  const jobs = join(folder, 'jobs');
  const names = (): string[] =>
    fs.existsSync(jobs) ? fs.readdirSync(jobs).filter((file) => /^\d+_\d+$/.test(file)) : [];
  const isLeft = (job: string): boolean => /^(PENDING|RUNNING)\|/.test(fs.readFileSync(join(jobs, job), 'utf8'));
  // What still runs is ended: the stand-in's jobs are nobody's children.
  onCleanup(async () => {
    const fake = join(commands, 'fake.mjs');
    for (const job of names().filter(isLeft))
      await execa(process.execPath, [fake, 'fail', job, 'CANCELLED'], { env, reject: false });
  });
  return {
    home,
    env,
    fault: (text) => fs.writeFileSync(join(folder, 'fault'), text),
    heal: () => fs.rmSync(join(folder, 'fault'), { force: true }),
    end: async (job, state) => {
      await execa(process.execPath, [join(commands, 'fake.mjs'), 'fail', job, state], { env });
    },
    jobs: names,
    live: () => names().filter(isLeft),
    ran: () => {
      const file = join(home, 'ran');
      return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd().split('\n') : [];
    },
  };
}
