/**
 * Files from a site into a folder of this side. What an earlier try has fetched stands in its own folder beside this one, and is
 * used; a file that came in part goes on where it ends, if the site's tool can do that.
 */
import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isGone } from '../../board/errors.ts';
import { bytesOf, fileNameFault, formatManifest, isRight, type Listing, MANIFEST_FILE } from '../../model/manifest.ts';
import { parseProductName } from '../../model/name.ts';
import { TransferError } from './fault.ts';
import { factsIfFile, linkOrCopy, removeIfThere } from './local.ts';
import { lookScript, parseLook } from './scripts.ts';
import { foldersOf, type Sending, type Summary, send } from './send.ts';
import { runThere } from './shell.ts';

/**
 * @param path below the root of the site: a folder, or a file
 * @param target a folder: the products of a try, or any other
 * @throws TransferError, and the system's error
 */
export async function download(sending: Sending, path: string, target: string): Promise<Summary> {
  const { site, log } = sending;
  const where = `${site.name}:${site.root}/${path}`;
  const { wanted, root } = await listOf(sending, path, where);
  fs.mkdirSync(target, { recursive: true });
  for (const folder of foldersOf(wanted.keys())) fs.mkdirSync(join(target, folder), { recursive: true });
  for (const earlier of earlierTries(target)) await takeOver(earlier, target, wanted, site.resumes);
  const missing = new Map<string, number>();
  for (const [name, facts] of wanted) {
    const found = await factsIfFile(join(target, name));
    if (isRight(facts, found)) continue;
    missing.set(name, facts.bytes);
    if (found !== undefined && !(site.resumes && found.bytes < facts.bytes)) removeIfThere(join(target, name));
  }
  log(`${wanted.size - missing.size} of the ${wanted.size} files in ${where} are here already`);
  const toSend = [...missing].map(([name, bytes]) => ({ name, bytes, root }));
  await send(sending, 'download', toSend, (from) => ({ from, to: target }));
  await proveAll(target, wanted, missing.keys(), where);
  const manifest = formatManifest(wanted);
  fs.writeFileSync(join(target, MANIFEST_FILE), manifest);
  const sentBytes = [...missing.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { files: wanted.size, bytes: bytesOf(wanted), sent: missing.size, sentBytes, manifest };
}

/** What stands on the site, as the site itself has summed it. */
async function listOf(sending: Sending, path: string, where: string): Promise<{ wanted: Listing; root: string }> {
  const { site } = sending;
  const { folders, strange } = parseLook(await runThere(sending, lookScript(site.root, path)));
  const [found] = folders;
  const wanted = new Map([...(found?.[1] ?? [])].filter(([name]) => name !== MANIFEST_FILE));
  const odd = strange[0] ?? [...wanted.keys()].find((name) => fileNameFault(name) !== undefined);
  if (odd !== undefined)
    throw new TransferError('refused', `'${odd}' in ${where} can't be fetched: ${fileNameFault(odd) ?? 'its name'}`);
  if (wanted.size === 0) throw new TransferError('noSource', `there is nothing to fetch in ${where}`);
  const isFile = found?.[0] === FILE;
  return { wanted, root: isFile ? dirname(`${site.root}/${path}`) : `${site.root}/${path}` };
}

/** How the script that looks calls the folder of a single file. */
const FILE = 'file';

/** Folders of this stage's earlier tries, latest first; with what they are allowed to lose. */
function earlierTries(target: string): Array<{ readonly folder: string; readonly isPublished: boolean }> {
  const own = parseProductName(basename(target));
  if (own === undefined) return [];
  const files = fs.readdirSync(dirname(target));
  return files
    .flatMap((file) => {
      const name = parseProductName(file);
      return name === undefined || name.mark || name.stage !== own.stage || name.epoch >= own.epoch
        ? []
        : [{ epoch: name.epoch, folder: join(dirname(target), file), isPublished: files.includes(`${file}.ok`) }];
    })
    .sort((a, b) => b.epoch - a.epoch);
}

/** What is whole is linked, what came in part is moved: nobody else has a use for it. */
async function takeOver(
  { folder, isPublished }: { readonly folder: string; readonly isPublished: boolean },
  target: string,
  wanted: Listing,
  resumes: boolean,
): Promise<void> {
  for (const [name, facts] of wanted) {
    const [from, to] = [join(folder, name), join(target, name)];
    const bytes = fs.statSync(from, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes === 0 || bytes > facts.bytes || fs.existsSync(to)) continue;
    try {
      if (bytes < facts.bytes) {
        if (resumes && !isPublished) fs.renameSync(from, to);
      } else if (isRight(facts, await factsIfFile(from))) linkOrCopy(from, to);
    } catch (error) {
      // Retention, or a person, has just taken it away.
      if (!isGone(error)) throw error;
    }
  }
}

async function proveAll(target: string, wanted: Listing, names: Iterable<string>, where: string): Promise<void> {
  const wrong: string[] = [];
  for (const name of names) {
    const facts = wanted.get(name);
    if (facts !== undefined && !isRight(facts, await factsIfFile(join(target, name)))) wrong.push(name);
  }
  if (wrong.length > 0)
    throw new TransferError('differ', `not what stands in ${where}: ${wrong.join(', ').slice(0, 400)}`);
}
