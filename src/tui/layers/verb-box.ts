/** What the dialog of a verb shows at each of its steps. Pure. */
import { summary } from '../../board/effect.ts';
import { Row } from '../../board/rows.ts';
import { countText, thousands } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import type { Ask, Context } from '../view.ts';
import { type Box, type BoxLine, bodyRows, boxCells, boxLines, line, paintBox, scrollTo, wrapText } from './box.ts';
import { datasetOf, equivalentCommand } from './equivalent.ts';
import { answerTo, type Outcome, stageAtCursor, type VerbState } from './verb-state.ts';

/** What a verb means when no stage is named. */
const NO_STAGE: Readonly<Record<string, string>> = {
  hold: 'all that waits, runs or gathers',
  release: 'all stages that are held',
  repipe: 'the failed stages, else those held, running or to be retried',
  skip: 'the failed stages, else those held, else those waiting or running',
};
const QUESTION: Readonly<Record<string, string>> = {
  hold: 'Which stage is to be held?',
  release: 'Which stage is to be released?',
  repipe: 'From which stage on?',
  skip: 'Which stage is to be left out?',
};

function whichEntries({ keys, scope, filter }: Ask): string {
  const number = countText(keys.length, 'entry', 'entries');
  const names = keys.slice(0, 3).map(datasetOf).join(', ');
  if (scope === 'filter')
    return filter.trim() === '' ? `${number}: all of the board` : `${number} of the filter ${filter.trim()}`;
  return `${number}: ${names}${keys.length > 3 ? ', …' : ''}`;
}

export function titleOf({ ask, verb }: VerbState): string {
  const what = ask.keys.length === 1 ? datasetOf(ask.keys[0] ?? '') : countText(ask.keys.length, 'entry', 'entries');
  if (verb?.verb === 'rank') return `rank ${String(verb.rank).padStart(2, '0')}: ${what}`;
  const stage = verb !== undefined && 'stage' in verb ? ` at ${verb.stage}` : '';
  return `${ask.verb} ${what}${verb?.verb === 'repipe' ? stage.replace(' at ', ' from ') : stage}`;
}

function stageBox(state: VerbState, context: Context): Box {
  const { glyphs } = context.look;
  const { verb } = state.ask;
  const names = [NO_STAGE[verb] ?? '', ...context.data.board.stages];
  const body = names.map(
    (name, index): BoxLine => ({
      spans: [{ text: `${index === state.stageAt ? glyphs.cursor : ' '} ${name}` }],
      isCursor: index === state.stageAt,
    }),
  );
  const foot = [line(QUESTION[verb] ?? '', 'bold'), ...preview(state, context)];
  // The answer may make the lower part higher: the stage of the cursor stays in sight.
  const rows = bodyRows(context.body.height, body.length, foot.length);
  const scroll = scrollTo(state.scroll, state.stageAt, rows);
  return { title: titleOf({ ...state, verb: undefined }), body: boxLines(body), foot, scroll };
}

/** Rows beneath the list of stages, at most: it has to be seen as well. */
const PREVIEW_ROWS = 4;

/** Beneath the list of stages: what the one of the cursor would come to, if that is known; if to nothing, why. */
function preview(state: VerbState, { data, body }: Context): BoxLine[] {
  const { ask, plan, verb } = state;
  const planned = verb !== undefined && 'stage' in verb ? verb.stage : undefined;
  if (plan === undefined || planned !== stageAtCursor(state, data.board.stages))
    return [line('Enter shows what would change; Esc cancels', 'dim')];
  const { able, refused, gone, breakdown } = plan;
  const cells = boxCells(body.width);
  const text = summary(ask.verb, able.length, refused.length, gone.length, true, thousands);
  const told = wrapText(`${text}: Enter goes on`, cells).map((row) => line(row, 'dim'));
  if (able.length > 0) return told;
  const most = Math.max(1, PREVIEW_ROWS - told.length);
  const rows = breakdown.slice(0, most).flatMap((why) => wrapText(why, cells, '  '));
  // What is more than fits is cut at the end of the last row.
  const last = rows.slice(most - 1).join(' ');
  return [...told, ...[...rows.slice(0, most - 1), ...(last === '' ? [] : [last])].map((row) => line(row, 'warn'))];
}

function rankBox(state: VerbState): Box {
  const { ask, rank, note } = state;
  const foot = [
    { spans: [{ text: 'Rank: ', tone: 'bold' as const }], editor: { editor: rank, isFocused: true, cells: 4 } },
    note === undefined
      ? line('two digits: 00 is served first, 50 is usual, 99 last', 'dim')
      : line(`${note}; Esc cancels`, 'warn'),
  ];
  return {
    title: titleOf({ ...state, verb: undefined }),
    body: boxLines([line(whichEntries(ask))]),
    foot,
    scroll: 0,
  };
}

