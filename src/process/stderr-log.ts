/** The log of a stage process as it is by default: lines on stderr, those of one turn of its loop with one write. */
import { formatLogLine, type Log } from './log-lines.ts';
import { writeStderr } from './stderr.ts';
import { Together } from './together.ts';

const lines = new Together(writeStderr);
let isEndHeard = false;

/** Nothing that was said is lost, however this process ends by itself. */
export const stderrLog: Log = (code, text) => {
  if (!isEndHeard) process.once('exit', () => lines.flush());
  isEndHeard = true;
  lines.add(formatLogLine(code, text, Date.now()));
};
