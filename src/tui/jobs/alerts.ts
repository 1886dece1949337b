/** What engines refuse, or that they can't be asked: above the jobs, since what waits for them is none. Pure. */
import { engineTroubles } from '../../board/processes.ts';
import { type ToldTrouble, troubleWords } from '../../model/engine-trouble.ts';
import { fitText } from '../columns.ts';
import { wrapText } from '../layers/box.ts';
import type { Tone } from '../look.ts';
import type { Canvas } from '../surface.ts';
import { shortTime } from '../times.ts';
import type { Context } from '../view.ts';

export interface AlertLine {
  readonly text: string;
  readonly tone: Tone;
}

/** Below it the jobs are to be seen, too. */
const MOST_SHARE = 3;
const INDENT = '  ';

/** As many as there is room for: in full, else a line each. */
export function alertLines({ data, common, body }: Context): AlertLine[] {
  const all = engineTroubles(data.processes);
  const room = Math.floor(body.height / MOST_SHARE);
  if (all.length === 0 || room === 0) return [];
  const wordsOf = (told: ToldTrouble): ReturnType<typeof troubleWords> =>
    troubleWords(told, data.nowMs, (ms) => shortTime(ms, data.nowMs, common.zone));
  const inFull = all.map((told): AlertLine[] => {
    const { head, why, advice } = wordsOf(told);
    const cells = Math.max(1, body.width - 2 - INDENT.length);
    return [
      { text: head, tone: 'alarm' },
      { text: `${INDENT}${why}`, tone: 'bad' },
      ...wrapText(advice, cells).map((text): AlertLine => ({ text: `${INDENT}${text}`, tone: 'plain' })),
    ];
  });
  const short = all.map((told): AlertLine => {
    const { head, why } = wordsOf(told);
    return { text: `${head}: ${why}`, tone: 'alarm' };
  });
  for (const lines of [inFull.flat(), inFull.flatMap((some) => some.slice(0, 2)), short])
    if (lines.length <= room) return lines;
  const left = `${short.length - room + 1} more engines like that: slate jobs tells of them`;
  return [...short.slice(0, room - 1), { text: left, tone: 'alarm' }];
}

export function paintAlerts(canvas: Canvas, y: number, lines: readonly AlertLine[], { look }: Context): void {
  for (const [index, { text, tone }] of lines.entries())
    canvas.put(1, y + index, fitText(text, canvas.width - 2, look), look.attr(tone));
}
