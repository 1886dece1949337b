/** `npm start` shows the pipelines of Hubble exposures at work, `-- sao` that of surface reports, `-- oco2` that of retrievals. */
import { hstDemo } from '../hst/demo.ts';
import { oco2Demo } from '../oco2/demo.ts';
import { saoDemo } from '../sao/demo.ts';
import { Lab } from './lab.ts';
import { canShowDashboard } from './screen.ts';

const DEMOS: Readonly<Record<string, (lab: Lab) => Promise<void>>> = { hst: hstDemo, sao: saoDemo, oco2: oco2Demo };

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((word) => word !== '--plain' && DEMOS[word] === undefined);
  if (unknown !== undefined)
    throw new Error(`there is no demo '${unknown}': they are ${Object.keys(DEMOS).join(', ')}`);
  const demo = DEMOS[args.find((word) => word !== '--plain') ?? 'hst'] ?? hstDemo;
  const lab = new Lab(canShowDashboard(args));
  try {
    await demo(lab);
  } finally {
    await lab.leave();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
