/** The filter language as a table: the parser's error texts, the docs and the shell completion all come from it. */

export interface FilterKey {
  /** What a word begins with; `''` for the forms without a key. */
  readonly key: string;
  /** How it is written. */
  readonly form: string;
  readonly meaning: string;
  readonly example: string;
}

export const FILTER_KEYS: readonly FilterKey[] = [
  {
    key: 'state',
    form: 'state:WORD[,WORD…]',
    meaning: "the entry's folder; with stage:S in the same filter, the letter of that column",
    example: 'state:failed,held',
  },
  {
    key: 'stage',
    form: 'stage:NAME[,NAME…]',
    meaning:
      'the entry is at that stage: waiting, running, gathering, failed or held there; the other words then mean that column',
    example: 'stage:detect',
  },
  {
    key: 'letter',
    form: 'letter:X[,X…]',
    meaning: 'a column has that letter; with stage:S that column',
    example: 'letter:f',
  },
  {
    key: 'class',
    form: 'class:NAME[,NAME…]',
    meaning: 'the class; * and ? stand for other characters',
    example: 'class:acs',
  },
  { key: 'rank', form: 'rank<NN', meaning: 'the rank, 0 to 99; with < <= > >= = or :', example: 'rank<20' },
  { key: 'age', form: 'age>DURATION', meaning: 'the time since it was posted; with < <= > >=', example: 'age>2h' },
  {
    key: 'try',
    form: 'try>=N',
    meaning: 'the number of the current try, the largest of all columns; with stage:S of that column',
    example: 'try>=2',
  },
  {
    key: 'cause',
    form: 'cause:CAUSE[,CAUSE…]',
    meaning:
      'why a column failed or is held: x2 exit code 2, x any exit code, s9 signal 9, t time limit, l lost process, m memory, d duplicate, o operator, n not fit to run; or a reason in one word, such as no_bias',
    example: 'cause:x2',
  },
  { key: 'process', form: 'process:ID[,ID…]', meaning: 'claimed by that stage process', example: 'process:k3f1' },
  { key: '', form: '/REGEX/ or /REGEX/i', meaning: 'a regular expression found in the dataset', example: '/^j8[ab]/' },
  { key: '', form: 'GLOB', meaning: 'the whole dataset; * stands for any characters, ? for one', example: 'j8a*01q' },
  {
    key: '',
    form: 'TEXT',
    meaning: 'part of the dataset; capitals count if the text has one',
    example: 'j8a201',
  },
  { key: '', form: '-TERM or !TERM', meaning: 'not: any of the above turned round', example: '-state:done' },
];

/** The words before `:` or a comparison. */
export const FILTER_KEY_NAMES: readonly string[] = FILTER_KEYS.filter(({ key }) => key !== '').map(({ key }) => key);

/** The table, for docs and help. */
export function describeFilter(): readonly FilterKey[] {
  return FILTER_KEYS;
}
