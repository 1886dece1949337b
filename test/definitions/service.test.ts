import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { homeOf } from './home.ts';

function load(text: string) {
  const { stages, faults } = loadHome(homeOf({ 'stages/mill.yaml': `stage: mill\ncommand: [mill]\n${text}\n` }));
  return { service: stages.get('mill')?.service, faults: faults.map(formatFault) };
}

const DEFAULTS = {
  restart: { firstMs: 1_000, factor: 2, mostMs: 60_000 },
  most: undefined,
  ageMs: undefined,
  memoryBytes: undefined,
  startMs: undefined,
  stopMs: 5_000,
  cancel: false,
};

describe('service', () => {
  it.each<[string, object | undefined]>([
    ['', undefined],
    ['service: false', undefined],
    ['service: true', DEFAULTS],
    ['service: {}', DEFAULTS],
    [
      'service: {restart: {first: 2s, factor: 3, most: 5m}, most: 1000, age: 6h, memory: 2g, start: 30s, stop: 0s, cancel: true}',
      {
        restart: { firstMs: 2_000, factor: 3, mostMs: 300_000 },
        most: 1_000,
        ageMs: 21_600_000,
        memoryBytes: 2 ** 31,
        startMs: 30_000,
        stopMs: 0,
        cancel: true,
      },
    ],
    ['service: {restart: {first: 2m}}', { ...DEFAULTS, restart: { firstMs: 120_000, factor: 2, mostMs: 120_000 } }],
  ])('%s', (text, service) => {
    expect(load(text)).toEqual({ service, faults: [] });
  });

  it.each([
    ['service: yes please', /'service' must be true, or a mapping such as .*, not 'yes please'/],
    ['service: {most: 0}', /'service.most' must be a whole number from 1/],
    ['service: {memory: 100}', /'service.memory' must be a size with a unit, such as 512m or 2g, not 100/],
    ['service: {memory: lots}', /'service.memory' must be a size with a unit/],
    ['service: {age: 0s}', /'service.age' must be longer than 0/],
    ['service: {restarts: {}}', /unknown key 'restarts'; did you mean 'restart'\?/],
    ['service: {cancel: maybe}', /'service.cancel' must be true or false/],
    [
      "service: true\nenv: {A: '{{ dataset }}'}",
      /no name 'dataset' is known here; a service is started before there is an entry/,
    ],
    ["service: {}\nenv: {A: '{{ params.x }}'}", /no name 'params' is known here; a service is started before/],
  ])('%s is refused', (text, fault) => {
    const { faults } = load(text);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  it('may name what is known before there is an entry', () => {
    expect(
      load("service: true\nenv: {A: '{{ home }}/{{ board }}/{{ pipeline }}/{{ stage }}/{{ env.HOME }}'}").faults,
    ).toEqual([]);
  });
});
