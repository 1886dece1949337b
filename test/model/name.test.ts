import { describe, expect, it } from 'vitest';
import {
  ALL_FOLDERS,
  type Claim,
  causeOf,
  causeText,
  claimOf,
  claimsOf,
  classFault,
  datasetFault,
  dayFolder,
  type EntryName,
  fitName,
  fittingTags,
  formatDay,
  formatEpoch,
  formatName,
  formatPosted,
  formatStatus,
  hostField,
  idPath,
  isDay,
  isProcessId,
  journalPath,
  leftMark,
  logPath,
  nameBytes,
  parseEpoch,
  parseLeftMark,
  parseLogFile,
  parseName,
  parsePosted,
  parseProductName,
  parseScratchName,
  parseSidecarName,
  parseStatus,
  productFolder,
  publishedMark,
  rankFault,
  roomFault,
  sameClaim,
  scratchPath,
  showChar,
  showText,
  sidecarPath,
  stageNameFault,
  type TryName,
} from '../../src/model/name.ts';

function read(file: string): EntryName {
  const parsed = parseName(file);
  if (!parsed.ok) throw new Error(`${file}: ${parsed.why}`);
  return parsed.name;
}

/** Offset and sentence of a refusal. */
function refusal(file: string): [number, string] {
  const parsed = parseName(file);
  if (parsed.ok) throw new Error(`${JSON.stringify(file)} parses`);
  return [parsed.at, parsed.why];
}

const HEAD = '50.20261121T120000.ccp__.003.acs.';

