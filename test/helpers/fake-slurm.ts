/** A stand-in for Slurm on this host (test/fixtures/slurm), and a home whose stages run there. */
import fs from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { makeHome, onCleanup, ROOT, slateOk, tempFolder } from './home.ts';

const COMMANDS = join(ROOT, 'test', 'fixtures', 'slurm');

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
  /** Lines that steps have written by `echo … >> $SLATE_HOME/ran`. */
  ran(): string[];
}

/** @param stages by name, the lines of their files without `engine:` */
export async function fakeSlurm(
  stages: Readonly<Record<string, string>>,
  { engine = '', lease = '3s' } = {},
): Promise<FakeSlurm> {
  const folder = tempFolder('slate-slurm-');
  const home = makeHome(
    Object.fromEntries(Object.entries(stages).map(([name, text]) => [name, `engine: slurm\n${text}`])),
  );
  fs.writeFileSync(join(home, 'engines.yaml'), `engines:\n  slurm:\n    poll: 200ms\n${engine}`);
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', lease]);
  const env = {
    FAKE_SLURM: folder,
    FAKE_SLURM_NODE: process.execPath,
    PATH: `${COMMANDS}${delimiter}${process.env.PATH ?? ''}`,
  };
  const jobs = join(folder, 'jobs');
  const names = (): string[] =>
    fs.existsSync(jobs) ? fs.readdirSync(jobs).filter((file) => /^\d+_\d+$/.test(file)) : [];
  // What still runs is ended: the stand-in's jobs are nobody's children.
  onCleanup(async () => {
    for (const job of names()) await execa(join(COMMANDS, 'scancel'), [job], { env, reject: false });
  });
  return {
    home,
    env,
    fault: (text) => fs.writeFileSync(join(folder, 'fault'), text),
    heal: () => fs.rmSync(join(folder, 'fault'), { force: true }),
    end: async (job, state) => {
      await execa(process.execPath, [join(COMMANDS, 'fake.mjs'), 'fail', job, state], { env });
    },
    jobs: names,
    ran: () => {
      const file = join(home, 'ran');
      return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd().split('\n') : [];
    },
  };
}
