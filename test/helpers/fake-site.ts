/** A stand-in for a site without the board's disk (test/fixtures/site), and a home that uploads to it and downloads from it. */
import fs from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeHome, onCleanup, ROOT, type Stages, slateOk, tempFolder } from './home.ts';

const COMMANDS = join(ROOT, 'test', 'fixtures', 'site');
/** On the site alone: no process of this host has it on its PATH. */
const SLURM = join(ROOT, 'test', 'fixtures', 'slurm');

export interface FakeSite {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** The next file that is sent, or the one named behind it, comes to grief so: see the stand-in. */
  fault(text: string): void;
  /** The site can't be reached, or can again. */
  reach(isThere: boolean): void;
  /** Path of what the site calls /far/data/… */
  path(below: string): string;
  /** Names of files that were sent whole, in that order. */
  sent(): string[];
  /** Ends a job of its batch system as that would. */
  end(job: string, state: string): Promise<void>;
  /** Lines of another of the stand-in's files. */
  lines(file: string): string[];
}

export const FILES: Readonly<Record<string, string>> = {
  'a.nc': 'first '.repeat(500),
  'b c.nc': 'second, $HOME `id` "quoted" '.repeat(300),
  "sub/it's.nc": 'third '.repeat(700),
};

/** Makes what `files.json` of the home says. */
export const MAKE = `products: true
command: [node, -e, "const fs = require('fs'); const to = process.env.SLATE_PRODUCTS; for (const [name, text] of Object.entries(JSON.parse(fs.readFileSync(process.env.SLATE_HOME + '/files.json', 'utf8')))) { fs.mkdirSync(require('path').dirname(to + '/' + name), {recursive: true}); fs.writeFileSync(to + '/' + name, text); }"]`;

const RUN = '{{ dataset }}.{{ posted }}';
const SOON = 'backoff: {first: 10ms, most: 10ms}';

export const UP = `products: true\n${SOON}\ntransfer: {site: far, upload: '{{ inputs.make }}', to: '${RUN}/in'}`;
export const DOWN = `products: true\n${SOON}\ntransfer: {site: far, download: '${RUN}/out'}`;
/** On the site itself: what came in goes out. */
const WORK = `env: {AT: '{{ params.up.path }}'}
shell: echo "cd $AT/.. && rm -rf out out.new && cp -R in out.new && mv out.new out" | ${join(COMMANDS, 'there')} sh -s`;

/** @param site further keys of the site */
export async function fakeSite({
  site = '',
  more = '',
  stages = { make: MAKE, up: UP, work: WORK, down: DOWN } as Stages,
  tool = '',
  engines = '',
} = {}): Promise<FakeSite> {
  const folder = tempFolder('slate-site-');
  fs.mkdirSync(join(folder, 'disk', 'data'), { recursive: true });
  const home = makeHome(stages, undefined, more);
  writeFiles(home, FILES);
  const words = ["'{{ source }}'", "'{{ target }}'"].join(', ');
  const carry = `[${join(COMMANDS, 'carry')}, ${tool === '' ? '' : `${tool}, `}${words}]`;
  fs.writeFileSync(
    join(home, 'sites.yaml'),
    `sites:\n  far:\n    root: /far/data\n    run: [${join(COMMANDS, 'there')}]\n    upload: ${carry}\n    download: ${carry}\n${site}`,
  );
  if (engines !== '') fs.writeFileSync(join(home, 'engines.yaml'), engines);
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', '3s']);
  const lines = (file: string): string[] => {
    const path = join(folder, file);
    return fs.existsSync(path) ? fs.readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  };
  const end = async (job: string, state: string): Promise<void> => {
    const env = { FAKE_SLURM: join(folder, 'slurm') };
    await execa(process.execPath, [join(SLURM, 'fake.mjs'), 'fail', job, state], { env, reject: false });
  };
  // What still runs of its batch system is ended: its jobs are nobody's children.
  onCleanup(async () => {
    const jobs = join(folder, 'slurm', 'jobs');
    const names = fs.existsSync(jobs) ? fs.readdirSync(jobs).filter((file) => /^\d+_\d+$/.test(file)) : [];
    for (const job of names) await end(job, 'CANCELLED');
  });
  return {
    home,
    env: {
      FAKE_SITE: folder,
      FAKE_SITE_PATH: SLURM,
      FAKE_SLURM: join(folder, 'slurm'),
      FAKE_SLURM_NODE: process.execPath,
    },
    fault: (text) => fs.writeFileSync(join(folder, 'fault'), `${text}\n`),
    reach: (isThere) => {
      if (isThere) fs.rmSync(join(folder, 'down'), { force: true });
      else fs.writeFileSync(join(folder, 'down'), '');
    },
    path: (below) => join(folder, 'disk', 'data', below),
    sent: () => lines('sent'),
    end,
    lines,
  };
}

/** What the stage `make` makes from now on. */
export function writeFiles(home: string, files: Readonly<Record<string, string>>): void {
  fs.writeFileSync(join(home, 'files.json'), JSON.stringify(files));
}