describe('an entry’s name', () => {
  it('reads the examples of the design', () => {
    expect(read('50.20261121T120000.ccp__.003.acs.j8a20101q@3-k3f1-3-1')).toEqual({
      rank: 50,
      posted: '20261121T120000',
      letters: 'ccp__',
      epoch: 3,
      class: 'acs',
      dataset: 'j8a20101q',
      tags: [{ kind: 'claim', column: 2, process: 'k3f1', epoch: 3, try: 1 }],
    });
    expect(read('50.20261121T120000.ccf__.003.acs.j8a20101q@3-x2').tags).toEqual([
      { kind: 'cause', column: 2, cause: 'x2' },
    ]);
  });

  it.each([
    ['00.20261121T120000.w.000.-.a', { rank: 0, epoch: 0, class: '-', dataset: 'a', tags: [] }],
    ['99.20261121T235959._.007.-.a', { rank: 99, epoch: 7 }],
    ['50.20261121T120000.c.1000.acs.a', { epoch: 1000 }],
    ['50.20261121T120000.c.999999999.acs.a', { epoch: 999_999_999 }],
    ['50.20240229T000000.w.000.-.a', { posted: '20240229T000000' }],
    ['50.20261121T120000.w.000.-.m51.tar.gz', { dataset: 'm51.tar.gz' }],
    ['50.20261121T120000.w.000.-.a+b=c~d,e%20-f', { dataset: 'a+b=c~d,e%20-f', tags: [] }],
    ['50.20261121T120000.f.000.-.a+b.c@1-s9', { dataset: 'a+b.c', tags: [{ kind: 'cause', column: 0, cause: 's9' }] }],
    ['50.20261121T120000.w.000.-._a', { dataset: '_a' }],
    ['50.20261121T120000.w.000.-.a..b.', { dataset: 'a..b.' }],
    ['50.20261121T120000.w.000.------.a', { class: '------' }],
    ['50.20261121T120000.w.000.a_-9.a', { class: 'a_-9' }],
    ['50.20261121T120000._w123456789pecsfhg.001.-.a', { letters: '_w123456789pecsfhg' }],
  ] as const)('%s', (file, wanted) => {
    expect(read(file)).toMatchObject(wanted);
    expect(formatName(read(file))).toBe(file);
  });

  it('holds a dataset of 128 characters, a class of 16 and 32 columns', () => {
    const file = `50.20261121T120000.${'w'.repeat(32)}.000.${'c'.repeat(16)}.${'d'.repeat(128)}`;
    expect(formatName(read(file))).toBe(file);
    expect(refusal(`${file}d`)).toEqual([file.length, 'the dataset is 129 characters long; at most 128 are allowed']);
  });

  it('keeps several tags in their order, also ones that do not fit', () => {
    const file = `${HEAD}a@9-x2+3-k3f1-3-1+1-aaaa-1-10+3-l`;
    expect(read(file).tags).toHaveLength(4);
    expect(formatName(read(file))).toBe(file);
  });

  it.each<[string, number, string]>([
    ['', 0, 'the name ends before its rank: RANK.POSTED.COLUMNS.EPOCH.CLASS.DATASET'],
    ['..', 0, "'' is no rank: write two digits, 00 (first) to 99 (last)"],
    ['readme', 6, 'the name ends before its rank: RANK.POSTED.COLUMNS.EPOCH.CLASS.DATASET'],
    ['50.20261121T120000.w.000.acs', 28, 'the name ends before its class: RANK.POSTED.COLUMNS.EPOCH.CLASS.DATASET'],
    ['5.20261121T120000.w.000.acs.a', 1, "'5' is no rank: write two digits, 00 (first) to 99 (last)"],
    ['5x.20261121T120000.w.000.acs.a', 1, "'5x' is no rank: write two digits, 00 (first) to 99 (last)"],
    ['100.20261121T120000.w.000.acs.a', 2, "'100' is no rank: write two digits, 00 (first) to 99 (last)"],
    ['-1.20261121T120000.w.000.acs.a', 0, "'-1' is no rank: write two digits, 00 (first) to 99 (last)"],
    ['.50.20261121T120000.w.000.acs.a', 0, "'' is no rank: write two digits, 00 (first) to 99 (last)"],
    ['50.20261121120000.w.000.acs.a', 11, "'20261121120000' is no time like 20261121T120000"],
    ['50.20261121T12000.w.000.acs.a', 17, "'20261121T12000' is no time like 20261121T120000"],
    ['50.20261121T120000Z.w.000.acs.a', 18, "'20261121T120000Z' is no time like 20261121T120000"],
    ['50.20260230T120000.w.000.acs.a', 3, "'20260230T120000' is no time like 20261121T120000"],
    ['50.20261121T240000.w.000.acs.a', 3, "'20261121T240000' is no time like 20261121T120000"],
    ['50.20261121T120060.w.000.acs.a', 3, "'20261121T120060' is no time like 20261121T120000"],
    ['50.20250229T120000.w.000.acs.a', 3, "'20250229T120000' is no time like 20261121T120000"],
    ['50.00260101T120000.w.000.acs.a', 3, "'00260101T120000' is no time like 20261121T120000"],
    ['50.20261121T120000..000.acs.a', 19, 'the columns are empty'],
    ['50.20261121T120000.cx_.000.acs.a', 20, "column 2 holds 'x', which is no letter of a column"],
    ['50.20261121T120000.cW.000.acs.a', 20, "column 2 holds 'W', which is no letter of a column"],
    ['50.20261121T120000.c0.000.acs.a', 20, "column 2 holds '0', which is no letter of a column"],
    ['50.20261121T120000.c w.000.acs.a', 20, 'column 2 holds a space (U+0020), which is no letter of a column'],
    [`50.20261121T120000.${'c'.repeat(33)}.000.acs.a`, 51, '33 columns; at most 32 are allowed'],
    ['50.20261121T120000.w.00.acs.a', 23, "'00' is no epoch: three digits or more, such as 003"],
    ['50.20261121T120000.w.0x1.acs.a', 22, "'0x1' is no epoch: three digits or more, such as 003"],
    ['50.20261121T120000.w.0007.acs.a', 21, "'0007' is no epoch: three digits or more, such as 003"],
    ['50.20261121T120000.w.-01.acs.a', 21, "'-01' is no epoch: three digits or more, such as 003"],
    ['50.20261121T120000.w.1234567890.acs.a', 30, "'1234567890' is no epoch: three digits or more, such as 003"],
    ['50.20261121T120000.w.000..a', 25, 'the class is empty'],
    ['50.20261121T120000.w.000.aCs.a', 26, "a class may not contain 'C' (character 2): a-z, 0-9, _ and - are allowed"],
    [`50.20261121T120000.w.000.${'c'.repeat(17)}.a`, 41, 'the class is 17 characters long; at most 16 are allowed'],
    ['50.20261121T120000.w.000.acs.', 29, 'the dataset is empty'],
    ['50.20261121T120000.w.000.acs.@1-x2', 29, 'the dataset is empty'],
  ])('refuses %j at %i', (file, at, why) => {
    expect(refusal(file)).toEqual([at, why]);
  });

  const RULE = 'a letter, digit or _ first, then letters, digits and _ . , + = % ~ -';
  it.each<[string, number, string]>([
    ['.hidden', 0, `begin with '.' (character 1)`],
    ['..', 0, `begin with '.' (character 1)`],
    ['-rf', 0, `begin with '-' (character 1)`],
    ['~root', 0, `begin with '~' (character 1)`],
    ['a b', 1, 'contain a space (U+0020) (character 2)'],
    ['a/../b', 1, `contain '/' (character 2)`],
    ['a\\b', 1, `contain '\\' (character 2)`],
    ['a\0', 1, 'contain U+0000 (character 2)'],
    ['a\n', 1, 'contain U+000A (character 2)'],
    ['a\u007f', 1, 'contain U+007F (character 2)'],
    ['a\u001b[2J', 1, 'contain U+001B (character 2)'],
    ['a\u202egpj', 1, 'contain U+202E (character 2)'],
    ['a\u200b', 1, 'contain U+200B (character 2)'],
    ['a\ufeff', 1, 'contain U+FEFF (character 2)'],
    ['a\ud800', 1, 'contain U+D800 (character 2)'],
    ['ab\u0301', 2, 'contain U+0301 (character 3)'],
    ['caf\u00e9', 3, `contain 'é' (character 4)`],
    ['\u0430bc', 0, `begin with 'а' (character 1)`],
    ['a\u{1f600}b', 1, `contain '\u{1f600}' (character 2)`],
    ['a*', 1, `contain '*' (character 2)`],
    ['a$(id)', 1, `contain '$' (character 2)`],
    ["a'b", 1, `contain ''' (character 2)`],
    ['a;b', 1, `contain ';' (character 2)`],
    ['a:b', 1, `contain ':' (character 2)`],
  ])('refuses the dataset %j at %i', (dataset, at, said) => {
    const why = `a dataset may not ${said}: ${RULE}`;
    expect(datasetFault(dataset)).toEqual({ at, why });
    expect(refusal(HEAD + dataset)).toEqual([HEAD.length + at, why]);
  });

  it.each<[string, number, string]>([
    ['', 0, "the tag '' does not begin with a column number from 1 to 32"],
    ['x2', 0, "the tag 'x2' does not begin with a column number from 1 to 32"],
    ['0-x2', 0, "the tag '0-x2' does not begin with a column number from 1 to 32"],
    ['33-x2', 0, "the tag '33-x2' does not begin with a column number from 1 to 32"],
    ['03-x2', 0, "the tag '03-x2' does not begin with a column number from 1 to 32"],
    ['3-x2+', 5, "the tag '' does not begin with a column number from 1 to 32"],
    ['3', 0, "the tag '3' is neither a claim (column-process-epoch-try) nor a cause (column-cause)"],
    ['3-', 0, "the cause in the tag '3-' is not like x2, s9, t or l"],
    ['3-2x', 0, "the cause in the tag '3-2x' is not like x2, s9, t or l"],
    ['3-X2', 0, "the cause in the tag '3-X2' is not like x2, s9, t or l"],
    [`3-${'x'.repeat(17)}`, 0, `the cause in the tag '3-${'x'.repeat(17)}' is not like x2, s9, t or l`],
    ...[
      '3-k3f-3-1',
      '3-K3F1-3-1',
      '3-k3f1-0-1',
      '3-k3f1-03-1',
      '3-k3f1-3-0',
      '3-k3f1-3-11',
      '3-k3f1-3',
      '3-k3f1-3-1-1',
    ].map((tag): [string, number, string] => [
      tag,
      0,
      `the tag '${tag}' is neither a claim (column-process-epoch-try) nor a cause (column-cause)`,
    ]),
    ['2-l+3-x2@1', 4, "the cause in the tag '3-x2@1' is not like x2, s9, t or l"],
    ['3-x2 ', 0, "the cause in the tag '3-x2 ' is not like x2, s9, t or l"],
  ])('refuses the tags %j at %i', (tags, at, why) => {
    expect(refusal(`${HEAD}a@${tags}`)).toEqual([HEAD.length + 2 + at, why]);
  });

  it('is at most 255 bytes long', () => {
    const tags = ['1-xaaaaaaaaaaaaaaa', '1-xaaaaaaaaaaaaaaa', '1-xaaaaaaaaaaaaaaa', '1-xaaaaaaaaaaaaaaa'].join('+');
    const base = `${HEAD}${'d'.repeat(128)}@${tags}`;
    const exact = `${base}+1-${'x'.repeat(255 - base.length - 3)}`;
    expect(exact).toHaveLength(255);
    expect(formatName(read(exact))).toBe(exact);
    expect(refusal(`${exact}x`)).toEqual([255, 'the name is 256 bytes long; at most 255 are allowed']);
    expect(refusal('a'.repeat(256))).toEqual([255, 'the name is 256 bytes long; at most 255 are allowed']);
  });

  it('never lets a hostile name reach a terminal as it is', () => {
    for (const hostile of ['\u001b[2J', '\u202e', '\0', '\u0007', '\u009b31m', '\n']) {
      for (const file of [
        `${hostile}.20261121T120000.w.000.-.a`,
        `50.${hostile}.w.000.-.a`,
        `50.20261121T120000.${hostile}.000.-.a`,
        `50.20261121T120000.w.${hostile}.-.a`,
        `50.20261121T120000.w.000.${hostile}.a`,
        `50.20261121T120000.w.000.-.${hostile}`,
        `50.20261121T120000.w.000.-.a@${hostile}`,
        `50.20261121T120000.w.000.-.a@1-${hostile}`,
        `50.20261121T120000.w.000.-.a@1-${hostile}-1-1`,
      ]) {
        expect(refusal(file)[1]).toMatch(/^[\x20-\x7e]+$/);
      }
    }
  });
});

