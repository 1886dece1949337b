/** Asks a person before many entries change. */
import { createInterface } from 'node:readline/promises';
import { CliError, EXIT, usage } from './exit.ts';
import type { World } from './session.ts';

/** Above this many, the number itself is to be typed. */
const TYPED_ABOVE = 20;

/** The answer that means yes. */
export function wantedAnswer(number: number): { hint: string; isYes: (answer: string) => boolean } {
  if (number > TYPED_ABOVE)
    return { hint: `type ${number} to go on`, isYes: (answer) => answer.trim() === String(number) };
  return { hint: 'y/N', isYes: (answer) => /^y(es)?$/i.test(answer.trim()) };
}

/** @throws CliError when nobody can be asked, and when the answer is no */
export async function confirm(world: World, question: string, number: number, isInputAllowed: boolean): Promise<void> {
  if (!isInputAllowed || !world.isTTY.stdin || !world.isTTY.stderr) {
    throw usage(`${question} Say --yes to do it, or --dry-run to see what it would do`);
  }
  const { hint, isYes } = wantedAnswer(number);
  const asked = createInterface({ input: world.stdin, output: process.stderr });
  try {
    const answer = await asked.question(`${question} [${hint}] `);
    if (!isYes(answer)) throw new CliError(EXIT.refused, 'nothing was changed');
  } finally {
    asked.close();
  }
}
