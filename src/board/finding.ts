/** What a check has found, told to a person. */
export interface Finding {
  /** `fault`: something is wrong; `note`: worth knowing, mends itself or waits for a person. */
  readonly severity: 'fault' | 'note';
  /** Path below the board's folder. */
  readonly where: string;
  /** What is wrong, and what to do. */
  readonly message: string;
  readonly fixed: boolean;
}