describe('tags', () => {
  it('stand for a column if they fit its letter', () => {
    const name = read('50.20261121T120000.pefhw.009.-.a@1-aaaa-1-1+2-bbbb-2-1+3-x2+4-o+5-t+5-cccc-3-1');
    expect(claimsOf(name).map((claim) => claim.process)).toEqual(['aaaa', 'bbbb']);
    expect([0, 1, 2, 3, 4].map((column) => causeOf(name, column))).toEqual([
      undefined,
      undefined,
      'x2',
      'o',
      undefined,
    ]);
    expect([0, 1, 2, 3, 4].map((column) => claimOf(name, column)?.process)).toEqual([
      'aaaa',
      'bbbb',
      undefined,
      undefined,
      undefined,
    ]);
    expect(fittingTags(name)).toEqual(name.tags.slice(0, 4));
  });

  it('of two claims for a column, the later epoch’s stands, wherever it is written', () => {
    for (const tags of ['1-aaaa-1-1+1-bbbb-2-1', '1-bbbb-2-1+1-aaaa-1-1']) {
      expect(claimOf(read(`50.20261121T120000.p.002.-.a@${tags}`), 0)?.process).toBe('bbbb');
    }
  });

  it('of two causes the last written stands', () => {
    expect(causeOf(read('50.20261121T120000.f.002.-.a@1-x2+1-s9'), 0)).toBe('s9');
  });

  it('a claim is the same only in all four numbers', () => {
    const claim: Claim = { kind: 'claim', column: 1, process: 'aaaa', epoch: 3, try: 1 };
    expect(sameClaim(claim, { ...claim })).toBe(true);
    for (const change of [{ column: 2 }, { process: 'aaab' }, { epoch: 4 }, { try: 2 }]) {
      expect(sameClaim(claim, { ...claim, ...change })).toBe(false);
    }
  });

  it.each([
    ['x2', 'exit code 2'],
    ['s9', 'killed by signal 9'],
    ['t', 'time limit exceeded'],
    ['l', 'its stage process was lost'],
    ['m', 'out of memory'],
    ['d', 'another entry holds this dataset'],
    ['o', 'set by an operator'],
    ['no_bias', 'no_bias'],
    ['xray', 'xray'],
    ['timing', 'timing'],
    ['sent2', 'sent back to column 2'],
    ['q', 'cause q'],
  ])('the cause %s is %s', (cause, text) => {
    expect(causeText(cause)).toBe(text);
  });
});

