/** This program's version, as in package.json; the build puts it in. */
declare const SLATEBOARD_VERSION: string | undefined;

export const VERSION: string = typeof SLATEBOARD_VERSION === 'string' ? SLATEBOARD_VERSION : '0.0.0-source';
