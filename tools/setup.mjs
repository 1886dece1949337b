// What `npm start` and `npm test` begin with: installs what is missing, builds what is stale, then does the one thing
// asked for. Needs nothing but Node and npm; everything else is loaded after it has been installed.
//
//   node tools/setup.mjs start | test | build | bench [arguments]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const INSTALLED = join(root, 'node_modules', '.slateboard-installed');
const BUILT = join(root, 'dist', '.built');

function fail(message) {
  process.stderr.write(`setup: ${message}\n`);
  process.exit(1);
}

/** Runs a program with the terminal's streams; ends this one if it fails. */
function run(program, args, what) {
  const { status, signal, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) fail(`${what}: ${program} can't be started: ${error.message}`);
  if (signal !== null) process.kill(process.pid, signal);
  if (status !== 0) {
    process.stderr.write(`setup: ${what} failed (exit ${status})\n`);
    process.exit(status ?? 1);
  }
}

function hashOf(files) {
  const hash = createHash('sha256').update(process.version);
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function isMarked(mark, hash) {
  return existsSync(mark) && readFileSync(mark, 'utf8') === hash;
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}

function install() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or later is needed; this is ${process.version}`);
  const hash = hashOf(['package.json', 'package-lock.json']);
  if (isMarked(INSTALLED, hash)) return;
  process.stderr.write('setup: installing what package-lock.json names …\n');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
  writeFileSync(INSTALLED, hash);
}

async function build() {
  const hash = hashOf([
    'package.json',
    'package-lock.json',
    'tools/blessed-plugin.mjs',
    'tools/bundles.mjs',
    'tools/code-cache.mjs',
    'tools/setup.mjs',
    'tools/zod-plugin.mjs',
    'tsconfig.json',
    ...filesBelow('src'),
    ...['stages', 'pipelines', 'bench'].flatMap(filesBelow),
  ]);
  if (isMarked(BUILT, hash)) return;
  process.stderr.write('setup: building …\n');
  const { bundleAll } = await import('./bundles.mjs');
  await bundleAll(root);
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  run(tsc, ['-p', 'tsconfig.types.json'], 'writing the types');
  writeFileSync(BUILT, hash);
}

const bin = (name) => join(root, 'node_modules', '.bin', name);

const TASKS = {
  build: async () => build(),
  start: async (args) => {
    await build();
    run(process.execPath, ['dist/demo.js', ...args], 'the demo');
  },
  test: async (args) => {
    run(bin('biome'), ['ci', '.'], 'lint and format');
    run(bin('tsc'), ['-p', '.'], 'the type check');
    await build();
    run(bin('vitest'), ['run', ...args], 'the tests');
  },
  bench: async (args) => {
    await build();
    run(process.execPath, ['dist/bench.js', ...args], 'the benchmark');
  },
};

const [task = '', ...args] = process.argv.slice(2);
const doTask = TASKS[task];
if (doTask === undefined) fail(`'${task}' is none of ${Object.keys(TASKS).join(', ')}`);
install();
await doTask(args);
