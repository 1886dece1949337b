/** All faults of a file at once, and nothing that only follows from another. */

import { describe, expect, it } from 'vitest';
import { DefinitionError, formatFault } from '../../src/definitions/fault.ts';
import { loadHome, loadPipeline } from '../../src/definitions/load.ts';
import { homeOf, pipeline, stage } from './home.ts';

const PRESENT = ['ingest', 'prog', 'detect', 'merge', 'photo'];

function homeWith(files: Readonly<Record<string, string>>): string {
  const present = Object.fromEntries(PRESENT.map((name) => [`stages/${name}.yaml`, stage(name)]));
  return homeOf({ ...present, ...files });
}

function faultsIn(files: Readonly<Record<string, string>>): string[] {
  return loadHome(homeWith(files)).faults.map(formatFault);
}

const REPORTED = `pipeline: hst
titel: x
stages:
  - stage: ingest
  - stage: prog
  - stage: prog
  - {stage: merge, after: [detct]}
  - stage: dtect
`;
const ALL = [
  "2:1: unknown key 'titel'; did you mean 'title'?",
  "6:12: stage 'prog' stands here a second time",
  "7:28: no stage 'detct' in this pipeline; did you mean 'dtect'?",
  "8:12: there is no file stages/dtect.yaml; did you mean 'detect'?",
].map((fault) => `pipelines/hst.yaml:${fault}`);

describe('a pipeline file', () => {
  it.each<[string, string, string[]]>([
    [
      'a cycle beside an unknown key, a stage twice and an unknown parent',
      'titel: x\nstages:\n  - {stage: ingest, after: [merge]}\n  - {stage: merge, after: [ingest, nix]}\n  - stage: prog\n  - stage: prog\n',
      [
        "2:1: unknown key 'titel'; did you mean 'title'?",
        '4:28: these stages wait for each other: ingest → merge → ingest',
        "5:36: no stage 'nix' in this pipeline; its stages are ingest, merge, prog",
        "7:12: stage 'prog' stands here a second time",
      ],
    ],
    [
      'two cycles',
      'stages:\n  - {stage: ingest, after: [prog]}\n  - stage: prog\n  - {stage: detect, after: [merge]}\n  - stage: merge\n',
      [
        '3:28: these stages wait for each other: ingest → prog → ingest',
        '5:28: these stages wait for each other: detect → merge → detect',
      ],
    ],
    [
      'a stage after itself and no file',
      'inFlight: 0\nstages:\n  - {stage: nix, after: [nix]}\n',
      [
        "2:11: 'inFlight' must be a whole number from 1 to 1000000, not 0",
        '4:13: there is no file stages/nix.yaml',
        "4:26: stage 'nix' can't come after itself",
      ],
    ],
    [
      'names alone',
      'stages: [ingest, merg]\n',
      [
        "2:10: 'stages[0]' is a name alone; write - stage: ingest (stages is a list of mappings)",
        "2:18: 'stages[1]' is a name alone; write - stage: merg (stages is a list of mappings)",
        "2:18: there is no file stages/merg.yaml; did you mean 'merge'?",
      ],
    ],
    [
      'a parent that may be the name that is written wrong',
      'stages:\n  - {stag: detect}\n  - {stage: merge, after: [detect]}\n',
      ["3:6: unknown key 'stag'; did you mean 'stage'?"],
    ],
    [
      'a cycle that only a misspelt after makes',
      'stages:\n  - {stage: ingest, after: [merge]}\n  - {stage: detect, afer: []}\n  - {stage: merge, after: [detect]}\n',
      ["4:21: unknown key 'afer'; did you mean 'after'?"],
    ],
    [
      'stages that are no list',
      'titel: x\nstages: ingest\n',
      [
        "2:1: unknown key 'titel'; did you mean 'title'?",
        "3:9: 'stages' must be a list of stages, such as - stage: verify, not 'ingest'",
      ],
    ],
  ])('with %s', (_, text, wanted) => {
    expect(faultsIn({ 'pipelines/hst.yaml': `pipeline: hst\n${text}` })).toEqual(
      wanted.map((fault) => `pipelines/hst.yaml:${fault}`),
    );
  });

  it('with faults of shape, graph and files tells all of them, to every caller', () => {
    const home = homeWith({ 'pipelines/hst.yaml': REPORTED });
    const { faults, pipelines } = loadHome(home);
    expect(faults.map(formatFault)).toEqual(ALL);
    expect(pipelines.size).toBe(0);
    expect(() => loadPipeline(home, 'hst')).toThrow(new DefinitionError(faults));
  });
});

