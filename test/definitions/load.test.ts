import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DefinitionError, formatFault } from '../../src/definitions/fault.ts';
import { loadHome, loadPipeline, loadStages, parsePipelineText } from '../../src/definitions/load.ts';
import { homeOf, pipeline, stage } from './home.ts';

function faultsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(DefinitionError);
    return (error as DefinitionError).faults.map(formatFault);
  }
  throw new Error('no error');
}

const good = {
  'pipelines/hst.yaml': pipeline('hst', ['verify', 'detect']),
  'stages/verify.yaml': stage('verify', 'products: true\nexits: {10: {skip: [detect]}}\n'),
  'stages/detect.yaml': "stage: detect\ncommand: [run, '{{ inputs.verify }}']\n",
};

describe('loadHome', () => {
  it('loads all that is there, by name', () => {
    const { pipelines, stages, faults } = loadHome(homeOf(good));
    expect(faults).toEqual([]);
    expect([...pipelines.keys()]).toEqual(['hst']);
    expect([...stages.keys()]).toEqual(['detect', 'verify']);
  });

  it('of an empty home is empty', () => {
    const { pipelines, stages, faults } = loadHome(homeOf({}));
    expect([pipelines.size, stages.size, faults]).toEqual([0, 0, []]);
  });

  it('tells eleven faults in four files at once, and loads the rest', () => {
    const { pipelines, stages, faults } = loadHome(
      homeOf({
        ...good,
        'pipelines/a.yaml': 'pipeline: b\ninFlight: 0\nstages:\n  - {stage: verify, afer: []}\n',
        'pipelines/c.yaml': 'pipeline: c\nstages:\n  - stage: nope\n  - {stage: verify, after: [nix]}\n',
        'stages/x.yaml': 'stage: x\nretries: 99\ntimeout: 3\n',
        'stages/y.yaml': 'stage: y\nshell: \'echo "{{ dataset }}"\'\nenv: {A: 1}\nslots: -1\n',
      }),
    );
    expect(
      faults.map((fault) =>
        formatFault(fault)
          .split(': ')
          .slice(0, 2)
          .join(': ')
          .replace(/ (?:must|stands|is|in) .*/, ''),
      ),
    ).toEqual([
      'pipelines/a.yaml:1:11: the pipeline',
      "pipelines/a.yaml:2:11: 'inFlight'",
      "pipelines/a.yaml:4:21: unknown key 'afer'; did you mean 'after'?",
      'pipelines/c.yaml:3:12: there',
      "pipelines/c.yaml:4:29: no stage 'nix'",
      "stages/x.yaml:1:1: 'command'",
      "stages/x.yaml:2:10: 'retries'",
      "stages/x.yaml:3:10: 'timeout'",
      "stages/y.yaml:2:18: the value of 'dataset'",
      "stages/y.yaml:3:10: 'env.A'",
      "stages/y.yaml:4:8: 'slots'",
    ]);
    expect([...pipelines.keys()]).toEqual(['hst']);
    expect([...stages.keys()]).toEqual(['detect', 'verify']);
  });

  it("leaves out what is no definition: editors' files, folders, pages", () => {
    const { pipelines, stages, faults } = loadHome(
      homeOf({
        ...good,
        'pipelines/README.md': '# Hello',
        'pipelines/hst.yaml~': 'x',
        'pipelines/.hst.yaml.swp': 'x',
        'pipelines/.hidden.yaml': 'x',
        'pipelines/#hst.yaml': 'x',
        'pipelines/hst.yaml.orig': 'x',
        'pipelines/hst/': '',
        'stages/lib.yaml/': '',
      }),
    );
    expect(faults).toEqual([]);
    expect([pipelines.size, stages.size]).toEqual([1, 2]);
  });

  it('says what a file is that it can not take', () => {
    const home = homeOf({ ...good, 'pipelines/old.yml': 'x', 'stages/Upper.yaml': 'x', 'stages/sub/': '' });
    symlinkSync('nowhere', join(home, 'stages/dangling.yaml'));
    symlinkSync('sub', join(home, 'stages/folder.yaml'));
    expect(loadHome(home).faults.map(formatFault)).toEqual([
      'pipelines/old.yml:1:1: is not read; rename it to old.yaml',
      "stages/Upper.yaml:1:1: 'Upper' is no name; a small letter, then up to 31 of a-z 0-9 _ -",
      "stages/dangling.yaml:1:1: can't be read: there is no such file or folder",
      'stages/folder.yaml:1:1: is not a file',
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('says that a file may not be read', () => {
    const home = homeOf(good);
    chmodSync(join(home, 'stages/detect.yaml'), 0);
    expect(loadHome(home).faults.map(formatFault)).toEqual([
      "stages/detect.yaml:1:1: can't be read: permission denied",
    ]);
  });

  it('says which folders of a home are missing', () => {
    const hint = 'a home has the folders pipelines, stages and blackboard';
    const home = homeOf({ 'stages/verify.yaml': stage('verify') });
    rmSync(join(home, 'pipelines'), { recursive: true });
    expect(loadHome(home).faults.map(formatFault)).toEqual([
      `pipelines:1:1: can't be read: there is no such file or folder; ${hint}`,
    ]);
    writeFileSync(join(home, 'pipelines'), '');
    expect(loadHome(home).faults.map(formatFault)).toEqual([
      `pipelines:1:1: can't be read: it is not a folder; ${hint}`,
    ]);
    expect(loadHome(join(home, 'nowhere')).faults).toHaveLength(2);
  });

  it('reads a linked file as its own', () => {
    const home = homeOf(good);
    symlinkSync('verify.yaml', join(home, 'stages/copy.yaml'));
    expect(loadHome(home).faults.map(formatFault)).toEqual([
      "stages/copy.yaml:1:8: the stage is named 'verify', its file 'copy'; give both the same name",
    ]);
  });
});

describe('a stage in a pipeline', () => {
  const inHome = (verify: string, detect: string) => {
    const home = homeOf({ ...good, 'stages/verify.yaml': verify, 'stages/detect.yaml': detect });
    const { stages, faults } = loadHome(home);
    return { names: [...stages.keys()], faults: faults.map(formatFault) };
  };

  it('may skip and set only what comes after it', () => {
    expect(
      inHome(stage('verify'), stage('detect', 'exits:\n  3: {skip: [verify]}\n  4: {set: {detect: h, dtect: s}}\n')),
    ).toEqual({
      names: ['verify'],
      faults: [
        "stages/detect.yaml:4:14: 'verify' does not come after 'detect' in pipeline 'hst'; after it comes no stage",
        "stages/detect.yaml:5:13: 'detect' does not come after 'detect' in pipeline 'hst'; after it comes no stage",
        "stages/detect.yaml:5:24: 'dtect' does not come after 'detect' in pipeline 'hst'; after it comes no stage",
      ],
    });
  });

  it('is held against each pipeline that uses it, by name', () => {
    const { faults, pipelines } = loadHome(
      homeOf({
        ...good,
        'pipelines/other.yaml': pipeline('other', ['detect', 'verify']),
        'stages/detect.yaml': stage('detect'),
      }),
    );
    expect(faults.map(formatFault)).toEqual([
      "stages/verify.yaml:4:21: 'detect' does not come after 'verify' in pipeline 'other'; after it comes no stage",
    ]);
    expect([...pipelines.keys()]).toEqual(['hst', 'other']);
  });

  it('may take products only from what comes before it, and publishes some', () => {
    const takes = (names: string) => `stage: detect\ncommand:\n  - run\n  - '${names}'\n`;
    expect(inHome(stage('verify', 'products: true\n'), takes('{{ inputs.verify }}')).faults).toEqual([]);
    expect(inHome(stage('verify'), takes('{{ inputs.verify }}')).faults).toEqual([
      "stages/detect.yaml:4:16: stage 'verify' publishes no products; say 'products: true' in stages/verify.yaml",
    ]);
    expect(inHome(stage('verify'), takes('{{ inputs.detect }} {{ inputs["x"] }}')).faults).toEqual([
      "stages/detect.yaml:4:16: 'detect' does not come before 'detect' in pipeline 'hst'; before it comes verify",
      "stages/detect.yaml:4:36: 'x' does not come before 'detect' in pipeline 'hst'; before it comes verify",
    ]);
  });

  it('does not make its pipeline unusable for others by a fault of its own', () => {
    const { pipelines, stages, faults } = loadHome(homeOf({ ...good, 'stages/detect.yaml': 'stage: detect\n' }));
    expect(faults).toHaveLength(1);
    expect([...pipelines.keys(), ...stages.keys()]).toEqual(['hst', 'verify']);
  });
});

describe('loadPipeline', () => {
  it('loads a pipeline and its stages in column order', () => {
    const loaded = loadPipeline(homeOf({ ...good, 'stages/zzz.yaml': 'broken', 'pipelines/old.yml': '' }), 'hst');
    expect(loaded.pipeline.stages.map(({ title }) => title)).toEqual(['VER', 'DET']);
    expect([...loaded.stages.keys()]).toEqual(['verify', 'detect']);
  });

  it('tells the faults of the pipeline and its stages, and of no other file', () => {
    const home = homeOf({
      ...good,
      'pipelines/hst.yaml': pipeline('hst', ['verify', 'detect', 'detct']),
      'stages/detect.yaml': 'stage: detect\n',
      'stages/zzz.yaml': 'broken',
    });
    expect(faultsOf(() => loadPipeline(home, 'hst'))).toEqual([
      "pipelines/hst.yaml:5:12: there is no file stages/detct.yaml; did you mean 'detect'?",
      "stages/detect.yaml:1:1: 'command' is missing; it is a list such as [node, step.js]; or a line of shell as 'shell'",
    ]);
  });

  it('says what there is instead of a pipeline that is not', () => {
    expect(faultsOf(() => loadPipeline(homeOf(good), 'hts'))).toEqual([
      "pipelines/hts.yaml:1:1: there is no such file; did you mean 'hst'?",
    ]);
    expect(faultsOf(() => loadPipeline(homeOf(good), 'zzz'))).toEqual([
      'pipelines/zzz.yaml:1:1: there is no such file; pipelines/ has hst',
    ]);
    expect(faultsOf(() => loadPipeline(homeOf({}), 'zzz'))).toEqual([
      'pipelines/zzz.yaml:1:1: there is no such file; there is none in pipelines/',
    ]);
    expect(faultsOf(() => loadPipeline(homeOf(good), '../stages/verify'))).toHaveLength(1);
  });
});

describe('loadStages', () => {
  it('loads those that are named, whatever the others are like', () => {
    const home = homeOf({ ...good, 'pipelines/hst.yaml': 'broken', 'stages/zzz.yaml': 'broken' });
    expect([...loadStages(home, ['verify', 'verify']).keys()]).toEqual(['verify']);
  });

  it('tells the faults of those that are named', () => {
    expect(faultsOf(() => loadStages(homeOf({ ...good, 'stages/detect.yaml': '' }), ['detect', 'veryfi']))).toEqual([
      'stages/detect.yaml:1:1: must be a mapping of keys to values, not empty',
      "stages/veryfi.yaml:1:1: there is no such file; did you mean 'verify'?",
    ]);
  });

  it('holds them against a pinned pipeline if there is one', () => {
    const pinned = parsePipelineText(pipeline('hst', ['detect', 'verify']), 'board.yaml', 'hst');
    expect(loadStages(homeOf(good), ['verify']).size).toBe(1);
    expect(faultsOf(() => loadStages(homeOf(good), ['verify'], pinned))).toEqual([
      "stages/verify.yaml:4:21: 'detect' does not come after 'verify' in pipeline 'hst'; after it comes no stage",
    ]);
  });
});

describe('parsePipelineText', () => {
  it('reads a pipeline without its stage files', () => {
    const pinned = parsePipelineText(pipeline('hst', ['verify', 'detect']), 'board.yaml', 'hst');
    expect(pinned.stages.map(({ title }) => title)).toEqual(['VER', 'DET']);
  });

  it('throws its faults under the name that it was given', () => {
    expect(faultsOf(() => parsePipelineText('pipeline: hst\n', 'blackboard/b/board.yaml', 'hst'))).toEqual([
      "blackboard/b/board.yaml:1:1: 'stages' is missing; it is a list of stages, such as - stage: verify",
    ]);
  });
});
