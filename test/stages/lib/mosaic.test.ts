import { describe, expect, it } from 'vitest';
import { combine, type Layer } from '../../../stages/lib/combine.ts';
import { Header } from '../../../stages/lib/fits-header.ts';
import { parseFits } from '../../../stages/lib/fits-read.ts';
import { readTable } from '../../../stages/lib/fits-table.ts';
import { emptyPrimary, tableHdu, writeFits } from '../../../stages/lib/fits-write.ts';
import { matchLevels } from '../../../stages/lib/levels.ts';
import { mergeSightings, type Sighting, sight } from '../../../stages/lib/merge.ts';
import { type MosaicMember, readMembers, writeMembers } from '../../../stages/lib/mosaic-members.ts';
import { forOverlap, layOut } from '../../../stages/lib/tiles.ts';
import { pixelToSky, type Wcs } from '../../../stages/lib/wcs.ts';
import { makeRandom } from '../support.ts';

const wcs = (x: number, y: number): Wcs => ({
  crpix: [x, y],
  crval: [150, 30],
  cd: [-1e-5, 2e-6, 2e-6, 1e-5],
  ignored: undefined,
});
const tile = (dataset: string, x: number, y: number, width = 30, height = 20) => ({
  dataset,
  width,
  height,
  wcs: wcs(x, y),
});

describe('layout', () => {
  it('puts tiles where their reference pixels say, whichever comes first', () => {
    const tiles = [tile('a', 10, 10), tile('b', -15, 12), tile('c', 13, 25)];
    const { width, height, places, wcs: placed } = layOut(tiles);
    expect(places).toEqual([
      { x: 3, y: 15 },
      { x: 28, y: 13 },
      { x: 0, y: 0 },
    ]);
    expect([width, height, placed.crpix]).toEqual([58, 35, [13, 25]]);
    const [, ...others] = layOut([...tiles].reverse()).places;
    expect(others).toEqual([
      { x: 28, y: 13 },
      { x: 3, y: 15 },
    ]);
  });

  it('takes tiles with another reference point on the sky, if their pixels agree', () => {
    const [ra, dec] = pixelToSky(wcs(0, 0), 40, 8);
    // So near to the pole of the projection the turn of north over 40 pixels is far below a hundredth of a pixel.
    const moved = { ...tile('b', 10, 8), wcs: { ...wcs(10, 8), crval: [ra, dec] as const } };
    expect(layOut([tile('a', 0, 0), moved]).places).toEqual([
      { x: 0, y: 0 },
      { x: 30, y: 0 },
    ]);
  });

  it('refuses no tile, half pixels, and the other side of the sky', () => {
    expect(() => layOut([])).toThrow('there is no tile');
    expect(() => layOut([tile('a', 0, 0), tile('b', 0, 0.25)])).toThrow(
      'b does not lie on the pixels of a: its corners are off by up to 0.250 pixels',
    );
    const behind = { ...tile('b', 0, 0), wcs: { ...wcs(0, 0), crval: [330, -30] as const } };
    expect(() => layOut([tile('a', 0, 0), behind])).toThrow('b does not lie on the pixels of a');
  });

  it('visits exactly the pixels that two tiles share', () => {
    const pairs: number[][] = [];
    forOverlap(
      [
        { width: 4, height: 3 },
        { x: 0, y: 0 },
      ],
      [
        { width: 2, height: 5 },
        { x: 3, y: 1 },
      ],
      (a, b) => pairs.push([a, b]),
    );
    expect(pairs).toEqual([
      [7, 0],
      [11, 2],
    ]);
  });
});