describe('room in a name', () => {
  const big = `50.20261121T120000.${'f'.repeat(32)}.000.${'c'.repeat(16)}.${'d'.repeat(128)}`;

  it('is made by dropping causes from the left, never claims', () => {
    const causes = Array.from({ length: 31 }, (_, at) => ({ kind: 'cause' as const, column: at, cause: 'x255' }));
    const claim: Claim = { kind: 'claim', column: 31, process: 'zzzz', epoch: 7, try: 1 };
    const fitted = fitName({ ...read(big), letters: `${'f'.repeat(31)}p`, tags: [...causes, claim] });
    if (fitted === undefined) throw new Error('it fits');
    expect(nameBytes(fitted)).toBeLessThanOrEqual(255);
    expect(fitted.tags.at(-1)).toEqual(claim);
    expect(fitted.tags.slice(0, -1)).toEqual(causes.slice(31 - (fitted.tags.length - 1)));
    expect(nameBytes(fitted) + '+10-x255'.length).toBeGreaterThan(255);
  });

  it('is not there for claims without end', () => {
    const tags = Array.from(
      { length: 32 },
      (_, column): Claim => ({ kind: 'claim', column, process: 'zzzz', epoch: 1, try: 1 }),
    );
    expect(fitName({ ...read(big), letters: 'p'.repeat(32), tags })).toBeUndefined();
  });

  it('is there for every pipeline with the longest class and dataset', () => {
    // 2+1+15+1+32+1+6+1+16+1+128 = 204, and 18 for a claim: the field limits alone leave room.
    expect(roomFault(read(big))).toBeUndefined();
    expect(nameBytes({ ...read(big), epoch: 999_999 })).toBe(204);
  });

  it('says how long the name would be', () => {
    const name = { ...read(big), dataset: 'd'.repeat(161) };
    expect(roomFault({ ...name, dataset: 'd'.repeat(161) })).toBeUndefined();
    expect(roomFault({ ...name, dataset: 'd'.repeat(162) })).toBe(
      "its name would be 256 bytes long with a claim, and a file name holds 255: shorten the dataset's name",
    );
  });
});

