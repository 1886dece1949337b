/**
 * Files to a site: put together in a folder beside their place, tried there by their sums, and made to appear by one rename.
 * What stands there already is not sent again, whoever has sent it.
 */
import { createHash } from 'node:crypto';
import { bytesOf, formatManifest, isRight, type Listing, MANIFEST_FILE } from '../../model/manifest.ts';
import { TransferError } from './fault.ts';
import { type LocalFile, listSources } from './local.ts';
import { commitScript, lookBesideScript, type Preparation, parseLook, partOf, prepareScript } from './scripts.ts';
import { foldersOf, type Sending, type Summary, send } from './send.ts';
import { runThere } from './shell.ts';

const NOTHING: Listing = new Map();

/**
 * @param sources files and folders
 * @param path below the root of the site: the folder that they become
 * @throws TransferError
 */
export async function upload(sending: Sending, sources: readonly string[], path: string): Promise<Summary> {
  const { site, log } = sending;
  const files = await listSources(sources);
  const wanted: Listing = new Map(files.map(({ name, bytes, sha256 }) => [name, { bytes, sha256 }]));
  const manifest = formatManifest(wanted);
  const where = `${site.name}:${site.root}/${path}`;
  const { folders } = parseLook(await runThere(sending, lookBesideScript(site.root, path)));
  const done = folders.get(path) ?? NOTHING;
  const summary = (sent: readonly LocalFile[]): Summary => ({
    files: files.length,
    bytes: bytesOf(wanted),
    sent: sent.length,
    sentBytes: sent.reduce((sum, { bytes }) => sum + bytes, 0),
    manifest,
  });
  if (isWhole(done, wanted, manifest)) {
    log(`all of it stands in ${where} already`);
    return summary([]);
  }
  const { plan, missing } = planOf(sending, path, wanted, folders, done);
  await runThere(sending, prepareScript(site.root, plan));
  const toSend = files.filter(({ name }) => missing.has(name));
  log(`${files.length - toSend.length} of ${files.length} files stand in ${where} already`);
  await send(sending, 'upload', toSend, (root) => ({ from: root, to: `${site.root}/${plan.part}` }));
  await runThere(sending, commitScript(site.root, path, plan.part, manifest));
  return summary(toSend);
}

/** Also by the list that stands with it: what others have put there besides is theirs. */
function isWhole(done: Listing, wanted: Listing, manifest: string): boolean {
  const sha256 = createHash('sha256').update(manifest).digest('hex');
  return (
    done.get(MANIFEST_FILE)?.sha256 === sha256 && [...wanted].every(([name, facts]) => isRight(facts, done.get(name)))
  );
}

function planOf(
  { site, mark }: Sending,
  path: string,
  wanted: Listing,
  folders: ReadonlyMap<string, Listing>,
  done: Listing,
): { plan: Preparation; missing: ReadonlySet<string> } {
  const part = partOf(path, mark);
  const earlier = [...folders.keys()].filter((folder) => folder.startsWith(partOf(path, ''))).sort();
  const latest = earlier.at(-1);
  if (latest !== undefined && latest > part)
    throw new TransferError('failed', `a later try is at it: ${site.name}:${site.root}/${latest} is there`);
  const begun = (latest === undefined ? undefined : folders.get(latest)) ?? NOTHING;
  const drop: string[] = [];
  for (const [name, found] of begun) {
    const facts = wanted.get(name);
    const goesOn = facts !== undefined && site.resumes && found.bytes < facts.bytes;
    if (facts === undefined || !(isRight(facts, found) || goesOn)) drop.push(name);
  }
  const lacking = [...wanted].filter(([name, facts]) => !isRight(facts, begun.get(name)));
  const reuse = lacking.filter(([name, facts]) => isRight(facts, done.get(name))).map(([name]) => name);
  const reused = new Set(reuse);
  const plan = {
    path,
    part,
    takeOver: latest === part ? undefined : latest,
    folders: foldersOf(wanted.keys()),
    // A link goes where nothing stands.
    drop: [...new Set([...drop, ...reuse.filter((name) => begun.has(name))])],
    reuse,
    others: earlier.slice(0, -1),
  };
  return { plan, missing: new Set(lacking.map(([name]) => name).filter((name) => !reused.has(name))) };
}
