/** The board: one line an entry, and a pane with what is known of the one under the cursor. */
import type { View } from '../view.ts';
import { actOnBoard, followBoard } from './act.ts';
import { BOARD_KEYS } from './keys.ts';
import { paintList } from './list-pane.ts';
import { mouseOnBoard } from './mouse.ts';
import { paintPane } from './pane.ts';
import { type BoardState, INITIAL_BOARD, splitOf } from './state.ts';

export { type BoardState, boardHiddenMarks, boardMarks } from './state.ts';

export const boardView: View<BoardState> = {
  name: 'board',
  title: 'Board',
  bindings: BOARD_KEYS,
  initial: INITIAL_BOARD,
  follow: followBoard,
  act: actOnBoard,
  mouse: mouseOnBoard,
  paint(canvas, state, context) {
    const split = splitOf(state, context);
    if (split.listRows > 0) paintList(canvas.part(0, 0, canvas.width, split.listRows), state, context);
    if (split.paneRows > 0) {
      const part = canvas.part(0, split.listRows, canvas.width, split.paneRows);
      paintPane(part, state, context, split.hasPaneFocus);
    }
  },
};
