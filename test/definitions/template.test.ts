import { describe, expect, it } from 'vitest';
import {
  compileTemplate,
  TemplateError,
  type TemplateKind,
  TemplateSyntaxError,
} from '../../src/definitions/template.ts';
import type { StepContext } from '../../src/definitions/template-contexts.ts';
import { landingTemplates, stageTemplates } from '../../src/definitions/templates.ts';
import type { LandingZone, StageDefinition } from '../../src/model/definition.ts';

const known = { names: ['dataset', 'params', 'groups'], members: { groups: ['id'] } };
const values = {
  dataset: "j8'a b",
  params: { k: 'v w', n: 3, list: ['x', 'y'], deep: { a: 1 }, no: null },
  groups: { id: 'i' },
};

function render(text: string, kind: TemplateKind = 'text', context: Record<string, unknown> = values): string {
  return compileTemplate(text, known, 'here', kind).render(context);
}

describe('a template', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a {{ dataset }} b', "a j8'a b b"],
    ['{{ params.k | upper }}', 'V W'],
    ["{{ params['k'] }}", 'v w'],
    ['{{ params.deep.a + 1 }}', '2'],
    ['{{ dataset | replace("j8", "") }}', "'a b"],
    ['{{ params.k.split(" ")[1] }}', 'w'],
    ['{{ params.list | join(",") }}', 'x,y'],
    ['{{ params.deep | dump }}', '{"a":1}'],
    ['{{ params.nix | default("d") }}', 'd'],
    ['{{ params.nix.deeper | d("d") }}', 'd'],
    ['{{ groups.nix | default("d") }}', 'd'],
    ['{{ params.nix or "z" }}', 'z'],
    ['{% if params.nix %}1{% elif params.k and not params.nix %}2{% else %}3{% endif %}', '2'],
    ['{{ "1" if params.nix is defined else "2" }}', '2'],
    ['{% for one in params.list %}{{ loop.index }}{{ one }}{% endfor %}', '1x2y'],
    ['{% for k, v in params.deep %}{{ k }}={{ v }}{% endfor %}', 'a=1'],
    ['{% set x = params.n %}{{ x * 2 }}', '6'],
    ['{% set x %}<{{ params.k }}>{% endset %}{{ x }}', '<v w>'],
    ['{% raw %}{{ nix }}{% endraw %}', '{{ nix }}'],
    ['{# {{ nix }} #}x', 'x'],
    ['{{ "<" | escape }}', '&lt;'],
    ['{{ "<&" }}', '<&'],
    ['{{ params.n > 2 and params.n is divisibleby(3) }}', 'true'],
    ['{{ "k" in params }}', 'true'],
  ])('%j is %j', (text, wanted) => {
    expect(render(text)).toBe(wanted);
  });

  it.each([
    ['{{ params.inptu }}', 'here: params.inptu is not defined for this entry; it has: k, n, list, deep, no'],
    ['{{ params.inptu | upper }}', 'here: params.inptu is not defined for this entry; it has: k, n, list, deep, no'],
    [
      '{% if params.inptu == 1 %}{% endif %}',
      'here: params.inptu is not defined for this entry; it has: k, n, list, deep, no',
    ],
    [
      '{% for x in params.inptu %}{% endfor %}',
      'here: params.inptu is not defined for this entry; it has: k, n, list, deep, no',
    ],
    ['{{ params.deep.b }}', 'here: params.deep.b is not defined for this entry; it has: a'],
    ["{{ params['a b'] }}", "here: params['a b'] is not defined for this entry; it has: k, n, list, deep, no"],
    ['{{ params.toString }}', 'here: params.toString is not defined for this entry; it has: k, n, list, deep, no'],
    ["{{ params['const' ~ 'ructor'] }}", 'here: params[…] is not defined for this entry; it has: k, n, list, deep, no'],
    ['{{ params.no }}', 'here: params.no is not defined for this entry'],
    ['{{ params.list }}', 'here: params.list is a list; use | join or | dump'],
    ['{{ params.deep }}', 'here: params.deep is no text (object); use | join or | dump'],
    ['{% if params.nix %}{% set x = 1 %}{% endif %}{{ x }}', 'here: x is not defined for this entry'],
    ['{{ dataset.nope() }}', 'here: dataset.nope is not defined for this entry'],
  ])('%j fails for an entry', (text, message) => {
    expect(() => render(text)).toThrow(new TemplateError(message));
  });

  it('fails where a name has no value at all, or nothing is there to look in', () => {
    expect(() => render('{{ dataset }}', 'text', {})).toThrow("here: 'dataset' is not defined here");
    expect(() => render('{{ params.k }}', 'text', { params: {} })).toThrow(
      'params.k is not defined for this entry; it has: nothing',
    );
  });

  it('fails for a NUL, which no argument can hold', () => {
    expect(() => render('{{ dataset }}', 'text', { dataset: 'a\0b' })).toThrow('here: a value holds a NUL character');
  });

  it.each<[string, number, number, string]>([
    ['{{ datset }}', 0, 3, "no name 'datset' is known here; did you mean 'dataset'? known: dataset, params, groups"],
    ['a\n b {{ zzz }}', 1, 6, "no name 'zzz' is known here; known: dataset, params, groups"],
    ['{{ groups.di }}', 0, 10, "'groups.di' is not defined; did you mean 'id'? known: id"],
    ['{{ loop.index }}', 0, 3, "no name 'loop' is known here; known: dataset, params, groups"],
    [
      '{% for x in params.list %}{% endfor %}{{ x }}',
      0,
      41,
      "no name 'x' is known here; known: dataset, params, groups",
    ],
    ['{% set dataset = 1 %}', 0, 7, "'dataset' has a meaning here already; take another name"],
    ['{{ params.constructor }}', 0, 10, "'constructor' can't be looked up"],
    ['{{ range(3) }}', 0, 8, "'range(…)' can't be called"],
    ['{% include "x" %}', 0, 3, "{% include %} can't be used here; templates know if, for, set, filter and raw"],
    ['{% import "x" as y %}', 0, 3, "{% import %} can't be used here; templates know if, for, set, filter and raw"],
    ['{% extends "x" %}', 0, 3, "{% extends %} can't be used here; templates know if, for, set, filter and raw"],
    [
      '{% macro f() %}{% endmacro %}',
      0,
      3,
      "{% macro %} can't be used here; templates know if, for, set, filter and raw",
    ],
    ['{{ a', 0, 0, 'is no template: expected variable end'],
    ['{% nix %}', 0, 3, 'is no template: unknown block tag: nix'],
  ])('%j is refused when it is compiled', (text, line, column, message) => {
    try {
      render(text);
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateSyntaxError);
      expect((error as Error).message).toBe(message);
      expect((error as TemplateSyntaxError).faults[0]).toMatchObject({ line, column });
      return;
    }
    throw new Error('no error');
  });

  it('names a filter or a test that is near', () => {
    expect(() => render('{{ dataset | uper }}')).toThrow("no filter 'uper' exists; did you mean 'upper'?");
    expect(() => render('{{ dataset is dfined }}')).toThrow("no test 'is dfined' exists; did you mean 'defined'?");
  });

  it('tells all of its faults', () => {
    expect(() => render('{{ a }}{% if b %}{{ c | d }}{% endif %}')).toThrow(/'a'.*'b'.*'c'/s);
  });

  it('reads no files and has no global names', () => {
    for (const name of ['range', 'cycler', 'joiner', 'process', 'require', 'this']) {
      expect(() => render(`{{ ${name} }}`)).toThrow(TemplateSyntaxError);
    }
  });

  it('reports the members that it looks up by name', () => {
    expect(compileTemplate('{{ params.k }}{{ groups["id"] }}', known, 'x').members).toEqual([
      { object: 'params', member: 'k', line: 0, column: 10 },
      { object: 'groups', member: 'id', line: 0, column: 24 },
    ]);
  });
});

