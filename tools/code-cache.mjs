// code-cache.mjs CODE: writes CODE.cache, what V8 makes of the command's code while it runs once, for src/process/starter.ts.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

const [node, , filename] = process.argv;
const url = pathToFileURL(filename);
const script = new Script(readFileSync(filename, 'latin1'), { filename });
process.on('exit', () => {
  writeFileSync(`${filename}.new`, script.createCachedData());
  renameSync(`${filename}.new`, `${filename}.cache`);
});
// Functions that ran are kept compiled: every start runs these.
process.argv = [node, filename, '--version'];
script.runInThisContext()(createRequire(url), url.href);
