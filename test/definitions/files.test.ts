import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DefinitionError, formatFault } from '../../src/definitions/fault.ts';
import { loadHome, loadPipeline, loadStages } from '../../src/definitions/load.ts';
import { stageTemplates } from '../../src/definitions/templates.ts';
import { homeOf, pipeline, stage as stageText } from './home.ts';

const head = 'stage: cal\ncommand: [run]\n';

function faultsOf(own: string, more: Readonly<Record<string, string | Uint8Array>> = {}): string[] {
  return loadHome(homeOf({ 'stages/cal.yaml': own, ...more })).faults.map(formatFault);
}

describe('files of a stage', () => {
  it('are texts, or templates of their own with their sha256', () => {
    const home = homeOf({
      'stages/cal.yaml': `${head}files:\n  a.ini: 'x {{ dataset }}'\n  b/c.sh: {text: "#!/bin/sh\\n", executable: true}\n  d.xml: {from: templates/d.njk}\n`,
      'templates/d.njk': '<d>{{ params.d }}</d>\n',
    });
    const { stages, faults } = loadHome(home);
    expect(faults).toEqual([]);
    expect(stages.get('cal')?.files).toEqual([
      { name: 'a.ini', text: 'x {{ dataset }}', executable: false },
      { name: 'b/c.sh', text: '#!/bin/sh\n', executable: true },
      {
        name: 'd.xml',
        text: '<d>{{ params.d }}</d>\n',
        from: 'templates/d.njk',
        sha256: createHash('sha256').update('<d>{{ params.d }}</d>\n').digest('hex'),
        executable: false,
      },
    ]);
  });

  it('are none unless told', () => {
    expect(loadHome(homeOf({ 'stages/cal.yaml': head })).stages.get('cal')?.files).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      'a list',
      '[a]',
      "3:8: 'files' must be a mapping of file names to templates, such as {config.ini: …} or {config.ini: {from: templates/x.njk}}, not a list",
    ],
    ['a number', '{a: 7}', "3:12: 'files.a' must be text, {text: …} or {from: path}, not 7; put numbers in quotes"],
    ['neither', '{a: {executable: true}}', "3:12: 'files.a' has neither 'text' nor 'from'"],
    ['both', '{a: {text: x, from: y}}', "3:12: 'files.a' has both 'text' and 'from': it has one of them"],
    ['a text that is none', '{a: {text: 7}}', "3:19: 'files.a' must be text, not 7; put numbers in quotes"],
    ['an unknown key', '{a: {text: x, executble: true}}', "3:22: unknown key 'executble'; did you mean 'executable'?"],
    ['a word for true', "{a: {text: x, executable: 'yes'}}", "3:34: 'files.a' must be true or false, not 'yes'"],
    [
      'a path out of the home',
      '{a: {from: ../x}}',
      "3:19: 'files.a' must be a path in the home without '..', such as templates/x.njk, not '../x'",
    ],
    [
      'an absolute path',
      '{a: {from: /etc/passwd}}',
      "3:19: 'files.a' must be a path in the home without '..', such as templates/x.njk, not '/etc/passwd'",
    ],
    [
      'no such template',
      '{a: {from: templates/x}}',
      "3:19: the template templates/x can't be read: there is no such file or folder",
    ],
    ['a template that is a folder', '{a: {from: stages}}', '3:19: the template stages is not a file'],
    [
      'a name out of the folder',
      '{../a: x}',
      "3:9: '../a' is no name of a file: none of its parts may be empty, '.' or '..'",
    ],
    [
      'a name with an empty part',
      '{a//b: x}',
      "3:9: 'a//b' is no name of a file: none of its parts may be empty, '.' or '..'",
    ],
    [
      'an absolute name',
      '{/a: x}',
      "3:9: '/a': a file stands in the step's working folder: give it a name without '/' at the front",
    ],
    [
      'a name with a dot in front',
      '{.result: x}',
      "3:9: '.result': names that begin with a dot are Slateboard's own in a working folder",
    ],
    [
      'a name that is a template',
      "{'{{ dataset }}.ini': x}",
      "3:9: '{{ dataset }}.ini': the name of a file is no template",
    ],
    ['a name with a control character', '{"a\\nb": x}', '3:9: the name of a file holds a control character'],
    ['a file that is a folder', '{a: x, a/b: y}', "3:15: 'a/b': 'a' is a file, and can't be a folder"],
    ['an unknown name', "{a: 'x {{ datset }}'}", "3:18: no name 'datset' is known here; did you mean 'dataset'?"],
    [
      'products of a stage without',
      "{a: {text: '{{ products }}'}}",
      "3:23: no name 'products' is known here; this stage publishes none; say 'products: true'",
    ],
  ])('with %s are refused, with the place', (_, files, fault) => {
    expect(faultsOf(`${head}files: ${files}\n`).map((one) => one.replace(/ known: .*/, ''))).toEqual([
      `stages/cal.yaml:${fault}`,
    ]);
  });

  it('tell what is wrong in a template of their own by its own place, all at once', () => {
    const own = `${head}files: {a: {from: templates/a.njk}, b: {from: templates/b.njk}}\nretries: 12\n`;
    const files = { 'templates/a.njk': 'ok\n  {{ datset }}\n{% include "x" %}\n', 'templates/b.njk': '{% if x\n' };
    const faults = faultsOf(own, files);
    expect(faults).toHaveLength(4);
    expect(faults[0]).toMatch(/^stages\/cal\.yaml:4:10: 'retries' must be/);
    expect(faults[1]).toMatch(/^templates\/a\.njk:2:6: no name 'datset' is known here; did you mean 'dataset'\?/);
    expect(faults[2]).toMatch(/^templates\/a\.njk:3:\d+: \{% include %\} can't be used here/);
    expect(faults[3]).toMatch(/^templates\/b\.njk:1:\d+: /);
  });

  it('are held against the pipeline, in their own place, however the stage is loaded', () => {
    const home = homeOf({
      'pipelines/p.yaml': pipeline('p', ['first', 'cal', 'last']),
      'stages/first.yaml': stageText('first'),
      'stages/last.yaml': stageText('last', 'products: true\n'),
      'stages/cal.yaml': `${head}files:\n  a: '{{ inputs.last }}'\n  b: {from: templates/b.njk}\n`,
      'templates/b.njk': 'x\n{{ inputs.first }}\n',
    });
    const wanted = [
      "stages/cal.yaml:4:17: 'last' does not come before 'cal' in pipeline 'p'; before it comes first",
      "templates/b.njk:2:11: stage 'first' publishes no products; say 'products: true' in stages/first.yaml",
    ];
    const { faults, pipelines } = loadHome(home);
    expect(faults.map(formatFault)).toEqual(wanted);
    expect(() => loadPipeline(home, 'p')).toThrow(new DefinitionError(faults));
    const pinned = pipelines.get('p');
    expect(() => loadStages(home, ['first', 'cal', 'last'], pinned)).toThrow(new DefinitionError(faults));
  });

  it('that can not be read or are no text are refused', () => {
    const own = `${head}files: {a: {from: templates/a}}\n`;
    expect(faultsOf(own, { 'templates/a': new Uint8Array([0xff, 0xfe, 0x00]) })).toEqual([
      'stages/cal.yaml:3:19: the template templates/a is not a text file in UTF-8',
    ]);
    expect(faultsOf(own, { 'templates/a': 'x'.repeat(1024 * 1024 + 1) })).toEqual([
      'stages/cal.yaml:3:19: the template templates/a has 1048577 bytes; a template has at most 1 MiB',
    ]);
  });

  it('are rendered with what the command knows, values as they are, and say which one lacks what', () => {
    const home = homeOf({
      'stages/cal.yaml': `${head}env: {E: '{{ params.e }}'}\nfiles: {a: '{{ params.a | dump }} {{ dataset }} "{{ params.q }}"', b: {from: t.njk, executable: true}}\n`,
      't.njk': '{{ params.b }}\n',
    });
    const stage = loadHome(home).stages.get('cal');
    if (stage === undefined) throw new Error('no stage');
    const context = (params: Readonly<Record<string, unknown>>) =>
      ({ params, dataset: 'x', env: {}, inputs: {} }) as unknown as Parameters<
        ReturnType<typeof stageTemplates>['files']
      >[0];
    const templates = stageTemplates(stage);
    expect(templates.files(context({ a: [1], q: '$(x)', b: 2 }))).toEqual([
      { name: 'a', content: '[1] x "$(x)"', executable: false },
      { name: 'b', content: '2\n', executable: true },
    ]);
    expect(() => templates.files(context({ a: 1, q: 1 }))).toThrow(
      'stages/cal.yaml: files.b (t.njk): params.b is not defined for this entry; it has: a, q',
    );
    expect(templates.pieces.map(({ of, name }) => `${of} ${name}`)).toEqual(['argv 0', 'env E', 'file a', 'file b']);
  });
});