describe('levels', () => {
  const { normal } = makeRandom(7);
  const scene = Float64Array.from({ length: 100 * 100 }, () => 100 * normal());
  const cut = (x: number, y: number, level: number, size = 40) => ({
    width: size,
    height: size,
    signal: Float64Array.from({ length: size * size }, (_, i) => {
      return (scene[(y + Math.floor(i / size)) * 100 + x + (i % size)] as number) - level;
    }),
  });

  it('of tiles of one scene are found exactly, with a mean of zero', () => {
    const truth = [5, -3, 20, 8];
    const places = [
      { x: 0, y: 0 },
      { x: 30, y: 0 },
      { x: 0, y: 30 },
      { x: 30, y: 30 },
    ];
    const tiles = places.map(({ x, y }, i) => cut(x, y, truth[i] ?? 0));
    const levels = matchLevels(tiles, places);
    expect(levels).toEqual(truth.map((level) => expect.closeTo(level - 7.5, 9)));
  });

  it('do not mind masked pixels and a bright star that only one has', () => {
    const [one, two] = [cut(0, 0, 0), cut(20, 0, 10)];
    for (let i = 0; i < 300; i++) one.signal[i * 5] = Number.NaN;
    for (let i = 0; i < 200; i++) two.signal[i * 40] = 1e6;
    const levels = matchLevels(
      [one, two],
      [
        { x: 0, y: 0 },
        { x: 20, y: 0 },
      ],
    );
    expect((levels[1] ?? 0) - (levels[0] ?? 0)).toBeCloseTo(10, 9);
  });

  it('of tiles that nothing ties together stay as they are, each island for itself', () => {
    const places = [
      { x: 0, y: 0 },
      { x: 60, y: 60 },
      { x: 30, y: 0 },
    ];
    const levels = matchLevels([cut(0, 0, 4), cut(60, 60, 100), cut(30, 0, 0)], places);
    expect(levels).toEqual([2, 0, -2].map((level) => expect.closeTo(level, 9)));
    expect(matchLevels([cut(0, 0, 3)], [{ x: 0, y: 0 }])).toEqual([0]);
  });
});

describe('combination', () => {
  const layer = (values: number[], noise: number[], more: Partial<Layer> = {}): Layer => ({
    width: values.length,
    height: 1,
    place: { x: 0, y: 0 },
    signal: Float64Array.from(values),
    noise: Float64Array.from(noise),
    dq: undefined,
    level: 0,
    exposure: 'one',
    seconds: 60,
    ...more,
  });
  const { NaN: NAN } = Number;

  it('of two exposures weighs by their noise, and lowers it', () => {
    const two = layer([20], [2], { exposure: 'two', seconds: 40, level: 5 });
    const { signal, noise, weight } = combine(1, 1, [layer([10], [1]), two]);
    expect(signal[0]).toBeCloseTo((10 + 25 / 4) / (1 + 1 / 4), 5);
    expect(noise[0]).toBeCloseTo(1 / Math.sqrt(1 + 1 / 4), 6);
    expect(weight[0]).toBe(100);
  });

  it('of pieces of one exposure keeps the noise', () => {
    const { signal, noise, weight } = combine(1, 1, [layer([10], [2]), layer([12], [2])]);
    expect([signal[0], noise[0], weight[0]]).toEqual([11, 2, 60]);
    const uneven = combine(1, 1, [layer([10], [1]), layer([15], [2])]);
    expect([uneven.signal[0], uneven.noise[0]]).toEqual([11, expect.closeTo(1.2, 6)]);
  });

  it('takes what is good, and tells what is not', () => {
    const dq = Float32Array.from([1, 4, 8, 0]);
    const one = layer([NAN, 5, NAN, 7], [3, 1, 4, 0], { dq });
    const two = layer([6, NAN, NAN], [1, 1, 0], { dq: Float32Array.from([16, 32, 64]), exposure: 'two' });
    const made = combine(5, 1, [one, two]);
    expect([...made.signal]).toEqual([6, 5, NAN, NAN, NAN]);
    expect([...made.noise]).toEqual([1, 1, 4, 0, 0]);
    // Flags of what was used; of all if nothing was; 2 where no tile is.
    expect([...made.dq]).toEqual([16, 4, 8 | 64, 0, 2]);
    expect([...made.weight]).toEqual([60, 60, 0, 0, 0]);
  });
});

