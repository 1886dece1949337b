/** `sites.yaml` of a home → its sites. */
import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { z } from 'zod';
import { fileNameFault } from '../model/manifest.ts';
import { type SiteDefinition, TOOLS } from '../model/site.ts';
import { nearest } from '../model/suggest.ts';
import type { Fault } from './fault.ts';
import { issueFaults } from './issues.ts';
import { keysAt } from './schema-doc.ts';
import { type siteShape, sitesShape } from './site-schema.ts';
import { isRecord, type Path, readSource, Source } from './source.ts';
import { compileTemplate, type TemplateNames } from './template.ts';
import { checkTemplate } from './templates.ts';

export const SITES_FILE = 'sites.yaml';

export interface ParsedSites {
  readonly sites: ReadonlyMap<string, SiteDefinition>;
  readonly faults: readonly Fault[];
}

const ON_SITE = ['host', 'root', 'home', 'env'];

/** What `run` may name. */
const RUN_NAMES: TemplateNames = { names: ON_SITE };
/** What `upload` and `download` may. */
const TRANSFER_NAMES: TemplateNames = { names: ['source', 'target', 'list', 'from', 'to', ...ON_SITE] };

/** Never throws: a home without the file has no sites. */
export function readSites(home: string): ParsedSites {
  const sites = new Map<string, SiteDefinition>();
  if (!existsSync(join(home, SITES_FILE))) return { sites, faults: [] };
  const source = readSource(home, SITES_FILE);
  if (!(source instanceof Source)) return { sites, faults: [source] };
  if (source.data === undefined) return { sites, faults: source.faults };
  const faults: Fault[] = [...source.faults, ...templateFaults(source, source.data.sites)];
  const result = sitesShape.safeParse(source.data);
  if (!result.success)
    faults.push(
      ...issueFaults(source, result.error.issues, (path) => (path.length < 2 ? [] : keysAt('site', path.slice(2)))),
    );
  for (const [name, data] of Object.entries(result.data?.sites ?? {})) {
    const { by, host, root, run, timeout, limits } = data;
    const isInHome = !isAbsolute(root);
    if (isInHome) faults.push(...insideFaults(source, name, data));
    const tool = TOOLS[by ?? (host === undefined ? 'cp' : 'rsync')];
    const isOwn = data.upload !== undefined || data.download !== undefined;
    sites.set(name, {
      name,
      host,
      root: isInHome ? join(home, root) : root,
      isInHome,
      run: run ?? (host === undefined ? [] : ['ssh', '-o', 'BatchMode=yes', '{{ host }}']),
      upload: data.upload ?? tool.upload,
      download: data.download ?? tool.download,
      resumes: data.resumes ?? (isOwn && by === undefined ? false : tool.resumes),
      timeoutMs: timeout,
      limits,
    });
  }
  return { sites, faults };
}

/** A folder of the home is of this host, and no path leads out of it. */
function insideFaults(source: Source, site: string, { root, host, run }: z.infer<typeof siteShape>): Fault[] {
  const path = ['sites', site, 'root'];
  if (host !== undefined || run !== undefined) {
    const message = `'sites.${site}.root' must be an absolute path of the site, such as /data/us, not '${root}'`;
    return [source.fault(path, message, 'only of a site that is this host itself it may be a folder of the home')];
  }
  const fault = fileNameFault(root);
  return fault === undefined ? [] : [source.fault(path, `'${root}' is no folder of the home: ${fault}`)];
}

function templateFaults(source: Source, sites: unknown): Fault[] {
  if (!isRecord(sites)) return [];
  return Object.entries(sites).flatMap(([site, data]) => {
    if (!isRecord(data)) return [];
    return ['run', 'upload', 'download'].flatMap((key) => {
      const words: readonly unknown[] = Array.isArray(data[key]) ? data[key] : [];
      const faults = words.flatMap((word, at) => {
        const names = key === 'run' ? RUN_NAMES : TRANSFER_NAMES;
        return checkTemplate(source, ['sites', site, key, at], word, names).faults;
      });
      const isBlind = !words.some((word) => /\b(source|list)\b/.test(String(word)));
      if (key !== 'run' && words.length > 0 && isBlind) {
        const hint = 'it names {{ source }} and {{ target }}, or {{ list }}, {{ from }} and {{ to }}';
        faults.push(source.fault(['sites', site, key], `'${key}' does not say what it transfers`, hint));
      }
      return faults;
    });
  });
}

/** The site that a file names, with a fault at that place if there is none. */
export function siteNamed(
  source: Source,
  place: Path,
  name: unknown,
  home: string,
  faults: Fault[],
): SiteDefinition | undefined {
  if (typeof name !== 'string') return undefined;
  const { sites, faults: inFile } = readSites(home);
  const site = sites.get(name);
  if (inFile.length > 0) faults.push(source.fault(place, `${SITES_FILE} has faults`, 'slate check tells them'));
  else if (site === undefined) {
    const close = nearest(name, [...sites.keys()]);
    const known = sites.size === 0 ? `there are none in ${SITES_FILE}` : `there are ${[...sites.keys()].join(', ')}`;
    faults.push(
      source.fault(place, `there is no site '${name}'`, close === undefined ? known : `did you mean '${close}'?`),
    );
  }
  return site;
}

/** Words of a command of a site, filled in. @throws TemplateError */
export function fillWords(
  words: readonly string[],
  site: SiteDefinition,
  home: string,
  more: Readonly<Record<string, string>> = {},
): string[] {
  const context = { ...more, host: site.host ?? '', root: site.root, home, env: process.env };
  return words.map((word) => compileTemplate(word, TRANSFER_NAMES, `${SITES_FILE}: ${site.name}`).render(context));
}

/** A site whose `run` can be started from any folder. @throws TemplateError */
export function readySite(site: SiteDefinition, home: string): SiteDefinition {
  const [program, ...words] = fillWords(site.run, site, home);
  if (program === undefined) return site;
  return { ...site, run: [program.includes('/') ? resolve(home, program) : program, ...words] };
}
