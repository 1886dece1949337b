/**
 * The file `slate` itself: runs the program's code, which stands beside it, from what V8 made of it when it was built. Else every
 * start would compile three megabytes before its first word. What another version of Node has made is refused by V8 itself, and
 * the code is compiled as ever.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** The code's file beside this one. It is named by its content: what was compiled of it can't belong to other code. */
declare const SLATEBOARD_CODE: string;

type Program = (require: NodeJS.Require, url: string) => void;

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

const url = new URL(SLATEBOARD_CODE, import.meta.url);
const filename = fileURLToPath(url);
const code = read(filename);
if (code === undefined) {
  process.stderr.write(
    `slate: ${filename} can't be read: the build is not whole; build it again with 'npm run build'\n`,
  );
  process.exitCode = 1;
} else {
  // The build writes nothing but ASCII, which is read faster so.
  const script = new Script(code.toString('latin1'), { filename, cachedData: read(`${filename}.cache`) });
  const program: Program = script.runInThisContext();
  program(createRequire(url), url.href);
}
