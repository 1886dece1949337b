import { describe, expect, it } from 'vitest';
import { readEngines } from '../../src/definitions/engines.ts';
import { DefinitionError, formatFault } from '../../src/definitions/fault.ts';
import { renderJobFile } from '../../src/definitions/job-template.ts';
import { loadHome, loadPipeline, loadStages } from '../../src/definitions/load.ts';
import { NO_JOB_NEEDS } from '../../src/model/engine.ts';
import { homeOf, pipeline, stage } from './home.ts';

const ENGINES = 'engines:\n  cluster:\n    kind: slurm\n';

function faultsOf(files: Readonly<Record<string, string>>): string[] {
  return loadHome(homeOf(files)).faults.map(formatFault);
}

describe('where steps run', () => {
  const files = {
    'engines.yaml': ENGINES,
    'stages/plain.yaml': stage('plain'),
    'stages/own.yaml': stage('own', 'engine: slurm\n'),
    'stages/here.yaml': stage('here', 'engine: local\n'),
    'stages/many.yaml': stage('many', 'batch: {most: 3}\n'),
    'stages/up.yaml': stage('up', 'service: true\n'),
    'pipelines/p.yaml': pipeline('p', ['plain', 'own', 'here', 'many', 'up'], 'engine: cluster\n'),
  };

  it('is what a stage says, else what its pipeline says; services and batches stay where they are', () => {
    const { stages } = loadPipeline(homeOf(files), 'p');
    expect([...stages].map(([name, { engine }]) => [name, engine?.name])).toEqual([
      ['plain', 'cluster'],
      ['own', 'slurm'],
      ['here', undefined],
      ['many', undefined],
      ['up', undefined],
    ]);
  });

  it.each([
    [undefined, undefined],
    ['local', undefined],
    ['cluster', 'cluster'],
  ])('is what the board says (%s), whatever its pipeline now says', (said, engine) => {
    const home = homeOf(files);
    const board = { ...loadPipeline(home, 'p').pipeline, engine: said };
    expect(loadStages(home, ['plain'], board).get('plain')?.engine?.name).toBe(engine);
  });

  it('is a fault of the board where there is no such engine', () => {
    const home = homeOf(files);
    const board = { ...loadPipeline(home, 'p').pipeline, engine: 'clutser', file: 'blackboard/b/board.yaml' };
    const load = () => loadStages(home, ['plain'], board);
    expect(load).toThrow(DefinitionError);
    expect(load).toThrow(/blackboard\/b\/board\.yaml:1:1: there is no engine 'clutser'.*did you mean 'cluster'/s);
  });

  it('is a fault of the pipeline where there is no such engine', () => {
    const wrong = { ...files, 'pipelines/p.yaml': files['pipelines/p.yaml'].replace('cluster', 'grid') };
    expect(faultsOf(wrong).join()).toMatch(/^pipelines\/p\.yaml:8:9: there is no engine 'grid'/);
  });
});