const context: StepContext = {
  home: '/h',
  board: 'b',
  pipeline: 'p',
  stage: 's',
  dataset: 'j8a',
  class: 'acs',
  rank: '50',
  try: 1,
  epoch: 3,
  posted: '20261121T120000',
  params: { file: "it's; rm -rf $HOME" },
  scratch: '/h/x',
  products: undefined,
  members: [],
  cpus: undefined,
  memory: undefined,
  inputs: { calibrate: '/h/c' },
  env: { HOME: '/root' },
};

function stageOf(over: Partial<StageDefinition>): StageDefinition {
  return {
    name: 's',
    title: 'S',
    description: '',
    command: { kind: 'argv', argv: ['x'] },
    exits: { codes: new Map(), default: { kind: 'fail' } },
    retries: 0,
    backoff: { firstMs: 0, factor: 1, mostMs: 0 },
    timeoutMs: undefined,
    slots: undefined,
    service: undefined,
    products: false,
    checkpoint: false,
    cpus: undefined,
    memory: undefined,
    limits: {},
    freeBytes: undefined,
    env: {},
    files: [],
    classes: undefined,
    scratch: 'keep',
    file: 'stages/s.yaml',
    sha256: '',
    ...over,
  };
}

describe("a stage's templates", () => {
  it('make exactly one argument of each item, empty ones included', () => {
    const argv = [
      'run',
      '{{ params.file }}',
      '{{ try }}-{{ epoch }}',
      '{% if rank == "99" %}x{% endif %}',
      '{{ inputs.calibrate }}/a b',
    ];
    const rendered = stageTemplates(stageOf({ command: { kind: 'argv', argv } })).command(context);
    expect(rendered).toEqual({ kind: 'argv', argv: ['run', "it's; rm -rf $HOME", '1-3', '', '/h/c/a b'] });
  });

  it('make a line of shell with quoted values, and an environment', () => {
    const templates = stageTemplates(
      stageOf({
        command: { kind: 'shell', line: 'run {{ params.file }} {{ scratch | raw }}' },
        env: { A: '{{ env.HOME }}/{{ dataset }}', B: 'b' },
      }),
    );
    expect(templates.command(context)).toEqual({ kind: 'shell', line: "run 'it'\\''s; rm -rf $HOME' /h/x" });
    expect(templates.env(context)).toEqual({ A: '/root/j8a', B: 'b' });
  });

  it('name the place of what is not defined', () => {
    const templates = stageTemplates(
      stageOf({ command: { kind: 'argv', argv: ['x', '{{ inputs.detect }}'] }, env: { A: '{{ env.NIX }}' } }),
    );
    expect(() => templates.command(context)).toThrow(
      'stages/s.yaml: command[1]: inputs.detect is not defined for this entry; it has: calibrate',
    );
    expect(() => templates.env(context)).toThrow(
      'stages/s.yaml: env.A: env.NIX is not defined for this entry; it has: HOME',
    );
  });

  it('are compiled once', () => {
    const stage = stageOf({});
    expect(stageTemplates(stage)).toBe(stageTemplates(stage));
    expect(stageTemplates(stageOf({}))).not.toBe(stageTemplates(stage));
  });
});

