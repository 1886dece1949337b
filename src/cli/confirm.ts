/** Asks a person before many entries change. */
import { constants } from 'node:os';
import { createInterface, type Interface } from 'node:readline';
import { wantedAnswer } from '../model/answer.ts';
import { CliError, EXIT, usage } from './exit.ts';
import type { World } from './session.ts';

/** What was typed; the end of input (Ctrl-D) is an empty answer, and so a no. */
function answerOf(asked: Interface, question: string): Promise<string> {
  return new Promise((resolve) => {
    asked.once('SIGINT', () => {
      process.stderr.write('\n');
      resolve('interrupted');
    });
    asked.once('close', () => resolve(''));
    asked.question(question, resolve);
  });
}

/** @throws CliError when nobody can be asked, and when the answer is no */
export async function confirm(world: World, question: string, number: number, isInputAllowed: boolean): Promise<void> {
  if (!isInputAllowed || !world.isTTY.stdin || !world.isTTY.stderr) {
    throw usage(`${question} Say --yes to do it, or --dry-run to see what it would do`);
  }
  const { hint, isYes } = wantedAnswer(number);
  const asked = createInterface({ input: world.stdin, output: process.stderr });
  try {
    const answer = await answerOf(asked, `${question} [${hint}] `);
    if (answer === 'interrupted') throw new CliError(128 + constants.signals.SIGINT, 'nothing was changed');
    if (!isYes(answer)) throw new CliError(EXIT.refused, 'nothing was changed');
  } finally {
    asked.close();
  }
}
