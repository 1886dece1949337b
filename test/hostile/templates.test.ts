/** Hostile templates, and hostile values in honest ones: nothing leads out of the data, and what grows or nests is stopped. */
import { expect, test } from 'vitest';
import { compileTemplate, TemplateError, TemplateSyntaxError } from '../../src/definitions/template.ts';

const KNOWN = { names: ['dataset', 'params'] };
const VALUES = {
  dataset: 'x',
  params: {
    key: ['constructor'],
    name: 'constructor',
    proto: '__proto__',
    list: ['a', 'b'],
    n: 2 ** 40,
    wide: 600_000_000,
    own: JSON.parse('{"__proto__":{"x":1},"constructor":"mine"}') as unknown,
  },
};

function render(text: string): string {
  return compileTemplate(text, KNOWN, 'here', 'text').render(VALUES);
}

test.each([
  "{{ ''.constructor.constructor('return process')() }}",
  "{{ ''['constructor']['constructor']('return process')() }}",
  "{{ ''[['constructor']][['constructor']]('return process')() }}",
  "{{ ''[('constructor' | safe)] }}",
  "{{ ''[('constr' + 'uctor')] }}",
  '{{ dataset[params.key] }}',
  '{{ dataset[params.name] }}',
  '{{ params.list[params.key] }}',
  '{{ params[params.proto] }}',
  "{{ params.list.at.constructor('return process')() }}",
  "{{ params.list['at'][['constructor']]('return process')() }}",
  "{{ params.list.__defineGetter__('x', params.list.at) }}",
  "{{ params.list[['__lookupGetter__']]('x') }}",
  '{{ params.toString }}',
  '{{ params.hasOwnProperty("x") }}',
  '{{ params.own.x }}',
  '{% set x = dataset %}{{ x[["constructor"]] }}',
  '{{ process.env }}',
  '{{ global }}',
  '{{ range(10) }}',
  '{{ cycler }}',
  "{% include '/etc/passwd' %}",
  "{% import '../../x' as y %}",
  "{% extends '/etc/passwd' %}",
  '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
  '{% call x() %}{% endcall %}',
  '{% block b %}{% endblock %}',
  "{{ 'x'.repeat(params.n) }}",
  "{{ 'x'.repeat(params.wide) }}",
  "{{ 'x'.padEnd(100000000) }}",
])('%s finds nothing', (text) => {
  let error: unknown;
  try {
    expect(render(text)).toBe('never');
  } catch (thrown) {
    error = thrown;
  }
  expect(error instanceof TemplateError || error instanceof TemplateSyntaxError, String(error)).toBe(true);
});

test('names that a value has of its own are its own', () => {
  expect(render('{{ params.own | dump }}')).toBe('{"__proto__":{"x":1},"constructor":"mine"}');
});

test.each([
  ['brackets', `{{ ${'('.repeat(100_000)}1${')'.repeat(100_000)} }}`],
  ['a sum', `{{ 1${'+1'.repeat(100_000)} }}`],
  ['lookups', `{{ params${'.a'.repeat(100_000)} }}`],
  ['filters', `{{ dataset${'|upper'.repeat(100_000)} }}`],
  ['conditions', `${'{% if dataset %}'.repeat(50_000)}${'{% endif %}'.repeat(50_000)}`],
  ['denials', `{{ ${'not '.repeat(100_000)}dataset }}`],
  ['lists', `{{ ${'['.repeat(100_000)}${']'.repeat(100_000)} }}`],
  ['open braces', '{{ '.repeat(100_000)],
])('%s, a hundred thousand deep, are a fault', (_what, text) => {
  expect(() => compileTemplate(text, KNOWN, 'here', 'text')).toThrow(TemplateSyntaxError);
});
