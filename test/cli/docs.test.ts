/** The docs list every command, every option, every filter word and every exit code; help and docs come from one table. */
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { EXIT, EXIT_MEANINGS } from '../../src/cli/exit.ts';
import { Output } from '../../src/cli/output.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { TSV_HEAD } from '../../src/cli/rows.ts';
import { FILTER_KEYS } from '../../src/model/filter.ts';

const docs = (name: string): string => fs.readFileSync(path.resolve(import.meta.dirname, '../../docs', name), 'utf8');

const program = buildProgram({
  exit: 0,
  world: {
    out: new Output(new PassThrough()),
    env: {},
    cwd: '/',
    stdin: process.stdin,
    isTTY: { stdin: false, stdout: false, stderr: false },
    columns: undefined,
    say: () => undefined,
  },
});
const commands = program.commands.filter((command) => !command.name().startsWith('_'));
const GLOBAL = new Set(program.options.map((option) => option.long));

/** The part of the page under the command's heading. */
function section(page: string, name: string): string {
  const parts = page.split(/^### /m);
  return parts.find((part) => new RegExp(`^\`slate ${name}[ \`]`).test(part)) ?? '';
}

describe('docs/command-line.md', () => {
  const page = docs('command-line.md');

  it.each(commands.map((command) => [command.name(), command] as const))(
    'tells of slate %s with all its options',
    (name, command) => {
      const text = section(page, name);
      expect(text).not.toBe('');
      for (const option of command.options) {
        if (GLOBAL.has(option.long)) continue;
        if (option.long !== undefined) expect(text).toMatch(new RegExp(`\`(-\\w, )?${option.long}[ \`]`));
        if (option.short !== undefined) expect(text).toContain(`\`${option.short}, ${option.long}`);
      }
    },
  );

  it('tells of no command and no option that does not exist', () => {
    const told = [...page.matchAll(/^### `slate ([a-z]+)/gm)].map(([, name]) => name);
    expect(told.sort()).toEqual(commands.map((command) => command.name()).sort());
    for (const command of commands) {
      const known = command.options.flatMap(({ long, short }) => [long, short]);
      for (const [, option = ''] of section(page, command.name()).matchAll(/^\| `(?:-\w, )?(--[a-z0-9-]+)/gm)) {
        expect([command.name(), known]).toEqual([command.name(), expect.arrayContaining([option])]);
      }
    }
  });

  it('tells of the global options, the filter words and the columns of --tsv', () => {
    for (const long of GLOBAL) expect(page).toMatch(new RegExp(`\`(-\\w, )?${long}[ \`]`));
    for (const { form } of FILTER_KEYS) expect(page).toContain(form.replaceAll('|', '\\|'));
    expect(page).toContain(TSV_HEAD.map((name) => `\`${name}\``).join(' '));
  });
});

describe('docs/exit-codes.md', () => {
  const page = docs('exit-codes.md');

  it('tells of every exit code, and of no other', () => {
    const told = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(told).toEqual(EXIT_MEANINGS.map(([code]) => code));
    expect(told).toEqual(Object.values(EXIT));
    expect(page).toContain('128 + n');
  });
});