describe('a stage file', () => {
  const head = 'stage: ingest\ncommand: [run]\n';
  it.each<[string, string, string, string[]]>([
    [
      'an unknown descendant and a wrong letter',
      pipeline('hst', ['ingest', 'merge']),
      `${head}exits: {1: {skip: [photo]}, 2: {set: {merge: x}}}\n`,
      [
        "3:20: 'photo' does not come after 'ingest' in pipeline 'hst'; after it comes merge",
        "3:46: 'exits.2.set.merge' must be _ (not reached), s (skipped) or h (held), not 'x'",
      ],
    ],
    [
      'an unknown descendant and a number out of range',
      pipeline('hst', ['ingest', 'merge']),
      `${head}exits: {1: {skip: [phto]}}\nretries: 12\n`,
      [
        "3:20: 'phto' does not come after 'ingest' in pipeline 'hst'; after it comes merge",
        "4:10: 'retries' must be a whole number from 0 to 9, not 12",
      ],
    ],
    [
      'stages to hold and to go back to on the wrong side of it',
      pipeline('hst', ['photo', 'ingest', 'merge']),
      `${head}exits: {1: {hold: [photo]}, 2: {back: merge}, 3: {back: ingest}}\n`,
      [
        "3:20: 'photo' does not come after 'ingest' in pipeline 'hst'; after it comes merge",
        "3:39: 'merge' does not come before 'ingest' in pipeline 'hst'; before it comes photo",
        "3:57: 'ingest' does not come before 'ingest' in pipeline 'hst'; before it comes photo",
      ],
    ],
    [
      'names that no file has, used by no pipeline',
      pipeline('hst', ['merge']),
      `${head}exits: {1: {skip: [phto, photo]}, 2: {set: {zzz: h}}, 3: {back: yyy}}\n`,
      [
        "3:20: there is no file stages/phto.yaml; did you mean 'photo'?",
        '3:45: there is no file stages/zzz.yaml',
        '3:65: there is no file stages/yyy.yaml',
      ],
    ],
    [
      'two wrong letters, two wrong names and what the shape does not say',
      pipeline('hst', ['ingest', 'merge', 'photo']),
      `${head}exits: {1: {set: {merge: x, photo: y}}, 2: {skip: [7, A]}}\nclasses: [a, a]\nbackoff: {first: 5m, most: 1m}\n`,
      [
        "3:26: 'exits.1.set.merge' must be _ (not reached), s (skipped) or h (held), not 'x'",
        "3:36: 'exits.1.set.photo' must be _ (not reached), s (skipped) or h (held), not 'y'",
        "3:52: 'exits.2.skip[0]' must be a stage name, not 7",
        "3:55: 'exits.2.skip[1]' must be a stage name, not 'A'",
        "4:14: class 'a' is named twice",
        "5:28: 'backoff.most' is shorter than 'backoff.first'",
      ],
    ],
    [
      'a key of which another fault would only follow',
      pipeline('hst', ['ingest']),
      'stage: ingest\ncomand: [run]\n',
      ["2:1: unknown key 'comand'; did you mean 'command'?"],
    ],
  ])('with %s', (_, text, own, wanted) => {
    expect(faultsIn({ 'pipelines/hst.yaml': text, 'stages/ingest.yaml': own })).toEqual(
      wanted.map((fault) => `stages/ingest.yaml:${fault}`),
    );
  });

  it('is held against a sound graph of a pipeline with other faults, and to no other', () => {
    const own = `${head}exits: {1: {skip: [photo]}}\n`;
    const files = (text: string) => faultsIn({ 'pipelines/hst.yaml': text, 'stages/ingest.yaml': own });
    expect(files(pipeline('hst', ['ingest', 'merge'], 'titel: x\n'))).toEqual([
      "pipelines/hst.yaml:5:1: unknown key 'titel'; did you mean 'title'?",
      "stages/ingest.yaml:3:20: 'photo' does not come after 'ingest' in pipeline 'hst'; after it comes merge",
    ]);
    expect(files(pipeline('hst', ['ingest', 'phto']))).toEqual([
      "pipelines/hst.yaml:4:12: there is no file stages/phto.yaml; did you mean 'photo'?",
    ]);
  });
});
