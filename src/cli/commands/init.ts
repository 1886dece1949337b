/** `slate init`: a home with an example pipeline. Nothing that exists is written over. */
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { explain, isExists } from '../../board/errors.ts';
import { makeFolders, nodeFs } from '../../board/fs.ts';
import { act, type Run, subcommand } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';
import { FILES, FOLDERS } from '../scaffold.ts';

export function registerInit(program: Command, run: Run): void {
  const command = subcommand(program, 'init', 'make a home with an example pipeline').argument(
    '[dir]',
    'the folder; the working folder unless told',
  );
  act(command, run, async (session, [dir = '.']) => {
    session.refuseIfReadOnly();
    const home = resolve(session.world.cwd, dir);
    explain(`${home}: the home can't be made`, () => {
      const standing = Object.keys(FILES).filter((file) => exists(home, file));
      if (standing.length > 0) {
        throw new CliError(EXIT.refused, `${home} has ${standing.join(', ')} already: nothing is written over`);
      }
      for (const folder of FOLDERS) makeFolders(`${home}/${folder}`);
      for (const [file, content] of Object.entries(FILES)) write(`${home}/${file}`, content);
    });
    if (session.json) session.out.json({ schemaVersion: 1, home, files: Object.keys(FILES) });
    else session.out.line(home);
    session.say(
      `next: cd ${dir}; slate create demo --pipeline example; slate post a b c; slate run --until-idle; slate ls`,
    );
    return EXIT.ok;
  });
}

function exists(home: string, file: string): boolean {
  const folder = dirname(`${home}/${file}`);
  return nodeFs.isFolder(folder) && nodeFs.names(folder).includes(file.split('/').at(-1) ?? '');
}

function write(path: string, content: string): void {
  try {
    nodeFs.create(path, content, false);
  } catch (error) {
    if (isExists(error)) throw new CliError(EXIT.refused, `${path} exists already: nothing is written over`);
    throw error;
  }
}
