import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { homeOf, pipeline, stage } from './home.ts';

const NAMES = ['verify', 'calibrate', 'detect', 'preview'];

function load(text: string, stages: readonly string[] = NAMES) {
  const files = Object.fromEntries(stages.map((name) => [`stages/${name}.yaml`, stage(name)]));
  const { pipelines, faults } = loadHome(homeOf({ 'pipelines/hst.yaml': text, ...files }));
  return { pipeline: pipelines.get('hst'), faults: faults.map(formatFault) };
}

describe('a pipeline', () => {
  it('has defaults for all that is not given', () => {
    const { pipeline: loaded, faults } = load(pipeline('hst', ['verify', 'detect']));
    const day = 86_400_000;
    expect(faults).toEqual([]);
    expect(loaded).toEqual({
      name: 'hst',
      title: 'hst',
      stages: [
        { stage: 'verify', title: 'VER', after: [] },
        { stage: 'detect', title: 'DET', after: ['verify'] },
      ],
      inFlight: 2000,
      durability: 'posts',
      landing: [],
      timers: [],
      transaction: false,
      retention: {
        doneMs: 30 * day,
        removedMs: 30 * day,
        logsMs: 30 * day,
        productsMs: undefined,
        scratchMs: 7 * day,
        journalMs: 90 * day,
      },
      limits: {},
      freeBytes: undefined,
      file: 'pipelines/hst.yaml',
    });
  });

  it('keeps all that is given', () => {
    const { pipeline: loaded, faults } = load(`pipeline: hst
title: Hubble exposures
stages:
  - stage: verify
  - stage: calibrate
    after: []
    title: C
  - {stage: detect, after: calibrate}
  - {stage: preview, after: [verify, calibrate]}
inFlight: 5
durability: strict
retention: {done: never, logs: 1d, products: 2w}
landing:
  - folder: incoming/{{ board }}
    match: '*_flt.fits'
    dataset: '{{ groups.id }}'
    class: acs
    rank: 5
    params: {k: '{{ name | upper }}'}
    pattern: '^(?<id>.*)_flt'
    complete: {checksum: sha256}
  - {folder: a, match: ['*.a', b], dataset: x, complete: {signal: .done}}
  - {folder: b, match: b, dataset: x, complete: {stableFor: 2s}}
  - {folder: c, match: c, dataset: x}
`);
    expect(faults).toEqual([]);
    expect(loaded).toMatchObject({ title: 'Hubble exposures', inFlight: 5, durability: 'strict' });
    expect(loaded?.stages.map(({ after }) => after)).toEqual([[], [], ['calibrate'], ['verify', 'calibrate']]);
    expect(loaded?.stages[1]?.title).toBe('C');
    expect(loaded?.retention).toMatchObject({ doneMs: undefined, logsMs: 86_400_000, productsMs: 14 * 86_400_000 });
    expect(loaded?.landing[0]).toEqual({
      folder: 'incoming/{{ board }}',
      match: ['*_flt.fits'],
      dataset: '{{ groups.id }}',
      class: 'acs',
      rank: '05',
      params: { k: '{{ name | upper }}' },
      pattern: '^(?<id>.*)_flt',
      complete: { kind: 'checksum', algorithm: 'sha256' },
    });
    expect(loaded?.landing[1]).toMatchObject({ match: ['*.a', 'b'], class: '-', rank: '50', pattern: undefined });
    expect(loaded?.landing.slice(1).map(({ complete }) => complete)).toEqual([
      { kind: 'signal', suffix: '.done' },
      { kind: 'stable', forMs: 2_000 },
      { kind: 'stable', forMs: 5_000 },
    ]);
  });

  it('takes a heading from its own file, the stage file, or the name', () => {
    const { pipelines } = loadHome(
      homeOf({
        'pipelines/hst.yaml':
          'pipeline: hst\nstages:\n  - {stage: a, title: MINE}\n  - stage: b\n  - stage: calibrate\n',
        'stages/a.yaml': stage('a', 'title: THEIRS\n'),
        'stages/b.yaml': stage('b', 'title: THEIRS\n'),
        'stages/calibrate.yaml': stage('calibrate'),
      }),
    );
    expect(pipelines.get('hst')?.stages.map(({ title }) => title)).toEqual(['MINE', 'THEIRS', 'CAL']);
  });

  it('may have 32 stages, and no more', () => {
    const names = Array.from({ length: 33 }, (_, index) => `s${index}`);
    expect(load(pipeline('hst', names.slice(0, 32)), names).pipeline?.stages).toHaveLength(32);
    expect(load(pipeline('hst', names), names).faults).toEqual([
      "pipelines/hst.yaml:3:3: 'stages' has 33 stages; an entry's name has room for 32",
    ]);
  });

  const head = 'pipeline: hst\nstages: [{stage: verify}]\n';
  const zone = (more: string) => `${head}landing:\n  - {folder: in, match: '*', dataset: x, ${more}}\n`;
  it.each<[string, string, string]>([
    [
      'no name',
      'stages: [{stage: verify}]\n',
      "1:1: 'pipeline' is missing; it is a name: a small letter, then up to 31 of a-z 0-9 _ -",
    ],
    [
      'another name than its file',
      'pipeline: hts\nstages: [{stage: verify}]\n',
      "1:11: the pipeline is named 'hts', its file 'hst'; give both the same name",
    ],
    ['no stages', 'pipeline: hst\n', "1:1: 'stages' is missing; it is a list of stages, such as - stage: verify"],
    ['an empty list of stages', 'pipeline: hst\nstages: []\n', "2:9: 'stages' names no stage"],
    [
      'stages that are names',
      'pipeline: hst\nstages: [verify]\n',
      "2:10: 'stages[0]' is a name alone; write - stage: verify (stages is a list of mappings)",
    ],
    [
      'a stage without a name',
      'pipeline: hst\nstages: [{title: X}]\n',
      "2:10: 'stages[0].stage' is missing; it is a stage name: a small letter, then up to 31 of a-z 0-9 _ -",
    ],
    ['an unknown key', `${head}inflight: 3\n`, "3:1: unknown key 'inflight'; did you mean 'inFlight'?"],
    [
      'an unknown key of a stage',
      'pipeline: hst\nstages:\n  - stage: verify\n    afer: []\n',
      "4:5: unknown key 'afer'; did you mean 'after'?",
    ],
    [
      'a stage twice',
      'pipeline: hst\nstages:\n  - stage: verify\n  - stage: verify\n    after: []\n',
      "4:12: stage 'verify' stands here a second time",
    ],
    [
      'an unknown parent',
      'pipeline: hst\nstages:\n  - stage: verify\n  - {stage: detect, after: [veryfi]}\n',
      "4:29: no stage 'veryfi' in this pipeline; did you mean 'verify'?",
    ],
    [
      'an unknown parent far from all',
      'pipeline: hst\nstages:\n  - stage: verify\n  - {stage: detect, after: zzz}\n',
      "4:28: no stage 'zzz' in this pipeline; its stages are verify, detect",
    ],
    [
      'a stage after itself',
      'pipeline: hst\nstages:\n  - {stage: verify, after: [verify]}\n',
      "3:29: stage 'verify' can't come after itself",
    ],
    [
      'a parent twice',
      'pipeline: hst\nstages:\n  - stage: verify\n  - {stage: detect, after: [verify, verify]}\n',
      "4:37: 'verify' is named twice",
    ],
    [
      'a cycle',
      'pipeline: hst\nstages:\n  - stage: verify\n  - {stage: calibrate, after: [detect]}\n  - {stage: detect, after: [calibrate]}\n',
      '4:31: these stages wait for each other: calibrate → detect → calibrate',
    ],
    [
      'a longer cycle, told in the order of the work',
      'pipeline: hst\nstages:\n  - {stage: verify, after: [preview]}\n  - stage: calibrate\n  - stage: detect\n  - stage: preview\n',
      '3:28: these stages wait for each other: verify → calibrate → detect → preview → verify',
    ],
    [
      'a stage without a file',
      'pipeline: hst\nstages:\n  - stage: verify\n  - stage: detct\n',
      "4:12: there is no file stages/detct.yaml; did you mean 'detect'?",
    ],
    ['too few in flight', `${head}inFlight: 0\n`, "3:11: 'inFlight' must be a whole number from 1 to 1000000, not 0"],
    [
      'an unknown durability',
      `${head}durability: post\n`,
      "3:13: 'durability' must be one of posts, strict, none, not 'post'; did you mean 'posts'?",
    ],
    [
      'a retention that is none',
      `${head}retention: {done: 30}\n`,
      "3:19: 'retention.done' must be a duration with a unit, such as 30d, or 'never', not 30",
    ],
    [
      'a retention that is no duration',
      `${head}retention: {done: ever}\n`,
      "3:19: 'retention.done' must be a duration with a unit, such as 30d, or 'never', not 'ever'",
    ],
    [
      'a landing zone without a folder',
      `${head}landing:\n  - {match: x, dataset: x}\n`,
      "4:5: 'landing[0].folder' is missing; it is a folder",
    ],
    [
      'a landing zone that matches nothing',
      `${head}landing:\n  - {folder: x, match: [], dataset: x}\n`,
      "4:24: 'landing[0].match' names no pattern",
    ],
    [
      'a match with a slash',
      `${head}landing:\n  - {folder: x, match: a/b, dataset: x}\n`,
      "4:24: 'landing[0].match[0]' must be a pattern of file names, without '/', not 'a/b'",
    ],
    [
      'two ways to be complete',
      zone('complete: {stableFor: 1s, checksum: md5}'),
      "4:52: 'complete' has more or less than one key; stableFor, checksum or signal",
    ],
    [
      'no way to be complete',
      zone('complete: {}'),
      "4:52: 'complete' has more or less than one key; stableFor, checksum or signal",
    ],
    [
      'an unknown checksum',
      zone('complete: {checksum: sha1}'),
      "4:63: 'landing[0].complete.checksum' must be one of sha256, md5, not 'sha1'",
    ],
    ['a rank that is none', zone('rank: 100'), "4:48: 'landing[0].rank' must be two digits, 00 to 99, not 100"],
    ['a rank in words', zone('rank: low'), "4:48: 'rank' must be two digits, 00 to 99, not 'low'"],
    ['a class that is none', zone('class: ACS'), "4:49: 'class' must be a class, 1 to 16 of a-z 0-9 _ -, not 'ACS'"],
    [
      'a parameter that is a number',
      zone('params: {k: 1}'),
      "4:54: 'landing[0].params.k' must be text, not 1; put it in quotes: '1'",
    ],
    ['a pattern that is none', zone("pattern: '(a'"), '4:51: is no regular expression: Unterminated group'],
    [
      'a group without a pattern',
      zone("class: '{{ groups.id }}'"),
      "4:60: 'groups.id' is not defined; 'groups' has no members here",
    ],
    [
      'a group that the pattern has not',
      zone("pattern: '(?<id>.)', class: '{{ groups.di }}'"),
      "4:81: 'groups.di' is not defined; did you mean 'id'? known: id",
    ],
    [
      'a name that files have not',
      zone("class: '{{ nmae }}'"),
      "4:53: no name 'nmae' is known here; did you mean 'name'? known: name, groups",
    ],
    [
      'a folder named after the file',
      `${head}landing:\n  - {folder: '{{ name }}', match: x, dataset: x}\n`,
      "4:18: no name 'name' is known here; known: board, pipeline",
    ],
  ])('with %s is refused', (_, text, wanted) => {
    const { pipeline: loaded, faults } = load(text);
    expect(faults).toEqual([`pipelines/hst.yaml:${wanted}`]);
    expect(loaded).toBeUndefined();
  });
});
