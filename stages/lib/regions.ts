import type { Report } from './reports.ts';

/** Regions that reports are split by: those of the National Weather Service (Puerto Rico in the southern one), neighbours, no place known. */
export const REGIONS = [
  { name: 'eastern', title: 'Eastern US' },
  { name: 'southern', title: 'Southern US' },
  { name: 'central', title: 'Central US' },
  { name: 'western', title: 'Western US' },
  { name: 'alaska', title: 'Alaska' },
  { name: 'pacific', title: 'Pacific islands' },
  { name: 'canada', title: 'Canada' },
  { name: 'mexico', title: 'Mexico' },
  { name: 'abroad', title: 'Other countries' },
  { name: 'unplaced', title: 'US, place unknown' },
] as const;

export type RegionName = (typeof REGIONS)[number]['name'];

const STATES: Readonly<Record<string, RegionName>> = Object.fromEntries(
  (
    [
      ['eastern', 'ME NH VT MA RI CT NY NJ PA OH WV MD DE DC VA NC SC'],
      ['southern', 'TX OK AR LA MS AL TN GA FL NM'],
      ['central', 'MN WI MI IA IL IN KY MO KS NE ND SD CO WY'],
      ['western', 'MT ID WA OR CA NV UT AZ'],
      ['alaska', 'AK'],
      ['pacific', 'HI'],
    ] as const
  ).flatMap(([region, states]) => states.split(' ').map((state) => [state, region])),
);

/** By the files' codes of countries: PU Puerto Rico, VI Virgin Islands, MY Marianas, KA Carolines, ZM Samoa. */
const COUNTRIES: Readonly<Record<string, RegionName>> = {
  ...{ PU: 'southern', VI: 'southern', MY: 'pacific', KA: 'pacific', ZM: 'pacific' },
  ...{ CN: 'canada', CA: 'canada', MX: 'mexico' },
};

/** By the first letters of a station's ICAO code, the longer first. */
const PREFIXES: readonly (readonly [string, RegionName])[] = [
  ['TJ', 'southern'],
  ['TI', 'southern'],
  ['MM', 'mexico'],
  ['PA', 'alaska'],
  ['PF', 'alaska'],
  ['P', 'pacific'],
  ['K', 'unplaced'],
  ['C', 'canada'],
];

/**
 * The region of a report: by its state, else its country, else, where the decoder did not know the station, by its ICAO code. Codes of three
 * letters and of digits are those of American stations that were too new for its tables.
 */
export function regionOf({ id, state, country }: Pick<Report, 'id' | 'state' | 'country'>): RegionName {
  if (country === 'US') return STATES[state] ?? 'unplaced';
  if (country !== '') return COUNTRIES[country] ?? 'abroad';
  if (!/^[A-Z]{4}$/.test(id)) return 'unplaced';
  return PREFIXES.find(([prefix]) => id.startsWith(prefix))?.[1] ?? 'abroad';
}