describe('single fields', () => {
  it.each(['00', '07', '50', '99'])('%s is a rank', (text) => expect(rankFault(text)).toBeUndefined());
  it.each(['', '5', '050', '5x', '+5', ' 5', '5\n', '٠٥'])('%j is no rank', (text) => {
    expect(rankFault(text)?.why).toContain('is no rank');
  });

  it.each([
    [0, '000'],
    [7, '007'],
    [999, '999'],
    [1000, '1000'],
    [999_999_999, '999999999'],
  ])('epoch %i is written %s', (epoch, text) => {
    expect(formatEpoch(epoch)).toBe(text);
    expect(parseEpoch(text)).toBe(epoch);
  });
  it.each(['', '7', '07', '0007', '01000', '1e3', '+07', '007\n', '1000000000'])('%j is no epoch', (text) => {
    expect(parseEpoch(text)).toBeUndefined();
  });

  it('times are UTC, whole seconds, and real', () => {
    expect(parsePosted('20261121T120000')).toBe(Date.UTC(2026, 10, 21, 12));
    expect(formatPosted(Date.UTC(2026, 0, 2, 3, 4, 5, 999))).toBe('20260102T030405');
    expect(parsePosted('20241231T235959')).toBe(Date.UTC(2024, 11, 31, 23, 59, 59));
    for (const wrong of [
      '20261301T000000',
      '20260001T000000',
      '20260100T000000',
      '20260431T000000',
      '20261121t120000',
      '',
    ]) {
      expect(parsePosted(wrong)).toBeUndefined();
    }
    expect(formatDay(Date.UTC(2026, 10, 21, 23, 59, 59, 999))).toBe('2026-11-21');
    expect(['2026-11-21', '2024-02-29'].map(isDay)).toEqual([true, true]);
    expect(['2026-02-30', '2026-1-1', '20261121', '', '2026-11-21x', '2025-02-29'].filter(isDay)).toEqual([]);
  });

  it.each(['k3f1', '0000', 'zzzz'])('%s is a process id', (id) => expect(isProcessId(id)).toBe(true));
  it.each(['', 'k3f', 'k3f1a', 'K3F1', 'k-f1', 'k3f1\n'])('%j is no process id', (id) =>
    expect(isProcessId(id)).toBe(false),
  );

  it('stage names begin with a letter and have at most 32 characters', () => {
    for (const good of ['a', 'cal-2_b', 'a'.repeat(32)]) expect(stageNameFault(good)).toBeUndefined();
    expect(stageNameFault('2a')).toEqual({
      at: 0,
      why: "a stage name may not begin with '2' (character 1): a-z first, then a-z, 0-9, _ and -",
    });
    expect(stageNameFault('a.b', 'board name')?.why).toMatch(/^a board name may not contain '\.' \(character 2\)/);
    expect(stageNameFault('a'.repeat(33))).toEqual({
      at: 32,
      why: 'the stage name is 33 characters long; at most 32 are allowed',
    });
    expect(stageNameFault('')).toEqual({ at: 0, why: 'the stage name is empty' });
  });

  it('classes may be - for none', () => {
    for (const good of ['-', 'acs', 'wfc3_ir', '9']) expect(classFault(good)).toBeUndefined();
    for (const bad of ['', 'ACS', 'a.b', 'a b', 'a'.repeat(17)]) expect(classFault(bad)).toBeDefined();
  });

  it('foreign text is quoted without what moves a cursor, and cut', () => {
    expect(showText('a b\u001b[2J\u202eé')).toBe("'a b<U+001B>[2J<U+202E>é'");
    expect(showText('x'.repeat(60))).toBe(`'${'x'.repeat(60)}'`);
    expect(showText('x'.repeat(61))).toBe(`'${'x'.repeat(60)}…'`);
    expect(['a', ' ', '\t', '\u00a0', '\u00ad'].map(showChar)).toEqual([
      "'a'",
      'a space (U+0020)',
      'U+0009',
      'U+00A0',
      'U+00AD',
    ]);
  });
});

