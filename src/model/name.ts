/**
 * THE names on disk: the one module that knows how they are written and read (DESIGN section 2).
 * `test/fixtures/names.golden` pins them: a change there is a change of the format.
 */
export * from './name/entry.ts';
export * from './name/fields.ts';
export * from './name/files.ts';
export * from './name/hidden.ts';
export * from './name/jobs.ts';
export * from './name/published.ts';
export * from './name/shares.ts';
export * from './name/sort.ts';
export * from './name/table.ts';
export * from './name/tags.ts';
export * from './name/timer-mark.ts';
export * from './name/view.ts';
export * from './name/wish.ts';