function confirmBody(state: VerbState, context: Context): BoxLine[] {
  const { ask, plan, verb, reason } = state;
  const cells = boxCells(context.body.width);
  const wrapped = (text: string, tone: 'plain' | 'dim' | 'warn' | 'accent' = 'plain', indent = '  '): BoxLine[] =>
    wrapText(text, cells, indent).map((part) => line(part, tone));
  if (plan === undefined || verb === undefined)
    return [...wrapped(whichEntries(ask)), line('working out what would change …', 'dim')];
  const [only] = ask.keys;
  const found = only === undefined ? undefined : context.data.entries.find(only);
  const isOver = found !== undefined && ['done', 'removed'].includes(new Row(found).state);
  const { command, note } = equivalentCommand(context.data.board.name, ask, verb, reason.text, isOver);
  const gone = plan.gone.length;
  return [
    ...plan.breakdown.flatMap((text) => wrapped(text)),
    ...(gone > 0 ? wrapped(`${thousands(gone)} no longer on the board`, 'warn') : []),
    line(''),
    ...wrapped(whichEntries(ask), 'dim'),
    ...wrapped(command, 'accent'),
    ...(note === undefined ? [] : wrapped(note, 'dim')),
  ];
}

function confirmFoot({ ask, plan, answer, reason, focus, note }: VerbState): BoxLine[] {
  const why: BoxLine = {
    spans: [{ text: focus === 'reason' ? 'Reason: ' : 'Reason (Tab): ', tone: focus === 'reason' ? 'bold' : 'dim' }],
    editor: { editor: reason, isFocused: focus === 'reason' },
  };
  const hint = note === undefined ? line('Esc cancels', 'dim') : line(note, 'warn');
  if (plan === undefined) return [why, asked('Wait …', answer, focus === 'answer'), hint];
  const number = plan.able.length;
  if (number === 0) return [line('There is nothing that could be done', 'bold'), line('Enter or Esc closes', 'dim')];
  const wanted = answerTo(ask.verb, number);
  const question = `${ask.verb} ${countText(number, 'entry', 'entries')}? [${wanted.hint}] `;
  return [why, asked(question, answer, focus === 'answer'), hint];
}

function asked(question: string, answer: VerbState['answer'], isFocused: boolean): BoxLine {
  return { spans: [{ text: question, tone: 'bold' }], editor: { editor: answer, isFocused } };
}

function applyingBox(state: VerbState, context: Context): Box {
  const { done, of } = state.progress;
  const { glyphs } = context.look;
  const cells = Math.max(1, Math.min(40, boxCells(context.body.width) - 24));
  const full = of === 0 ? 0 : Math.floor((done / of) * cells);
  const body = boxLines([
    {
      spans: [
        { text: glyphs.thumb.repeat(full), tone: 'busy' },
        { text: glyphs.horizontal.repeat(cells - full), tone: 'dim' },
        { text: `  ${thousands(done)} of ${thousands(of)}` },
      ],
    },
  ]);
  const hint = state.isStopping ? 'stopping after the entry at hand …' : 'Esc stops after the entry at hand';
  return { title: titleOf(state), body, foot: [line(hint, 'dim')], scroll: 0 };
}

function resultBox(state: VerbState, outcome: Outcome, context: Context): Box {
  const cells = boxCells(context.body.width);
  const { lines, fault } = outcome;
  const faults = fault === undefined ? [] : wrapText(`it stopped: ${fault}`, cells).map((part) => line(part, 'bad'));
  const body = { length: lines.length, at: (index: number) => line(lines[index] ?? '') };
  const foot = [
    ...faults.slice(0, 3),
    line(outcome.summary, 'bold'),
    line('Enter closes, y copies the list, e shows it in full', 'dim'),
  ];
  return { title: titleOf(state), body, foot, scroll: state.scroll };
}

export function verbBox(state: VerbState, context: Context): Box {
  switch (state.step) {
    case 'stage':
      return stageBox(state, context);
    case 'rank':
      return rankBox(state);
    case 'confirm':
      return {
        title: titleOf(state),
        body: boxLines(confirmBody(state, context)),
        foot: confirmFoot(state),
        scroll: state.scroll,
      };
    case 'applying':
      return applyingBox(state, context);
    case 'result':
      return resultBox(state, state.outcome ?? { summary: '', lines: [], fault: undefined }, context);
  }
}

/** Rows of the upper part that are in sight. */
export function shownRows(box: Box, height: number): number {
  return bodyRows(height, box.body.length, box.foot.length);
}

export function paintVerb(canvas: Canvas, state: VerbState, context: Context): void {
  paintBox(canvas, context.look, verbBox(state, context));
}
