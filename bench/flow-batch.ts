/**
 * Fifty entries in one execution of a step against one execution an entry: entries a second through one stage, on one
 * stage process. What the program does for an entry is the same in both, and trivial: it looks at the dataset's name. As a
 * batch it also says the outcome of each in a line of its own. One process an entry pays for the start of the program each
 * time; so fewer entries are enough to tell its rate.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { median } from './measure.ts';
import { makeMill, timeMill } from './mill.ts';
import { alternate, type Bench, type Row, ratioOf, type Suite } from './suite.ts';

const SLOTS = 2;
const MOST = 50;
const TARGET = 5;

export const flowBatch: Suite = {
  name: 'flow-batch',
  about:
    `Entries go through one stage on one stage process of ${SLOTS} slots: ${MOST} in one execution of the step, each with a claim, a log ` +
    'and an outcome of its own, and with the same program started once an entry. The step is trivial, so that the start is what ' +
    'is measured. Timed from the first claim to the last finish in the journal; both rates are per entry, the process gets ' +
    'fewer of them. `/bin/sh` is the program that starts fastest: it tells what a batch itself costs an entry.',
  run,
};

interface Language {
  readonly name: string;
  readonly file: string;
  readonly batch: string;
  readonly step: string;
  /** Entries for one process each: enough for two seconds. */
  readonly started: number;
}

const NODE: Language = {
  name: 'Node',
  file: process.execPath,
  batch: `const fs = require('node:fs');
for (const line of fs.readFileSync(process.env.SLATE_BATCH, 'utf8').trimEnd().split('\\n')) {
  const { dataset } = JSON.parse(line);
  fs.appendFileSync(process.env.SLATE_OUTCOMES, JSON.stringify({ dataset, exit: dataset === '' ? 1 : 0 }) + '\\n');
}
`,
  step: `process.exitCode = process.env.SLATE_DATASET === '' ? 1 : 0;\n`,
  started: 60,
};
const PYTHON: Language = {
  name: 'Python',
  file: '/usr/bin/python3',
  batch: `import json, os
with open(os.environ['SLATE_BATCH']) as batch, open(os.environ['SLATE_OUTCOMES'], 'a', buffering=1) as outcomes:
    for line in batch:
        entry = json.loads(line)
        print(json.dumps({'dataset': entry['dataset'], 'exit': 1 if entry['dataset'] == '' else 0}), file=outcomes)
`,
  step: `import json, os, sys\nsys.exit(1 if os.environ['SLATE_DATASET'] == '' else 0)\n`,
  started: 200,
};
const SHELL: Language = {
  name: '/bin/sh',
  file: '/bin/sh',
  batch: `while read -r line; do
  dataset=\${line#*'"dataset":"'}; dataset=\${dataset%%'"'*}
  if [ "$dataset" = '' ]; then code=1; else code=0; fi
  echo "{\\"dataset\\":\\"$dataset\\",\\"exit\\":$code}" >&3
done < "$SLATE_BATCH" 3>> "$SLATE_OUTCOMES"
`,
  step: `if [ "$SLATE_DATASET" = '' ]; then exit 1; else exit 0; fi\n`,
  started: 1_000,
};

async function run({ root, folder, quick, say }: Bench): Promise<readonly Row[]> {
  const entries = quick ? 1_000 : 5_000;
  const rows: Row[] = [];
  for (const language of [NODE, PYTHON, SHELL].filter(({ file }) => fs.existsSync(file))) {
    const started = quick ? Math.ceil(language.started / 4) : language.started;
    const time = async (kind: 'batch' | 'step', count: number, round: number): Promise<number> => {
      const home = join(folder, `${language.name.replaceAll('/', '-')}-${kind}-${round}`);
      await makeMill(
        home,
        { file: language.file, program: language[kind], more: kind === 'batch' ? `batch: {most: ${MOST}}\n` : '' },
        count,
      );
      return count / (await timeMill(root, home, SLOTS, count));
    };
    const rates = await alternate(quick ? 1 : 3, {
      batch: (round) => time('batch', entries, round),
      step: (round) => time('step', started, round),
    });
    for (const [name, list] of Object.entries(rates))
      say(`${language.name}, ${name}: ${list.map(Math.round).join(', ')} entries/s`);
    rows.push({
      what: `${entries.toLocaleString('en')} entries in batches of ${MOST}, step in ${language.name}`,
      ours: `${Math.round(median(rates.batch)).toLocaleString('en')} entries/s`,
      against: `one process an entry, ${started.toLocaleString('en')} entries`,
      theirs: `${Math.round(median(rates.step)).toLocaleString('en')} entries/s`,
      value: ratioOf(rates.batch, rates.step),
      unit: '×',
      ...(language === SHELL ? {} : { target: { atLeast: TARGET } }),
    });
  }
  return rows;
}
