/** What the YAML parser stumbles over, in plain words and once a spot. */

import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { Source } from '../../src/definitions/source.ts';
import { homeOf } from './home.ts';

const faultsOf = (text: string) => new Source('f', Buffer.from(text)).faults.map(formatFault);
const braces = (place: string, meant: string) =>
  `f:${place}: YAML takes {{ … }} for a mapping; put {{ … }} in quotes: ${meant}`;

describe('braces without quotes', () => {
  it.each<[string, string[]]>([
    ['command: [echo, {{ dataset }}]\n', [braces('1:17', "'{{ dataset }}'")]],
    ['command:\n  - echo\n  - {{ dataset }}\n', [braces('3:5', "'{{ dataset }}'")]],
    ['env: {A: {{ rank }}, B: {{ board }}}\n', [braces('1:10', "'{{ rank }}'"), braces('1:25', "'{{ board }}'")]],
    ["command: [echo, {{ x or 'y' }}]\n", [braces('1:17', `"{{ x or 'y' }}"`)]],
    ['command: [{{ home }}/tools/x.py, a]\n', [braces('1:11', "'{{ home }}/tools/x.py'")]],
    ['command:\n  - {{ home }}/x.py\n', [braces('2:5', "'{{ home }}/x.py'")]],
    ['command: [echo, --x={{ dataset }}]\n', [braces('1:17', "'--x={{ dataset }}'")]],
    ['shell: {{ dataset }} x\n', [braces('1:8', "'{{ dataset }} x'")]],
    [
      'env:\n  A: {% if x %}a{% endif %}\n',
      ["f:2:6: YAML takes {% … %} for a mapping; put {% … %} in quotes: '{% if x %}a{% endif %}'"],
    ],
  ])('%j', (text, wanted) => {
    expect(faultsOf(text)).toEqual(wanted);
  });

  it('hide no other fault of the file, within them or beside', () => {
    const text = 'stage: cal\ncommand: [echo, {{ datset }}]\nretries: 12\n';
    const { faults, stages } = loadHome(homeOf({ 'stages/cal.yaml': text }));
    expect(faults.map(formatFault)).toEqual([
      "stages/cal.yaml:2:17: YAML takes {{ … }} for a mapping; put {{ … }} in quotes: '{{ datset }}'",
      expect.stringMatching(/^stages\/cal\.yaml:2:20: no name 'datset' is known here; did you mean 'dataset'\?/),
      "stages/cal.yaml:3:10: 'retries' must be a whole number from 0 to 9, not 12",
    ]);
    expect(stages.size).toBe(0);
  });
});

describe('the form of a file', () => {
  const alike = 'indent the lines of one list or mapping alike, with spaces';
  const colon = 'write key: value; if it belongs to the line above, indent it further';
  it.each<[string, string]>([
    [
      'stages:\n  - stage: a\n    after: []\n - stage: b\n',
      `4:1: this line is not indented like the list above it; ${alike}`,
    ],
    ['stages:\n  - stage: a\n   - stage: b\n', `3:4: this line is not indented like the others of its list; ${alike}`],
    ['exits:\n   0: complete\n  1: fail\n', `3:1: this line is not indented like the others of its mapping; ${alike}`],
    [
      'stages:\n  - stage: a\n   after: []\n',
      `3:1: this line is indented neither as a list item nor as a key of the item above; ${alike}`,
    ],
    [
      'stages:\n  - stage: a\n     after: []\n',
      `2:12: line 3 is indented too far: it would go on with this value; ${alike}`,
    ],
    ['stage: x\n command: [x]\n', `1:8: line 2 is indented too far: it would go on with this value; ${alike}`],
    ['  stage: x\ncommand: [a]\n', `2:1: this line is not indented like those above it; ${alike}`],
    ['stage: x\ncommand: [a]\n- b\n', `3:1: a list item stands where a key belongs; ${alike}`],
    [
      'stages: - stage: a\n  - stage: b\n',
      '1:9: a list can not begin on the line of its key; write each item on a line of its own, indented',
    ],
    ['stage: x\nretries 3\nslots: 2\n', `2:1: this line has no ': ' after its key; ${colon}`],
    ['stage: x\ncommand\n  - a\n', `2:1: this line has no ': ' after its key; ${colon}`],
    ['title: a: b\n', "1:8: a second ': ' stands in this value; put the whole value in quotes"],
    ['title: "a" b\n', '1:12: more text follows a value that has ended; put the whole value in quotes'],
    ['title: @x\n', "1:8: a text without quotes can't begin with @; put the whole value in quotes"],
    ["title: 'abc\nretries: 3\n", "3:1: a quote before this is not closed; close it with '"],
    ['exits: {0: fail\nslots: 3\n', "2:1: a '{' before this is not closed; close it with '}' on an indented line"],
    ['command:\n  - a\n\t- b\n', '3:1: a tab indents this line; YAML is indented with spaces'],
  ])('%j', (text, wanted) => {
    expect(faultsOf(text)).toEqual([`f:${wanted}`]);
  });

  it('keeps faults in several spots apart', () => {
    expect(faultsOf('stage: a\nstage: b\n- c\n')).toEqual([
      "f:2:1: key 'stage' stands here a second time",
      `f:3:1: a list item stands where a key belongs; ${alike}`,
    ]);
  });
});
