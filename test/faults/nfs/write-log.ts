/**
 * The log of QEMU's `blklogwrites` (that of Linux's dm-log-writes): a disk's writes and flushes in their order. A power cut
 * leaves what stood on the disk at the last flush: of what came after, a disk with a cache of its own promises nothing.
 */

/** Where to read: `fs.readSync` of the log, or bytes in a test. */
export type Read = (at: number, length: number) => Buffer;

export interface Write {
  readonly at: number;
  readonly data: Buffer;
}

export interface Sums {
  /** Writes that the disk keeps. */
  readonly kept: number;
  /** Writes behind the last flush: lost. */
  readonly dropped: number;
}

const MAGIC = 0x6a736677736872n;
const FLUSH = 1n;
const DISCARD = 4n;
const ENTRY_BYTES = 32;

interface Entry {
  readonly sector: bigint;
  readonly sectors: bigint;
  readonly flags: bigint;
  /** Where its data stands in the log. */
  readonly dataAt: number;
}

/** Calls `apply` for each write up to the last flush. */
export function replayToLastFlush(read: Read, apply: (write: Write) => void): Sums {
  const head = read(0, 28);
  if (head.readBigUInt64LE(0) !== MAGIC) throw new Error('this is no log of writes');
  const count = Number(head.readBigUInt64LE(16));
  const sectorBytes = head.readUInt32LE(24);
  const entries = [...entriesOf(read, count, sectorBytes)];
  const lastFlush = entries.findLastIndex(({ flags }) => (flags & FLUSH) !== 0n);
  const isWrite = ({ flags, sectors }: Entry): boolean => sectors > 0n && (flags & DISCARD) === 0n;
  const kept = entries.slice(0, lastFlush + 1).filter(isWrite);
  for (const { sector, sectors, dataAt } of kept) {
    apply({ at: Number(sector) * sectorBytes, data: read(dataAt, Number(sectors) * sectorBytes) });
  }
  return { kept: kept.length, dropped: entries.slice(lastFlush + 1).filter(isWrite).length };
}

function* entriesOf(read: Read, count: number, sectorBytes: number): Generator<Entry> {
  let at = sectorBytes;
  for (let index = 0; index < count; index++) {
    const bytes = read(at, ENTRY_BYTES);
    const sector = bytes.readBigUInt64LE(0);
    const sectors = bytes.readBigUInt64LE(8);
    const flags = bytes.readBigUInt64LE(16);
    yield { sector, sectors, flags, dataAt: at + sectorBytes };
    at += sectorBytes * (1 + ((flags & DISCARD) === 0n ? Number(sectors) : 0));
  }
}
