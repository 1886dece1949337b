/** The shape of `sites.yaml`. */
import { z } from 'zod';
import { TOOL_NAMES } from '../model/site.ts';
import { choice, duration, expected, limits, mapping, matching, text } from './shapes.ts';

export const SITE_NAME = /^[a-z][a-z0-9_-]{0,31}$/;
export const SITE_NAME_WORDS = 'the name of a site: a small letter, then up to 31 of a-z 0-9 _ -';

const words = (what: string) => z.array(text(what), expected(`a list: ${what}`));
const program = (what: string) => words(what).min(1, 'names no program');

export const siteShape = mapping({
  by: choice(TOOL_NAMES).optional(),
  host: text('a host, such as me@far.example')
    .regex(/^[^\s-]\S*$/, 'is no host')
    .optional(),
  root: text('a folder of the site').regex(
    /^[^\n\\]*[^/\n\\]$/,
    expected('a folder: an absolute path of the site, such as /data/us, or one in the home'),
  ),
  run: words('what a command begins with that is to run on the site, such as [ssh, far]').optional(),
  upload: program('a command, such as [cp, "{{ source }}", "{{ target }}"]').optional(),
  download: program('a command, such as [cp, "{{ source }}", "{{ target }}"]').optional(),
  resumes: z.boolean(expected('true or false')).optional(),
  timeout: duration(1_000).default(3_600_000),
  limits: limits().default({}),
});

export const sitesShape = mapping({
  sites: z.record(
    matching(SITE_NAME, SITE_NAME_WORDS),
    siteShape,
    expected('a mapping of names to sites, such as {far: {host: far.example, root: /data/us}}'),
  ),
});