describe('other names on a board', () => {
  const TRY: TryName = { dataset: 'm51.v2', posted: '20261121T120000', stage: 'calibrate', epoch: 3 };

  it('logs', () => {
    expect(logPath(TRY, 'run')).toBe('logs/m51.v2/20261121T120000.calibrate.003.run.log');
    expect(parseLogFile('20261121T120000.calibrate.1003.x2.log')).toEqual({
      posted: '20261121T120000',
      stage: 'calibrate',
      epoch: 1003,
      outcome: 'x2',
    });
    for (const foreign of [
      '20261121T120000.calibrate.003.run',
      '20261121T120000.calibrate.003.run.log.gz',
      '20261121T120000.Calibrate.003.run.log',
      '20261321T120000.calibrate.003.run.log',
      '20261121T120000.calibrate.3.run.log',
      '20261121T120000.calibrate.003..log',
      '',
    ]) {
      expect(parseLogFile(foreign)).toBeUndefined();
    }
  });

  it('products', () => {
    expect(productFolder(TRY)).toBe('products/m51.v2/20261121T120000/calibrate.003');
    expect(publishedMark({ ...TRY, epoch: 1000 })).toBe('products/m51.v2/20261121T120000/calibrate.1000.ok');
    expect(parseProductName('calibrate.003')).toEqual({ stage: 'calibrate', epoch: 3, mark: false });
    expect(parseProductName('calibrate.003.ok')).toEqual({ stage: 'calibrate', epoch: 3, mark: true });
    for (const foreign of ['calibrate', 'calibrate.3', 'calibrate.003.no', 'calibrate.003.ok.x', '.003', '']) {
      expect(parseProductName(foreign)).toBeUndefined();
    }
  });

  it('sidecars, and the mark that there are some', () => {
    expect(sidecarPath(TRY, 'post')).toBe('products/m51.v2/20261121T120000/calibrate.003.post');
    expect(parseSidecarName('calibrate.003.result')).toEqual({ stage: 'calibrate', epoch: 3, kind: 'result' });
    for (const foreign of ['calibrate.003', 'calibrate.003.ok', 'calibrate.3.post', 'C.003.post', 'a.003.post.x', '']) {
      expect(parseSidecarName(foreign)).toBeUndefined();
    }
    expect(leftMark(TRY)).toBe('logs/m51.v2/20261121T120000.calibrate.003.left');
    expect(parseLeftMark('20261121T120000.calibrate.003.left')).toBe('20261121T120000');
    for (const foreign of [
      '20261121T120000.calibrate.003.ok.log',
      'x.calibrate.003.left',
      '20261121T120000.a.left',
      '.left',
    ]) {
      expect(parseLeftMark(foreign)).toBeUndefined();
    }
  });

  it('scratch folders, whose dataset may hold dots', () => {
    expect(scratchPath(TRY)).toBe('scratch/m51.v2.calibrate.003');
    expect(parseScratchName('m51.v2.calibrate.003')).toEqual({ dataset: 'm51.v2', stage: 'calibrate', epoch: 3 });
    expect(parseScratchName('m51.a.001.calibrate.1003')).toEqual({
      dataset: 'm51.a.001',
      stage: 'calibrate',
      epoch: 1003,
    });
    for (const foreign of [
      'calibrate.003',
      'a.b.3',
      '.a.b.003',
      '-a.b.003',
      'a b.c.003',
      `a.${'b'.repeat(33)}.003`,
      'a.b.0003',
      '',
    ]) {
      expect(parseScratchName(foreign)).toBeUndefined();
    }
  });

  it('status files', () => {
    const status = {
      id: 'k3f1',
      order: 'run',
      stages: ['verify', 'cal'],
      pid: 4711,
      host: 'ops1.example.org',
    } as const;
    expect(formatStatus(status)).toBe('k3f1.run.verify+cal.4711.ops1.example.org');
    expect(parseStatus('k3f1.run.verify+cal.4711.ops1.example.org')).toEqual(status);
    const none = { ...status, stages: [] };
    expect(parseStatus(formatStatus(none))).toEqual(none);
    expect(parseStatus('k3f1.lost.a.1.h')?.order).toBe('lost');
    for (const foreign of [
      'k3f1.go.a.1.h',
      'k3f.run.a.1.h',
      'k3f1.run.a.x.h',
      'k3f1.run.a.1',
      'k3f1',
      '',
      '.k3f1.run.a.1.h',
    ]) {
      expect(parseStatus(foreign)).toBeUndefined();
    }
  });

  it('a status file’s name stays within 255 bytes, and says that stages are left out', () => {
    const stages = Array.from({ length: 32 }, (_, at) => `${'s'.repeat(30)}${String(at).padStart(2, '0')}`);
    const file = formatStatus({ id: 'k3f1', order: 'suspend', stages, pid: 4_194_304, host: 'h'.repeat(80) });
    expect(file.length).toBeLessThanOrEqual(255);
    expect(file).toContain('+~.');
    const back = parseStatus(file);
    expect(back?.stages).toEqual(stages.slice(0, back?.stages.length));
    expect(back?.stages.length).toBeGreaterThan(2);
    expect(back && formatStatus(back)).toBe(file);
  });

  it.each([
    ['ops1.example.org', 'ops1.example.org'],
    ['..', '_'],
    ['../etc', '__etc'],
    ['a b/c\n', 'a_b_c_'],
    ['hé', 'h_'],
    ['', 'localhost'],
    ['h'.repeat(70), 'h'.repeat(64)],
  ])('the host %j is written %s', (host, field) => {
    expect(hostField(host)).toBe(field);
  });

  it('folders', () => {
    expect(idPath('m51')).toBe('ids/m51');
    expect(dayFolder('removed', '2026-11-21')).toBe('removed/2026-11-21');
    expect(journalPath('2026-11-21', 'ops1', 'k3f1')).toBe('journal/2026-11-21/ops1.k3f1.jsonl');
    expect([...ALL_FOLDERS].sort()).toEqual([
      'active',
      'done',
      'failed',
      'gather',
      'groups',
      'held',
      'ids',
      'journal',
      'locks',
      'logs',
      'processes',
      'products',
      'queue',
      'removed',
      'scratch',
      'tmp',
    ]);
  });
});