describe("a landing zone's templates", () => {
  const zone: LandingZone = {
    folder: 'incoming/{{ board }}',
    match: ['*'],
    dataset: '{{ groups.id }}',
    class: '{{ groups.kind | default("-") }}',
    rank: '50',
    params: { visit: '{{ name | lower }}' },
    pattern: '^(?<id>[^_]+)(?:_(?<kind>[a-z]+))?\\.fits$',
    complete: { kind: 'stable', forMs: 1 },
  };

  it('make an entry of a file name', () => {
    const templates = landingTemplates(zone);
    const file = { name: 'J8A_acs.fits', groups: templates.groups('J8A_acs.fits') ?? {} };
    expect([
      templates.folder({ board: 'b', pipeline: 'p' }),
      templates.dataset(file),
      templates.class(file),
      templates.rank(file),
    ]).toEqual(['incoming/b', 'J8A', 'acs', '50']);
    expect(templates.params(file)).toEqual({ visit: 'j8a_acs.fits' });
    expect(landingTemplates(zone)).toBe(templates);
  });

  it('leave out groups that took no part, and files that do not fit', () => {
    const templates = landingTemplates(zone);
    expect(templates.groups('J8A.fits')).toEqual({ id: 'J8A' });
    expect(templates.class({ name: 'J8A.fits', groups: { id: 'J8A' } })).toBe('-');
    expect(templates.groups('nope')).toBeUndefined();
    expect(landingTemplates({ ...zone, dataset: 'x', class: '-', pattern: undefined }).groups('nope')).toEqual({});
  });
});