describe('merging', () => {
  const members: MosaicMember[] = [
    { dataset: 'a', x: 1, y: 1, width: 100, height: 100, level: 0, sum: '' },
    { dataset: 'b', x: 81, y: 1, width: 100, height: 100, level: 0, sum: '' },
  ];
  const mosaic = wcs(1, 1);
  const at = (member: number, x: number, y: number, flux = 100): Sighting[] => {
    const [ra, dec] = pixelToSky(mosaic, x, y);
    const own = { id: 1, x, y, ra, dec, flux, flux_err: 1, mag: 20, npix: 9, peak: 9, flags: 0 };
    return sight([own], members[member] as MosaicMember, member, mosaic);
  };
  const merge = (...sightings: Sighting[][]) => mergeSightings(sightings.flat(), members, 1);

  it('knows how deep in its member a source lies', () => {
    expect(at(0, 1, 50)[0]?.depth).toBeCloseTo(0.5, 6);
    expect(at(0, 90, 50)[0]?.depth).toBeCloseTo(10.5, 6);
    expect(at(1, 90, 50)[0]?.depth).toBeCloseTo(9.5, 6);
  });

  it('takes a source of the overlap once, from the member that has it deepest', () => {
    const { sources, repeated, artefacts } = merge(at(0, 85, 50), at(1, 85.3, 50.2), at(0, 20, 20, 300));
    expect(sources.map(({ member, seen, row }) => [member, seen, row.flux])).toEqual([
      [0, 1, 300],
      [0, 2, 100],
    ]);
    expect([repeated, artefacts]).toEqual([1, 0]);
    expect(merge(at(0, 96, 50), at(1, 95.6, 50)).sources.map(({ member }) => member)).toEqual([1]);
  });

  it('keeps two stars apart that each member tells apart', () => {
    const { sources } = merge(at(0, 85, 50), at(0, 85.8, 50), at(1, 85.1, 50), at(1, 85.7, 50));
    expect(sources.map(({ x, seen }) => [x.toFixed(1), seen])).toEqual([
      ['85.0', 2],
      ['85.8', 2],
    ]);
  });

  it('leaves out what an edge makes of a source, and keeps what only the better one sees', () => {
    expect(merge(at(0, 99.5, 50), at(1, 97, 50))).toMatchObject({ sources: [{ member: 1 }], artefacts: 1 });
    expect(merge(at(0, 85, 50)).sources).toHaveLength(1);
    expect(merge(at(0, 98, 50))).toMatchObject({ sources: [], artefacts: 1, repeated: 0 });
  });

  it('of nothing is nothing', () => {
    expect(merge()).toEqual({ sources: [], repeated: 0, artefacts: 0 });
  });
});

describe('what the mosaic says of its members', () => {
  const header = () => new Header('HDU 1 (SCI)', []);

  it('comes back as it was written', () => {
    const members = Array.from({ length: 12 }, (_, i) => {
      return { dataset: `d${i}`, x: 1 + i, y: 2, width: 3, height: 4, level: Math.fround(i / 7), sum: String(i) };
    });
    const made = header();
    writeMembers(made, members);
    const { hdus } = parseFits(
      writeFits([{ header: new Header('', [...emptyPrimary().cards, ...made.cards]), data: Buffer.alloc(0) }]),
    );
    expect(hdus[0] && readMembers(hdus[0].header)).toEqual(members);
  });

  it('is missed by name', () => {
    expect(() => readMembers(header())).toThrow('HDU 1 (SCI): the keyword NMEMBERS is missing');
    expect(() => readMembers(header().set('NMEMBERS', 1000))).toThrow('NMEMBERS is 1000; up to 999 can be told');
    expect(() => readMembers(header().set('NMEMBERS', 1))).toThrow('the keyword MEM001 is missing');
  });
});

describe('tables', () => {
  const file = (edit: (header: Header) => void = () => undefined) => {
    const table = tableHdu('CATALOGUE', [
      { name: 'A', form: 'J', values: [1, -2] },
      { name: 'B', form: 'E', values: [0.5, Number.NaN] },
      { name: 'C', form: 'D', values: [1e-300, 3] },
    ]);
    edit(table.header);
    return parseFits(writeFits([{ header: emptyPrimary(), data: Buffer.alloc(0) }, table]));
  };

  it('come back as they were written', () => {
    const { rows, columns } = readTable(file(), 'CATALOGUE');
    expect(rows).toBe(2);
    expect([...columns].map(([name, values]) => [name, ...values])).toEqual([
      ['A', 1, -2],
      ['B', 0.5, Number.NaN],
      ['C', 1e-300, 3],
    ]);
  });

  it('that cannot be read are refused', () => {
    expect(() => readTable(file(), 'OTHER')).toThrow('there is no table named OTHER');
    expect(() =>
      readTable(
        file((header) => header.set('TFORM2', '8A')),
        'CATALOGUE',
      ),
    ).toThrow("TFORM2 is '8A'; only numbers can be read");
    expect(() =>
      readTable(
        file((header) => header.set('TFORM2', 'D')),
        'CATALOGUE',
      ),
    ).toThrow('its columns are wider than NAXIS1, 16');
  });
});
