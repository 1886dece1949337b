/**
 * `npm run bench` [-- --quick]: the benchmarks. `npm run bench -- torture --entries 20000 --kills 5 …`: the board under
 * fire, for bigger numbers than the tests use. `-- steps [--quick]`: steps a second. `-- scan [--quick]`,
 * `-- post [--quick]`: reading and posting large boards. `-- dashboard [--quick]`: the dashboard's budgets. `-- screens`:
 * takes the screens in docs/screens/ anew (needs tmux).
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchDashboard } from './dashboard.ts';
import { benchPost } from './post.ts';
import { benchScan } from './scan.ts';
import { screens } from './screens.ts';
import { startup } from './startup.ts';
import { steps } from './steps.ts';
import { torture } from './torture.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DEFAULTS = {
  entries: '2000',
  stages: '4',
  processes: '3',
  slots: '4',
  kills: '1',
  freezes: '1',
  moves: '50',
  'lease-ms': '2000',
};

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      ...Object.fromEntries(
        Object.entries(DEFAULTS).map(([name, value]) => [name, { type: 'string' as const, default: value }]),
      ),
    },
  });
  const number = (name: keyof typeof DEFAULTS): number => Number((values as Record<string, unknown>)[name]);
  if (positionals[0] === 'screens') return screens(ROOT, positionals[1]);
  if (positionals[0] === 'scan') return benchScan(ROOT, values.quick ? [200_000] : [200_000, 1_000_000]);
  if (positionals[0] === 'post') return benchPost(ROOT, values.quick ? 20_000 : 200_000);
  if (positionals[0] === 'dashboard') {
    const isTold = number('entries') !== Number(DEFAULTS.entries);
    const entries = isTold ? number('entries') : 200_000;
    return benchDashboard(ROOT, {
      entries,
      keys: values.quick ? 40 : 200,
      seconds: values.quick ? 5 : 20,
      changesPerSecond: 20,
    });
  }
  if (positionals[0] === 'steps')
    return steps(ROOT, { entries: values.quick ? 300 : 1000, rounds: values.quick ? 3 : 7, slots: 2 });
  if (positionals[0] !== 'torture') return startup(ROOT, values.quick ? 5 : 15);
  return torture(ROOT, {
    entries: number('entries'),
    stages: number('stages'),
    processes: number('processes'),
    slots: number('slots'),
    kills: number('kills'),
    freezes: number('freezes'),
    moves: number('moves'),
    leaseMs: number('lease-ms'),
  });
}

process.exitCode = (await main()) ? 0 : 1;
