/** `sites.yaml`, and stages that transfer: what they become, and what is said of what can't be meant. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { fillWords, readSites } from '../../src/definitions/sites.ts';
import type { StageDefinition } from '../../src/model/definition.ts';
import { takesList } from '../../src/model/site.ts';
import { homeOf } from './home.ts';

const SITES = 'sites:\n  far: {host: me@far, root: /data, limits: [link]}\n  near: {root: /mnt/near}\n';
const MAKE = 'stage: make\nproducts: true\nshell: "true"\n';

function load(stage: string, sites = SITES, limits = 'limits: {link: 2}\n') {
  const home = homeOf({
    'sites.yaml': sites,
    'pipelines/p.yaml': `pipeline: p\n${limits}stages: [{stage: make}, {stage: t}]\n`,
    'stages/make.yaml': MAKE,
    'stages/t.yaml': `stage: t\n${stage}\n`,
  });
  const { faults, stages } = loadHome(home);
  return { faults: faults.map(formatFault), stage: stages.get('t') as StageDefinition, home };
}

test('a transfer is a stage as any other, with a command of its own and what such a step wants', () => {
  const { faults, stage } = load(
    "transfer: {site: far, upload: ['{{ inputs.make }}', /etc/motd], to: 'x/{{ dataset }}'}",
  );
  expect(faults).toEqual([]);
  expect(stage.command).toEqual({
    kind: 'argv',
    argv: ['slate', 'transfer', 'upload', 'far', '--', 'x/{{ dataset }}', '{{ inputs.make }}', '/etc/motd'],
  });
  expect([stage.transfer, stage.retries, stage.backoff.firstMs, stage.limits]).toEqual([
    { site: 'far', way: 'upload' },
    5,
    30_000,
    { link: 1 },
  ]);
  expect([...stage.exits.codes].map(([code, { kind, reason }]) => `${code} ${kind} ${reason}`)).toEqual([
    '0 complete undefined',
    '65 retry sums_differ',
    '66 fail no_source',
    '69 retry unreachable',
    '74 retry transfer_failed',
    '75 retry stalled',
    '78 fail refused',
  ]);
});

test('the stage says otherwise where it does', () => {
  const { faults, stage } = load(
    'transfer: {site: far, remove: x}\nretries: 0\nbackoff: {first: 1s}\nexits: {69: hold}\nlimits: {link: 2}',
  );
  expect(faults).toEqual([]);
  expect([stage.retries, stage.backoff.firstMs, stage.limits, stage.exits.codes.get(69)?.kind]).toEqual([
    0,
    1_000,
    { link: 2 },
    'hold',
  ]);
});

test('sites have the tool that suits them', () => {
  const { home } = load('transfer: {site: far, remove: x}');
  const { sites } = readSites(home);
  const [far, near] = [sites.get('far'), sites.get('near')];
  if (far === undefined || near === undefined) throw new Error('no sites');
  expect([takesList(far.upload), far.resumes, takesList(near.upload), near.resumes]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(fillWords(far.run, far, home)).toEqual(['ssh', '-o', 'BatchMode=yes', 'me@far']);
  expect(fillWords(far.upload, far, home, { list: '/l', from: '/a', to: '/data/b' }).slice(-3)).toEqual([
    '--files-from=/l',
    '/a/',
    'me@far:/data/b/',
  ]);
  expect(fillWords(near.download, near, home, { source: '/mnt/near/x', target: '/y' })).toEqual([
    'cp',
    '--',
    '/mnt/near/x',
    '/y',
  ]);
});

test('a site on this host may be a folder of the home', () => {
  const { home, faults } = load('transfer: {site: far, remove: x}', 'sites: {far: {root: remote/far}}\n');
  expect(faults).toEqual([]);
  expect(readSites(home).sites.get('far')).toMatchObject({ root: join(home, 'remote/far'), isInHome: true });
});

test.each([
  ['transfer: {site: fra, remove: x}', "stages/t.yaml:2:18: there is no site 'fra'; did you mean 'far'?"],
  ['transfer: {site: far}', "stages/t.yaml:2:11: 'transfer' does not say what; it has one of upload, download, remove"],
  [
    'transfer: {site: far, upload: x, to: y, remove: x}',
    "stages/t.yaml:2:41: 'upload' and 'remove' are both given; each is a stage of its own",
  ],
  [
    'transfer: {site: far, upload: x}',
    "stages/t.yaml:2:23: 'transfer.upload' does not say where to; 'to' is a path below the root of the site",
  ],
  [
    'transfer: {site: far, download: x}',
    "stages/t.yaml:2:23: what is downloaded becomes the products of the stage; say 'products: true'",
  ],
  [
    'transfer: {site: far, remove: x}\ncommand: [a]',
    "stages/t.yaml:3:1: 'command' and 'transfer' are both given; the step of a transfer is made of its site",
  ],
  [
    'transfer: {site: far, upload: x, to: ../x}',
    "stages/t.yaml:2:38: '../x' is no path below the root of a site; none of its parts may be empty, . or ..; such as night/{{ dataset }}",
  ],
  ...['/data/x', 'a//b', 'a/../{{ dataset }}', './{{ dataset }}', '{{ dataset }}/', '.'].map((path) => [
    `transfer: {site: far, remove: '${path}'}`,
    `stages/t.yaml:2:31: '${path}' is no path below the root of a site; none of its parts may be empty, . or ..; such as night/{{ dataset }}`,
  ]),
  [
    'transfer: {site: far, download: "a\\\\b"}\nproducts: true',
    "stages/t.yaml:2:33: 'a\\b' is no path below the root of a site; it holds a control character, a backslash, or what is no UTF-8; such as night/{{ dataset }}",
  ],
  [
    "transfer: {site: far, remove: '{{ datset }}'}",
    "stages/t.yaml:2:35: no name 'datset' is known here; did you mean 'dataset'? known: home, board, pipeline, stage, dataset, class, rank, try, epoch, posted, params, scratch, inputs, members, env",
  ],
  [
    "transfer: {site: far, upload: ['{{ inputs.mak }}'], to: x}",
    "stages/t.yaml:2:43: 'mak' does not come before 't' in pipeline 'p'; before it comes make",
  ],
  [
    'transfer: {site: far, remove: x, form: y}',
    "stages/t.yaml:2:34: unknown key 'form'; the keys here are site, upload, to, download, remove",
  ],
])('%s is refused', (stage, fault) => {
  expect(load(stage).faults).toEqual([fault]);
});

test('a limit of the site that the pipeline has not is told where the site is named', () => {
  expect(load('transfer: {site: far, remove: x}', SITES, '').faults).toEqual([
    "stages/t.yaml:2:18: pipeline 'p' has no limit 'link'; say 'limits: {link: 1}' there",
  ]);
});

test.each([
  [
    'sites:\n  far: {host: far, root: data}',
    "sites.yaml:2:26: 'sites.far.root' must be an absolute path of the site, such as /data/us, not 'data'; only of a site that is this host itself it may be a folder of the home",
  ],
  [
    'sites:\n  far: {root: a/../..}',
    "sites.yaml:2:15: 'a/../..' is no folder of the home: none of its parts may be empty, . or ..",
  ],
  ['sites:\n  far: {host: -oProxyCommand=x, root: /data}', "sites.yaml:2:15: 'sites.far.host' is no host"],
  [
    'sites:\n  far: {root: /data, upload: [cp, a, b]}',
    "sites.yaml:2:30: 'upload' does not say what it transfers; it names {{ source }} and {{ target }}, or {{ list }}, {{ from }} and {{ to }}",
  ],
  [
    "sites:\n  far: {root: /data, run: [ssh, '{{ hots }}']}",
    "sites.yaml:2:37: no name 'hots' is known here; did you mean 'host'? known: host, root, home, env",
  ],
  [
    'sites:\n  far: {root: /data, tool: cp}',
    "sites.yaml:2:22: unknown key 'tool'; the keys here are host, root, by, run, upload, download, resumes, timeout, limits",
  ],
])('%s is refused', (sites, fault) => {
  const { faults } = load('transfer: {site: far, remove: x}', `${sites}\n`);
  expect(faults).toEqual([fault, 'stages/t.yaml:2:18: sites.yaml has faults; slate check tells them']);
});
