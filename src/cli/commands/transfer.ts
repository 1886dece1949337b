/** `slate transfer`: what the step of a transfer stage runs; by hand it shows whether a site works. */
import type { Command } from 'commander';
import { WAYS } from '../../model/site.ts';
import { didYouMean } from '../../model/suggest.ts';
import { plain } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { usage } from '../exit.ts';
import type { Session } from '../session.ts';

export function registerTransfer(program: Command, run: Run): void {
  const command = subcommand(program, 'transfer', 'send files to a site, fetch them, or remove them there')
    .argument('<way>', WAYS.join(', '))
    .argument('<site>', 'a site of sites.yaml')
    .argument('<path>', "below the site's root: the folder that is sent to, fetched or removed")
    .argument(
      '[file...]',
      'of an upload the files and folders to send; of a download the folder here, else the current one',
    );
  act(command, run, transfer);
}

async function transfer(session: Session, [named = '', site = '', path = '', ...files]: string[]): Promise<number> {
  const way = WAYS.find((one) => one === named);
  if (way === undefined) throw usage(`'${named}' is no way to transfer: ${WAYS.join(', ')}${didYouMean(named, WAYS)}`);
  const home = session.home();
  const { cwd, env } = session.world;
  const { runTransfer } = await import('../../process/transfer/run.ts');
  const log = (text: string): void => session.say(text);
  const end = await runTransfer({ home, way, site, path, files, cwd, env, log });
  if (session.json) {
    const { manifest: _, ...told } = end.summary ?? { manifest: '' };
    session.out.json({ schemaVersion: 1, way, site, path, exit: end.exit, seconds: end.seconds, ...told });
  }
  if (end.message !== undefined) session.say(plain(end.message));
  return end.exit;
}
