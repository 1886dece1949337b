/** Why a transfer did not come about; its number is the exit code of the step. */
import { TRANSFER_EXITS } from '../../model/site.ts';

export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly exit: number;

  constructor(kind: keyof typeof TRANSFER_EXITS, message: string) {
    super(message);
    this.exit = TRANSFER_EXITS[kind];
  }
}
