/** How many lines each action of moving goes. Pure. */

/** @param page lines of a page @returns lines down, below 0 up, infinite to an end; undefined: the action is no move */
export function linesMoved(action: string, page: number): number | undefined {
  switch (action) {
    case 'down':
      return 1;
    case 'up':
      return -1;
    case 'pageDown':
      return page;
    case 'pageUp':
      return -page;
    case 'halfDown':
      return Math.ceil(page / 2);
    case 'halfUp':
      return -Math.ceil(page / 2);
    case 'first':
      return Number.NEGATIVE_INFINITY;
    case 'last':
      return Number.POSITIVE_INFINITY;
    default:
      return undefined;
  }
}
