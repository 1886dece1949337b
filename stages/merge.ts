import { type CatalogueRow, catalogueColumns, catalogueCsv } from './lib/catalogue.ts';
import { DataError } from './lib/data-error.ts';
import { inherit } from './lib/fits-inherit.ts';
import { readTable, type Table } from './lib/fits-table.ts';
import { tableHdu, writeFits } from './lib/fits-write.ts';
import { memberFiles } from './lib/members.ts';
import { mergeSightings, type Sighting, sight } from './lib/merge.ts';
import { type MosaicMember, readMembers } from './lib/mosaic-members.ts';
import { magnitude, type ZeroPoint, zeroPoint } from './lib/photometry.ts';
import { numberParam, openFits, productPath, runStep, say, type Task, writeResult } from './lib/step.ts';
import { reading } from './lib/step-errors.ts';
import { pixelScale, readWcs } from './lib/wcs.ts';

const ABOUT = `
merge: one catalogue of a mosaic (--from mosaic=DIR) out of the catalogues of its members (their products of detect).

Leaves <dataset>_cat.csv and <dataset>_cat.fits: the columns of detect, x and y on the mosaic, and two more: seen (by how many members) and
member (number of the one that the line was taken from, as MEMnnn in the mosaic). Sources of the overlaps stand in it once, as the member sees
them that has them farthest from its edge. Fluxes are brought to the mosaic's level of the sky, as its pixels are.

Parameters: radius (1: sightings within as many pixels of each other are one source).
`;

runStep('merge', ABOUT, merge);

interface Catalogue {
  readonly rows: readonly CatalogueRow[];
  readonly table: Table;
}

function merge(task: Task): void {
  const radius = numberParam(task, 'radius', 1, 0.01, 100);
  const path = productPath(task, 'mosaic', `${task.dataset}_mos.fits`);
  const file = openFits(path);
  const { members, wcs, primary, sci, zero } = reading(path, () => {
    const header = file.hdus.find((hdu) => hdu.name === 'SCI')?.header;
    const place = header && readWcs(header);
    if (header === undefined || place === undefined) throw new DataError('there is no SCI with a WCS: it is no mosaic');
    const first = file.hdus[0]?.header ?? header;
    return { members: readMembers(header), wcs: place, primary: first, sci: header, zero: zeroPoint(header, first) };
  });
  const files = new Map(memberFiles(task, 'detect', '_cat.fits').map((each) => [each.dataset, each.path]));
  const sightings: Sighting[] = [];
  let first: Table | undefined;
  members.forEach((member, at) => {
    const { rows, table } = readCatalogue(member, files.get(member.dataset), zero);
    first ??= table;
    sightings.push(...sight(rows, member, at, wcs));
  });
  if (first === undefined) throw new DataError(`${path}: NMEMBERS is 0: it is a mosaic of nothing`);
  const { sources, repeated, artefacts } = mergeSightings(sightings, members, radius);
  say(`${sightings.length} sightings by ${members.length} members: ${sources.length} sources`);
  say(`${repeated} seen again in overlaps, ${artefacts} that an edge has made`);
  const rows = sources.map((source, i) => ({ ...source.row, id: i + 1, x: source.x, y: source.y }));
  const extra = [
    { name: 'seen', comment: 'members that saw it', values: sources.map((source) => source.seen) },
    { name: 'member', comment: 'taken from this one: MEMnnn', values: sources.map((source) => source.member + 1) },
  ];
  writeResult(task, `${task.dataset}_cat.csv`, catalogueCsv(rows, extra));
  const unit = sci
    .text('BUNIT')
    ?.toLowerCase()
    .replace(/^electrons/, 'electron');
  const table = tableHdu('CATALOGUE', catalogueColumns(rows, unit, extra));
  for (const keyword of ['MAGSYS', 'ZEROPT', 'THRESH', 'MINPIX', 'CONTRAST', 'APERTURE']) {
    const card = first.hdu.header.cards.find((each) => each.keyword === keyword);
    if (card !== undefined)
      table.header.set(keyword, card.value, card.comment, keyword !== 'MINPIX' && typeof card.value === 'number');
  }
  table.header
    .set('RADIUS', radius * pixelScale(wcs), 'sightings within it are one source, arcsec', true)
    .set('NSIGHT', sightings.length, 'sources in the catalogues of the members');
  const header = inherit(primary, `${task.dataset}_cat.fits`).set('ASN_ID', task.dataset);
  writeResult(task, `${task.dataset}_cat.fits`, writeFits([{ header, data: Buffer.alloc(0) }, table]));
}

/** A member's catalogue, its fluxes on the mosaic's level. */
function readCatalogue(member: MosaicMember, path: string | undefined, zero: ZeroPoint): Catalogue {
  if (path === undefined)
    throw new DataError(`the mosaic's member ${member.dataset} has no catalogue among the members`);
  const file = openFits(path);
  return reading(path, () => {
    const table = readTable(file, 'CATALOGUE');
    const { header } = table.hdu;
    const radius = header.number('APERTURE');
    const column = (name: keyof CatalogueRow) => {
      const values = table.columns.get(name.toUpperCase());
      if (values === undefined) throw new DataError(`${header.where}: there is no column ${name.toUpperCase()}`);
      return values;
    };
    const names = ['id', 'x', 'y', 'ra', 'dec', 'flux', 'flux_err', 'mag', 'npix', 'peak', 'flags'] as const;
    const columns = names.map((name) => [name, column(name)] as const);
    const rows = Array.from({ length: table.rows }, (_, row) => {
      const read = Object.fromEntries(columns.map(([name, values]) => [name, values[row]])) as unknown as CatalogueRow;
      const flux = read.flux + member.level * Math.PI * radius ** 2;
      return { ...read, flux, peak: read.peak + member.level, mag: magnitude(flux, zero) };
    });
    return { rows, table };
  });
}
