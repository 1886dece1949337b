/** `slate init`: a home with an example pipeline. Nothing that exists is written over. */
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { explain, isExists } from '../../board/errors.ts';
import { makeFolders, nodeFs } from '../../board/fs.ts';
import { readableUmask, shareFolder } from '../../board/sharing.ts';
import { GROUP_LOOK, GROUP_RWX } from '../../model/rights.ts';
import { act, type Run, subcommand } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';
import { BOARDS_FOLDER, FILES, FOLDERS } from '../scaffold.ts';
import { groupOption } from './create.ts';

export function registerInit(program: Command, run: Run): void {
  const command = subcommand(program, 'init', 'make a home with an example pipeline')
    .argument('[dir]', 'the folder; the working folder unless told')
    .option('--group <group>', 'the group whose boards these are to be, and who may read the definitions');
  act<{ group?: string }>(command, run, async (session, [dir = '.'], options) => {
    session.refuseIfReadOnly();
    const group = groupOption(options.group);
    if (group !== undefined) readableUmask();
    const home = resolve(session.world.cwd, dir);
    const isNew = !nodeFs.isFolder(home);
    explain(`${home}: the home can't be made`, () => {
      const standing = Object.keys(FILES).filter((file) => exists(home, file));
      if (standing.length > 0) {
        throw new CliError(EXIT.refused, `${home} has ${standing.join(', ')} already: nothing is written over`);
      }
      for (const folder of FOLDERS) makeFolders(`${home}/${folder}`);
      // Who may write a stage's file says what programs run: that stays its owner's.
      if (group !== undefined)
        for (const folder of isNew ? ['.', ...FOLDERS] : FOLDERS)
          shareFolder(`${home}/${folder}`, group, folder === BOARDS_FOLDER ? GROUP_RWX : GROUP_LOOK);
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
