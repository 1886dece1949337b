/** What is told of one key of a file. */

export interface KeyDoc {
  readonly file: 'pipeline' | 'stage' | 'engine' | 'site';
  /** `[]` is an item of a list, `*` any key. */
  readonly key: string;
  readonly form: string;
  /** As written in YAML; undefined: it must be given, `-`: nothing. */
  readonly default: string | undefined;
  readonly meaning: string;
}

export function key(
  file: KeyDoc['file'],
  name: string,
  form: string,
  fallback: string | undefined,
  meaning: string,
): KeyDoc {
  return { file, key: name, form, default: fallback, meaning };
}
