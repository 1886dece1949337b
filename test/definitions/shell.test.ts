// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are lines of shell
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellQuote } from '../../src/definitions/shell-scan.ts';
import { compileTemplate, TemplateSyntaxError } from '../../src/definitions/template.ts';

const known = { names: ['x', 'on'] };

function compile(line: string) {
  return compileTemplate(line, known, 'here', 'shell');
}

/** What the shell printed. */
function run(line: string, shell = 'sh'): string {
  return spawnSync(shell, ['-c', line], { encoding: 'utf8', env: { PATH: process.env.PATH } }).stdout;
}

describe('a value in a shell line', () => {
  it('is one word, whatever it holds', () => {
    const text = fc.string({
      unit: fc.constantFrom("'", '"', '\\', '$', '`', '(', ')', ' ', '\n', '*', '#', ';', 'a', 'é', '!'),
    });
    const line = compile('printf "%s|" {{ x }}');
    fc.assert(
      fc.property(text, (x) => {
        expect(run(line.render({ x }))).toBe(`${x}|`);
      }),
      { numRuns: 60 },
    );
    expect(shellQuote("it's")).toBe("'it'\\''s'");
  });

  it.each([
    'echo {{ x }}',
    'echo a{{ x }}b',
    'A={{ x }} run',
    'echo \'a\' {{ x }} "b"',
    'echo "it\'s" {{ x }}',
    'echo $(basename {{ x }})',
    'echo "$(basename {{ x }})"',
    '(cd {{ x }} && ls)',
    'echo a#b {{ x }}',
    "# it's a comment\necho {{ x }}",
    'echo \\\\ {{ x }}',
    'cat <<< {{ x }}',
    'echo ${A:-b} {{ x }}',
    'echo $((1 + (2))) {{ x }}',
    'echo `date` {{ x }}',
    '{% if on %}echo {{ x }}{% else %}"{% raw %}{{{% endraw %}"{% endif %}',
    'case a in a) echo {{ x }};; esac',
    'echo \'{{ x | raw }}\' "{{ x | safe }}"',
    "echo {{ x }}{% set y %}'{{ x }}'{% endset %} {{ y }}",
  ])('may stand in %j', (line) => {
    expect(() => compile(line)).not.toThrow();
  });

  it.each([
    ["echo '{{ x }}'", 'inside quotes'],
    ['echo "{{ x }}"', 'inside quotes'],
    ["echo $'{{ x }}'", 'inside quotes'],
    ['echo "$(echo "{{ x }}")"', 'inside quotes'],
    ['echo \\{{ x }}', 'behind a backslash'],
    ['echo ${{ x }}', 'behind a $'],
    ['echo `echo {{ x }}`', 'in `…`'],
    ['echo "`echo {{ x }}`"', 'in `…`'],
    ['echo $(({{ x }}))', 'in arithmetic'],
    ['(({{ x }}))', 'in arithmetic'],
    ['echo ${A:-{{ x }}}', 'in braces'],
    ['# {{ x }}', 'in a comment'],
    ['run ;# {{ x }}', 'in a comment'],
    ['cat <<EOF\n{{ x }}\nEOF', 'here-document'],
    ['cat <<EOF\nEOF\necho {{ x }}', 'here-document'],
    ['echo "$(case a in a) echo "{{ x }}";; esac)"', 'can not be followed'],
    ['echo $(case a in a) echo {{ x }};; esac)', 'can not be followed'],
    ["{% if on %}a{% endif %}#it's\n{{ x }}", 'can not be followed'],
    ['echo "{{ x | raw | upper }}"', 'inside quotes'],
    ['{% set y = x | raw %}echo "{{ y }}"', 'inside quotes'],
  ])('may not stand in %j', (line, reason) => {
    let message = '';
    try {
      compile(line);
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateSyntaxError);
      message = (error as Error).message;
    }
    expect(message).toContain(reason);
  });

  it('may not stand where only a branch opens or closes quotes', () => {
    expect(() => compile('echo {% if on %}"{% endif %} {{ x }}')).toThrow('begin or end inside this block');
    expect(() => compile('echo {% for y in x %}"{% endfor %}')).toThrow('begin or end inside this block');
    expect(() => compile('echo "{% if on %}a" "b{% endif %}"')).not.toThrow();
  });

  /** Values that would leave a mark on standard output if any part of them were run. */
  const hostile = [
    "'",
    '"',
    '`',
    ')',
    '}',
    '))',
    '\n',
    '\nEOF\n',
    '\\',
    "\\'",
    '"\'',
    '$(',
    '',
    'a[$(echo MARK)]',
  ].flatMap((end) => [`${end}; echo MARK; : `, `${end}\necho MARK\n: `, `${end}$(echo MARK >&2)\`echo MARK >&2\``]);
  const piece = fc.constantFrom(
    ...[
      "'",
      '"',
      '\\',
      '`',
      '$',
      '$(',
      '(',
      ')',
      '${',
      '}',
      '$((',
      '((',
      '))',
      '#',
      '<<EOF\n',
      '\nEOF\n',
      '\n',
      ' ',
      ';',
      'case a in a)',
      ';; esac',
    ],
    ...['echo ', 'a', 'A:-', "$'", ' 1+', '{{ x }}', ' {{ x }}', '{{ x }} ', '{% if on %}', '{% endif %}'],
  );

  it.each(['sh', 'bash'])('is never run by %s, in any line that is accepted', (shell) => {
    let accepted = 0;
    const check = (parts: readonly string[], x: string) => {
      let line: string;
      try {
        line = compile(`${parts.join('')}{{ x }}`).render({ x, on: true });
      } catch (error) {
        expect(error).toBeInstanceOf(TemplateSyntaxError);
        return;
      }
      accepted++;
      const { stdout, stderr, error } = spawnSync(shell, ['-c', line], {
        encoding: 'utf8',
        input: '',
        env: { PATH: process.env.PATH },
      });
      expect(error).toBeUndefined();
      // Commands that are not found are told with their names, in which the value's text may stand: only whole lines count.
      expect(
        `${stdout}\n${stderr}`.split('\n').filter((one) => one === 'MARK'),
        line,
      ).toEqual([]);
    };
    // No word but `echo` runs here, and what it prints is a mark only if the value itself was run.
    const parts = fc.array(piece, { maxLength: 9 });
    fc.assert(fc.property(parts, fc.constantFrom(...hostile), check), { numRuns: 150 });
    expect(accepted).toBeGreaterThan(10);
  });
});
