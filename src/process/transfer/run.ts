/** The step of a transfer, from its arguments to its exit code. */
import fs from 'node:fs';
import { join } from 'node:path';
import { isSystemError, pathText } from '../../board/errors.ts';
import { readSites, SITES_FILE } from '../../definitions/sites.ts';
import { TemplateError } from '../../definitions/template.ts';
import { fileNameFault, MANIFEST_FILE } from '../../model/manifest.ts';
import type { SiteDefinition, Way } from '../../model/site.ts';
import { formatSize } from '../../model/size.ts';
import { didYouMean } from '../../model/suggest.ts';
import { count } from '../../model/text.ts';
import { download } from './download.ts';
import { TransferError } from './fault.ts';
import { removeScript } from './scripts.ts';
import type { Sending, Summary } from './send.ts';
import { runThere } from './shell.ts';
import { upload } from './upload.ts';

export interface TransferOrder {
  readonly home: string;
  readonly way: Way;
  readonly site: string;
  /** Below the root of the site. */
  readonly path: string;
  /** Of an upload what is sent, of a download the folder that it goes to. */
  readonly files: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (text: string) => void;
}

export interface TransferEnd {
  readonly exit: number;
  /** Of a failure. */
  readonly message: string | undefined;
  readonly summary: Summary | undefined;
  readonly seconds: number;
}

/** Never throws what may go wrong with a transfer. */
export async function runTransfer(order: TransferOrder): Promise<TransferEnd> {
  const began = performance.now();
  const seconds = (): number => Math.round(performance.now() - began) / 1000;
  try {
    const site = siteNamed(order.home, order.site);
    const path = checkedPath(order.path);
    const summary = await carryOut(order, site, path);
    const end = { exit: 0, message: undefined, summary, seconds: seconds() };
    tell(order, site, path, end);
    return end;
  } catch (error) {
    const told = asTransferError(error);
    if (told === undefined) throw error;
    const end = { exit: told.exit, message: told.message, summary: undefined, seconds: seconds() };
    hand(order.env.SLATE_RESULT, { reason: told.message });
    return end;
  }
}

function asTransferError(error: unknown): TransferError | undefined {
  if (error instanceof TransferError) return error;
  if (error instanceof TemplateError) return new TransferError('refused', error.message);
  return isSystemError(error) ? new TransferError('failed', pathText(error)) : undefined;
}

function siteNamed(home: string, name: string): SiteDefinition {
  const { sites, faults } = readSites(home);
  const [fault] = faults;
  if (fault !== undefined)
    throw new TransferError('refused', `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`);
  const site = sites.get(name);
  if (site === undefined)
    throw new TransferError(
      'refused',
      `there is no site '${name}' in ${SITES_FILE}${didYouMean(name, [...sites.keys()])}`,
    );
  return site;
}

/** Nothing outside of the root is reached, whatever a template has made of it. */
function checkedPath(path: string): string {
  const fault = fileNameFault(path);
  if (fault === undefined) return path;
  throw new TransferError('refused', `'${path}' is no path below the root of a site: ${fault}`);
}

async function carryOut(order: TransferOrder, site: SiteDefinition, path: string): Promise<Summary | undefined> {
  const { home, way, files, cwd, env, log } = order;
  const { SLATE_POSTED: posted, SLATE_EPOCH: epoch, SLATE_SCRATCH: scratch } = env;
  const sending: Sending = {
    home,
    site,
    log,
    // By hand it is a try as well, and the time tells it from others.
    mark: posted === undefined ? `${Date.now()}` : `${posted}.${(epoch ?? '').padStart(6, '0')}`,
    scratch: scratch ?? fs.mkdtempSync(join(process.env.TMPDIR ?? '/tmp', 'slate-transfer-')),
  };
  try {
    if (way === 'upload') return await upload(sending, sourcesOf(files), path);
    if (way === 'download') return await download(sending, path, files[0] ?? cwd);
    await runThere(sending, removeScript(site.root, path));
    return undefined;
  } finally {
    if (scratch === undefined) fs.rmSync(sending.scratch, { recursive: true, force: true });
  }
}

/** A template may have made several of one text, a line each. */
function sourcesOf(files: readonly string[]): string[] {
  return files.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}

function tell(order: TransferOrder, site: SiteDefinition, path: string, { summary, seconds }: TransferEnd): void {
  const { way, env, log } = order;
  const where = `${site.root}/${path}`;
  if (summary === undefined) {
    log(`removed ${site.name}:${where}`);
    return;
  }
  const { files, bytes, sent, sentBytes, manifest } = summary;
  const reason = `${count(files, 'file')}, ${formatSize(bytes)}; ${sent} sent in ${seconds} s`;
  log(`${way}: ${reason}`);
  const { SLATE_STAGE: stage, SLATE_PRODUCTS: products, SLATE_RESULT: result } = env;
  if (way === 'upload' && products !== undefined) fs.writeFileSync(join(products, MANIFEST_FILE), manifest);
  const facts = { site: site.name, path: where, files, bytes, sent, sentBytes, seconds };
  hand(result, { params: stage === undefined ? {} : { [stage]: facts }, reason });
}

/** What the board is told of a step's end. */
function hand(file: string | undefined, result: object): void {
  if (file !== undefined) fs.writeFileSync(file, `${JSON.stringify(result)}\n`);
}
