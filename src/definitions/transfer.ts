/**
 * The key `transfer` of a stage: bytes that go to a site or come from it. Such a stage is one as any other, whose command is
 * Slateboard's own.
 */
import type { ExitMap, Outcome } from '../model/definition.ts';
import { fileNameFault } from '../model/manifest.ts';
import { type SiteDefinition, TRANSFER_EXITS, type TransferRule, WAYS, type Way } from '../model/site.ts';
import type { Fault } from './fault.ts';
import { mapping, text, textOrList } from './shapes.ts';
import { siteNamed } from './sites.ts';
import { isRecord, type Path, type Source } from './source.ts';

const PATH = 'a path below the root of the site, such as night/{{ dataset }}';

export const transferShape = mapping({
  site: text('the name of a site'),
  upload: textOrList(text('a file or a folder'), 'a file or a folder, or a list of them').optional(),
  to: text(PATH).optional(),
  download: text(PATH).optional(),
  remove: text(PATH).optional(),
});

/** As its shape lets it through. */
interface TransferData {
  readonly site: string;
  readonly upload?: readonly string[] | undefined;
  readonly to?: string | undefined;
  readonly download?: string | undefined;
  readonly remove?: string | undefined;
}

/** The command line of its step, as templates. */
export function transferCommand({ site, upload, to, download, remove }: TransferData): string[] {
  const line = (way: Way, path: string, ...more: readonly string[]) => [
    'slate',
    'transfer',
    way,
    site,
    '--',
    path,
    ...more,
  ];
  if (upload !== undefined) return line('upload', to ?? '', ...upload);
  if (download !== undefined) return line('download', download, '{{ products }}');
  return line('remove', remove ?? '');
}

export function transferOf(data: TransferData | undefined): TransferRule | undefined {
  if (data === undefined) return undefined;
  return { site: data.site, way: WAYS.find((way) => data[way] !== undefined) ?? 'remove' };
}

/** What a transfer does that its stage says nothing else of. */
export const TRANSFER_RETRIES = 5;
export const TRANSFER_FIRST_MS = 30_000;
const retry = (reason: string): Outcome => ({ kind: 'retry', reason });
export const TRANSFER_MAP: ExitMap = {
  codes: new Map<number, Outcome>([
    [0, { kind: 'complete' }],
    [TRANSFER_EXITS.differ, retry('sums_differ')],
    [TRANSFER_EXITS.noSource, { kind: 'fail', reason: 'no_source' }],
    [TRANSFER_EXITS.unreachable, retry('unreachable')],
    [TRANSFER_EXITS.failed, retry('transfer_failed')],
    [TRANSFER_EXITS.stalled, retry('stalled')],
    [TRANSFER_EXITS.refused, { kind: 'fail', reason: 'refused' }],
  ]),
  default: { kind: 'fail' },
};

/** The templates in it, with their places: on the plain data. */
export function transferTexts({ transfer }: Readonly<Record<string, unknown>>): Array<readonly [Path, unknown]> {
  if (!isRecord(transfer)) return [];
  const { upload } = transfer;
  const sources: Array<readonly [Path, unknown]> = Array.isArray(upload)
    ? upload.map((one: unknown, at) => [['transfer', 'upload', at], one])
    : [[['transfer', 'upload'], upload]];
  return [...sources, ...['to', 'download', 'remove'].map((key) => [['transfer', key], transfer[key]] as const)];
}

const NOT_WITH = ['command', 'shell', 'service', 'batch'];

/** What is wrong with it on the plain data, and the site that it names. */
export function checkTransfer(
  source: Source,
  data: Readonly<Record<string, unknown>>,
  home: string,
): { readonly site: SiteDefinition | undefined; readonly faults: readonly Fault[] } {
  const { transfer } = data;
  if (!isRecord(transfer)) return { site: undefined, faults: [] };
  const faults: Fault[] = [];
  const at = (key: string, message: string, hint?: string) =>
    faults.push(source.faultAt(source.keyPlaceOf(['transfer', key]), message, hint));
  for (const key of NOT_WITH) {
    if (data[key] === undefined || data[key] === false) continue;
    const message = `'${key}' and 'transfer' are both given`;
    faults.push(source.faultAt(source.keyPlaceOf([key]), message, 'the step of a transfer is made of its site'));
  }
  const ways = WAYS.filter((way) => transfer[way] !== undefined);
  const [way, other] = ways;
  if (way === undefined)
    faults.push(source.fault(['transfer'], "'transfer' does not say what", `it has one of ${WAYS.join(', ')}`));
  else if (other !== undefined) at(other, `'${way}' and '${other}' are both given`, 'each is a stage of its own');
  if (transfer.upload !== undefined && transfer.to === undefined)
    at('upload', "'transfer.upload' does not say where to", "'to' is a path below the root of the site");
  if (transfer.upload === undefined && transfer.to !== undefined)
    at('to', "'transfer.to' is of an upload", 'what is downloaded becomes the products of the stage');
  if (transfer.download !== undefined && data.products !== true)
    at('download', 'what is downloaded becomes the products of the stage', "say 'products: true'");
  faults.push(...pathFaults(source, transfer));
  return { site: siteNamed(source, ['transfer', 'site'], transfer.site, home, faults), faults };
}

/** What no entry can mend: a template stands for some text. What it makes of a path is looked at again when it runs. */
function pathFaults(source: Source, transfer: Readonly<Record<string, unknown>>): Fault[] {
  return ['to', 'download', 'remove'].flatMap((key) => {
    const path = transfer[key];
    if (typeof path !== 'string') return [];
    const why = fileNameFault(path.replace(/\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/gs, 'x'));
    const hint = `${why}; such as night/{{ dataset }}`;
    return why === undefined
      ? []
      : [source.fault(['transfer', key], `'${path}' is no path below the root of a site`, hint)];
  });
}
