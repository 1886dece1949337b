/** A stand-in for a site without the board's disk (test/fixtures/site), and a home that uploads to it and downloads from it. */
import fs from 'node:fs';
import { join } from 'node:path';
import { makeHome, onCleanup, ROOT, type Stages, slateOk, tempFolder } from './home.ts';

const COMMANDS = join(ROOT, 'test', 'fixtures', 'site');

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
  /** Lines of another of the stand-in's files. */
  lines(file: string): string[];
}

export const FILES: Readonly<Record<string, string>> = {
  'a.nc': 'first '.repeat(500),
  'b c.nc': 'second, $HOME `id` "quoted" '.repeat(300),
  "sub/it's.nc": 'third '.repeat(700),
};

/** Makes the files of FILES; `$EXTRA` of the home's folder is one more line of the first. */
const MAKE = `products: true
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
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', '3s']);
  const lines = (file: string): string[] => {
    const path = join(folder, file);
    return fs.existsSync(path) ? fs.readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  };
  // What stalls is ended with its step; one that a killed process has left would stay.
  onCleanup(() => fs.rmSync(join(folder, 'fault'), { force: true }));
  return {
    home,
    env: { FAKE_SITE: folder },
    fault: (text) => fs.writeFileSync(join(folder, 'fault'), `${text}\n`),
    reach: (isThere) => {
      if (isThere) fs.rmSync(join(folder, 'down'), { force: true });
      else fs.writeFileSync(join(folder, 'down'), '');
    },
    path: (below) => join(folder, 'disk', 'data', below),
    sent: () => lines('sent'),
    lines,
  };
}

/** What the stage `make` makes from now on. */
export function writeFiles(home: string, files: Readonly<Record<string, string>>): void {
  fs.writeFileSync(join(home, 'files.json'), JSON.stringify(files));
}
