/**
 * A step that stays up against the same program once an entry: entries a second through one stage, on one stage process. The
 * program is the same file in both; what it does for an entry is one line of JSON. As a process each entry pays for the
 * start of Node, or of Python; so fewer entries are enough to tell its rate.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { median } from './measure.ts';
import { makeMill, timeMill } from './mill.ts';
import { alternate, type Bench, type Row, ratioOf, type Suite } from './suite.ts';

const SLOTS = 2;
const TARGET = 5;

export const flowService: Suite = {
  name: 'flow-service',
  about:
    `Entries go through one stage on one stage process of ${SLOTS} slots: as a service, which is given one line of JSON an entry, ` +
    'and with the same program started once an entry. The step is trivial, so that the start is what is measured. Timed from ' +
    'the first claim to the last finish in the journal; both rates are per entry, the process gets fewer of them.',
  run,
};

const NODE_SERVICE = `const { createInterface } = require('node:readline');
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, dataset } = JSON.parse(line);
  process.stdout.write(JSON.stringify({ id, exit: dataset === '' ? 1 : 0 }) + '\\n');
});
`;
const NODE_STEP = `process.exitCode = process.env.SLATE_DATASET === '' ? 1 : 0;\n`;
const PYTHON_SERVICE = `import json, sys
for line in sys.stdin:
    entry = json.loads(line)
    print(json.dumps({'id': entry['id'], 'exit': 1 if entry['dataset'] == '' else 0}), flush=True)
`;
const PYTHON_STEP = `import json, os, sys\nsys.exit(1 if os.environ['SLATE_DATASET'] == '' else 0)\n`;

interface Language {
  readonly name: string;
  readonly file: string;
  readonly service: string;
  readonly step: string;
}

const PYTHON = '/usr/bin/python3';

function languages(): Language[] {
  const node = { name: 'Node', file: process.execPath, service: NODE_SERVICE, step: NODE_STEP };
  const python = { name: 'Python', file: PYTHON, service: PYTHON_SERVICE, step: PYTHON_STEP };
  return fs.existsSync(PYTHON) ? [node, python] : [node];
}

async function run({ root, folder, quick, say }: Bench): Promise<readonly Row[]> {
  const entries = quick ? 1_000 : 5_000;
  const started = quick ? 20 : 60;
  const rows: Row[] = [];
  for (const language of languages()) {
    const time = async (kind: 'service' | 'step', count: number, round: number): Promise<number> => {
      const home = join(folder, `${language.name}-${kind}-${round}`);
      await makeMill(
        home,
        { file: language.file, program: language[kind], more: kind === 'service' ? 'service: true\n' : '' },
        count,
      );
      return count / (await timeMill(root, home, SLOTS, count));
    };
    const rates = await alternate(quick ? 1 : 2, {
      service: (round) => time('service', entries, round),
      step: (round) => time('step', started, round),
    });
    for (const [name, list] of Object.entries(rates))
      say(`${language.name}, ${name}: ${list.map(Math.round).join(', ')} entries/s`);
    rows.push({
      what: `${entries.toLocaleString('en')} entries through a service in ${language.name}`,
      ours: `${Math.round(median(rates.service)).toLocaleString('en')} entries/s`,
      against: `one process an entry, ${started} entries`,
      theirs: `${Math.round(median(rates.step)).toLocaleString('en')} entries/s`,
      value: ratioOf(rates.service, rates.step),
      unit: '×',
      target: { atLeast: TARGET },
    });
  }
  return rows;
}
