/** What a pool works on: boards with the pipeline of `pipelines/hst.yaml` and their share of the backlog. */
import { createBoard } from '../../src/board/board.ts';
import { formatContent } from '../../src/board/content.ts';
import type { PipelineDefinition } from '../../src/model/definition.ts';
import { ALL_FOLDERS, type EntryName, formatName, formatPosted, idPath } from '../../src/model/name.ts';
import { EPOCH_MS } from './clock.ts';
import type { MemoryDisk } from './memory-disk.ts';
import { memoryFs } from './memory-fs.ts';

/** Of a board on a network file system. */
const LEASE_MS = 60_000;

const AFTER: Readonly<Record<string, readonly string[]>> = {
  verify: [],
  calibrate: ['verify'],
  detect: ['calibrate'],
  preview: ['calibrate'],
  archive: ['detect', 'preview'],
};

function pipelineOf(inFlight: number): PipelineDefinition {
  const never = { doneMs: undefined, removedMs: undefined, logsMs: undefined, productsMs: undefined };
  return {
    name: 'hst',
    title: 'hst',
    stages: Object.entries(AFTER).map(([stage, after]) => ({ stage, title: stage, after })),
    inFlight,
    durability: 'posts',
    landing: [],
    timers: [],
    transaction: false,
    retention: { ...never, scratchMs: undefined, journalMs: undefined },
    file: 'pipelines/hst.yaml',
  };
}

export const STAGES = Object.keys(AFTER).length;

export interface Backlog {
  readonly boards: number;
  readonly datasets: number;
  readonly inFlight: number;
}

export function boardName(index: number): string {
  return `b${index}`;
}

/** Makes a board with every so many-th dataset in its queue; nobody is charged for it. */
export function makeBoard(disk: MemoryDisk, home: string, backlog: Backlog, index: number): void {
  const fs = memoryFs(disk);
  const name = boardName(index);
  const root = `${home}/blackboard/${name}`;
  for (const folder of ALL_FOLDERS) disk.makeFolders(`${root}/${folder}`);
  createBoard(home, name, pipelineOf(backlog.inFlight), { fs, leaseMs: LEASE_MS });
  const posted = formatPosted(EPOCH_MS - 3_600_000);
  for (let dataset = index; dataset < backlog.datasets; dataset += backlog.boards) {
    const entry: EntryName = {
      rank: 50,
      posted,
      letters: `w${'_'.repeat(STAGES - 1)}`,
      epoch: 0,
      class: 'wfc3',
      dataset: `i${String(dataset).padStart(7, '0')}q`,
      tags: [],
    };
    const path = `${root}/queue/${formatName(entry)}`;
    fs.create(path, formatContent(entry, {}), false);
    fs.link(path, `${root}/${idPath(entry.dataset)}`);
  }
}
