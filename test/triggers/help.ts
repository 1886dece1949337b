/** A home with one board and one landing zone, made in code; and what a test asks about them. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Board, createBoard, type OpenOptions } from '../../src/board/board.ts';
import { parseContent } from '../../src/board/content.ts';
import { ALL_STATES, scanBoard } from '../../src/board/scan.ts';
import type { LandingZone, PipelineDefinition } from '../../src/model/definition.ts';
import { type LandingLog, type LandingTuning, LandingWatcher } from '../../src/triggers/landing.ts';

export const BOARD = 'hst';

export const QUICK: Partial<LandingTuning> = { lookMs: 15, wrongMs: 60, orphanMs: 60, graceMs: 60 };

export function zoneOf(changes: Partial<LandingZone> = {}): LandingZone {
  return {
    folder: 'incoming',
    match: ['*.fits'],
    dataset: '{{ name | replace(".fits", "") }}',
    class: 'acs',
    rank: '50',
    params: {},
    pattern: undefined,
    complete: { kind: 'stable', forMs: 40 },
    ...changes,
  };
}

export function pipelineOf(landing: readonly LandingZone[]): PipelineDefinition {
  const never = undefined;
  return {
    name: 'hst',
    title: 'Test',
    stages: [{ stage: 'verify', title: 'VER', after: [] }],
    inFlight: 2000,
    durability: 'posts',
    landing,
    timers: [],
    transaction: false,
    retention: {
      doneMs: never,
      removedMs: never,
      logsMs: never,
      productsMs: never,
      scratchMs: never,
      journalMs: never,
    },
    file: 'pipelines/hst.yaml',
  };
}

const made: string[] = [];
const boards: Board[] = [];

export function removeHomes(): void {
  // Lines that are written later would make the folders anew.
  for (const board of boards.splice(0)) board.journal.flush();
  for (const home of made.splice(0)) fs.rmSync(home, { recursive: true, force: true });
}

export class Home {
  readonly home: string;
  readonly zone: LandingZone;
  readonly board: Board;
  readonly folder: string;
  readonly lines: string[] = [];

  constructor(zone: LandingZone = zoneOf(), leaseMs = 2_000) {
    this.home = fs.mkdtempSync(join(tmpdir(), 'slate-landing-'));
    made.push(this.home);
    this.zone = zone;
    this.board = createBoard(this.home, BOARD, pipelineOf([zone]), { leaseMs, writer: 'test' });
    boards.push(this.board);
    this.folder = join(this.home, 'incoming');
    fs.mkdirSync(this.folder);
  }

  open(options: OpenOptions): Board {
    const board = Board.open(this.home, BOARD, { writer: 'test', ...options });
    boards.push(board);
    return board;
  }

  log: LandingLog = (level, code, message) => void this.lines.push(`${level} ${code} ${message}`);

  watcher(
    tuning: Partial<LandingTuning> = {},
    board = this.board,
    others: readonly LandingZone[] = [],
  ): LandingWatcher {
    const options = { zone: this.zone, index: 0, log: this.log, tuning: { ...QUICK, ...tuning }, others };
    return new LandingWatcher({ board, ...options });
  }

  write(name: string, content: string | Buffer = `content of ${name}`): void {
    fs.writeFileSync(join(this.folder, name), content);
  }

  names(folder: '' | 'taken' | 'quarantine' | '.slate'): string[] {
    return fs
      .readdirSync(join(this.folder, folder))
      .filter((name) => !['taken', 'quarantine', '.slate'].includes(name))
      .sort();
  }

  reason(name: string): string {
    return fs.readFileSync(join(this.folder, 'quarantine', `${name}.reason`), 'utf8');
  }

  /** Every entry on the board, wherever: dataset → the inputs of its entries. */
  entries(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const { folder, file, name } of scanBoard(this.board, ALL_STATES).entries) {
      const content = parseContent(fs.readFileSync(this.board.path(`${folder}/${file}`), 'utf8'));
      const input = typeof content === 'string' ? content : String(content.params.input);
      found.set(name.dataset, [...(found.get(name.dataset) ?? []), input]);
    }
    return found;
  }
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
