/** What zod found, as faults with a place in the file. */

import type { z } from 'zod';
import { nearest } from '../model/suggest.ts';
import type { Fault } from './fault.ts';
import { MISSING } from './shapes.ts';
import type { Source } from './source.ts';

type Issue = z.core.$ZodIssue;

/**
 * @param keysOf the keys that a mapping at that path may have, for "did you mean"
 */
export function issueFaults(
  source: Source,
  issues: readonly Issue[],
  keysOf: (path: readonly (string | number)[]) => readonly string[],
): Fault[] {
  const misspelt = new Set(
    issues.flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [];
      const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
      return issue.keys.map((key) => pathText([...path, nearest(key, keysOf(path)) ?? '']));
    }),
  );
  return issues.flatMap((issue): Fault[] => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const near = nearest(key, keysOf(path));
        const hint = near === undefined ? `the keys here are ${keysOf(path).join(', ')}` : `did you mean '${near}'?`;
        return source.faultAt(source.keyPlaceOf([...path, key]), `unknown key '${key}'`, hint);
      });
    }
    if (issue.code === 'invalid_key') {
      const [inner] = issue.issues;
      return [source.faultAt(source.keyPlaceOf(path), `'${pathText(path)}' ${inner?.message ?? 'is no name'}`)];
    }
    // Our own texts already part what is wrong from what would be right.
    const [message = '', ...rest] = issue.message.split('; ');
    const hint = rest.length === 0 ? undefined : rest.join('; ');
    if (message.startsWith(MISSING)) {
      // It is there, under the name that is told as unknown.
      if (misspelt.has(pathText(path))) return [];
      const what = message.slice(MISSING.length + 2);
      return [
        source.fault(
          path.slice(0, -1),
          `'${pathText(path)}' ${MISSING}`,
          hint ?? (what === '' ? undefined : `it is ${what}`),
        ),
      ];
    }
    const subject = path.length === 0 ? '' : `'${pathText(path)}' `;
    const atKey = issue.code === 'custom' && issue.params?.key === true;
    return [source.faultAt(atKey ? source.keyPlaceOf(path) : source.placeOf(path), `${subject}${message}`, hint)];
  });
}

/** `stages[0].after` */
export function pathText(path: readonly (string | number)[]): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}