describe('the job file of an engine', () => {
  const of = (template: string, more = '') => ({
    'engines.yaml': `${ENGINES}    template: templates/job.sh\n    account: hst\n${more}`,
    'templates/job.sh': template,
  });

  it('is read, and rendered with what its jobs ask for', () => {
    const { engines, faults } = readEngines(
      homeOf(of('#!/bin/bash\n#SBATCH -A {{ account }} -n {{ cpus }} --mem={{ memory }}\n{{ run }}\n')),
    );
    expect(faults).toEqual([]);
    const engine = engines.get('cluster');
    if (engine?.template === undefined) throw new Error('it has a template');
    const context = { run: 'sh x "$I"', name: 'k.1', board: 'b', count: 3 };
    expect(
      renderJobFile(engine.template, engine, {
        ...context,
        needs: { milliCpus: 1_500, memoryMb: 2_000, walltimeMs: undefined },
      }),
    ).toBe('#!/bin/bash\n#SBATCH -A hst -n 2 --mem=2000\nsh x "$I"\n');
    expect(renderJobFile(engine.template, engine, { ...context, needs: NO_JOB_NEEDS })).toContain('-n 1 --mem=\n');
  });

  it.each<[string, string, string, RegExp]>([
    ['never runs the step', '#!/bin/sh\ntrue\n', '', /^templates\/job\.sh:1:1: the step is never run/],
    ['names what there is not', '{{ run }}\n{{ cores }}\n', '', /^templates\/job\.sh:2:\d+: .*cores/],
    ["can't be rendered", '{{ run }}{{ board.nothing.at }}\n', '', /^templates\/job\.sh:1:/],
    [
      'sends jobs elsewhere',
      '#!/bin/sh\n#SBATCH -M other\n{{ run }}\n',
      '',
      /^templates\/job\.sh:2:9: '-M' can't be among the options of sbatch; jobs are looked for in the cluster of/,
    ],
    [
      'says in vain what is said already',
      '#!/bin/sh\n#SBATCH -o /tmp/x\n{{ run }}\n',
      '',
      /^templates\/job\.sh:2:9: '-o' has no effect here: .*; take it out: what a step prints/,
    ],
    ['beside setup', '{{ run }}\n', '    setup: true\n', /^engines\.yaml:4:\d+: 'setup' and 'template' are both/],
  ])('is a fault if it %s', (_what, template, more, said) => {
    expect(faultsOf(of(template, more.replace('true', "'x'")))[0]).toMatch(said);
  });

  it.each([
    ['../job.sh', /must be a path in the home/],
    ['/etc/passwd', /must be a path in the home/],
    ['templates/none.sh', /the template templates\/none\.sh/],
  ])('is a fault if it is %s', (path, said) => {
    const files = of('{{ run }}');
    expect(faultsOf({ ...files, 'engines.yaml': files['engines.yaml'].replace('templates/job.sh', path) })[0]).toMatch(
      said,
    );
  });
});

describe('an engine on a site', () => {
  const files = {
    'sites.yaml':
      "sites:\n  far: {host: me@far, root: /data}\n  near: {root: /mnt/x, run: [tools/at.sh, '{{ root }}']}\n",
    'engines.yaml': 'engines:\n  cluster: {kind: slurm, site: far}\n  other: {kind: pbs, site: near}\n',
    'stages/make.yaml': stage('make', 'products: true\n'),
  };
  const onSite = (more: string, command = 'run') => ({
    ...files,
    'stages/work.yaml': `stage: work\nengine: cluster\ncommand: ['${command}']\n${more}`,
    'pipelines/p.yaml': pipeline('p', ['make', 'work']),
  });

  it('has its site, ready to be started from any folder', () => {
    const home = homeOf(files);
    const { engines } = readEngines(home);
    expect(engines.get('cluster')?.site?.run).toEqual(['ssh', '-o', 'BatchMode=yes', 'me@far']);
    expect(engines.get('other')?.site?.run).toEqual([`${home}/tools/at.sh`, '/mnt/x']);
  });

  it.each([
    [
      'products: true\n',
      'run',
      "4:1: 'products' can't be had on a site; the site has no disk of the board: write below its root",
    ],
    ['gather: children\n', 'run', "4:1: 'gather' can't be had on a site"],
    ['', '{{ inputs.make }}', '3:22: the site has no disk of the board, nor its products; upload them'],
    ['files: {a: "{{ inputs.make }}"}\n', 'run', '4:23: the site has no disk of the board, nor its products'],
  ])('has no disk of the board: %s %s', (more, command, fault) => {
    const [first = '', ...others] = faultsOf(onSite(more, command));
    expect([first.startsWith(`stages/work.yaml:${fault}`), first, others]).toEqual([true, first, []]);
  });

  it('is named by stages, and not by a pipeline', () => {
    const whole = { ...files, 'pipelines/p.yaml': pipeline('p', ['make'], 'engine: cluster\n') };
    expect(faultsOf(whole).join()).toMatch(
      /^pipelines\/p\.yaml:\d+:9: the engine is on a site, .*; name it in the stages/,
    );
  });

  it('must be there', () => {
    const wrong = { ...files, 'engines.yaml': 'engines:\n  cluster: {kind: slurm, site: fra}\n' };
    expect(faultsOf(wrong)).toEqual(["engines.yaml:2:32: there is no site 'fra'; did you mean 'far'?"]);
  });
});
