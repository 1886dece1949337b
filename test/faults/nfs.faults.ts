/** Faults of a network file system: a real one, in virtual machines. test/faults/nfs.sh makes what it needs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Row, row } from './lib/rows.ts';
import { chooseAccelerator } from './nfs/accelerator.ts';
import { compete, seconds, startLate, tooLate } from './nfs/claims.ts';
import { type BoardName, claimed, DURABILITIES, makeExport } from './nfs/home.ts';
import { CLIENTS, Lab } from './nfs/lab.ts';
import { journalLines, type Proved, prove } from './nfs/proof.ts';
import { type Phase, Storm } from './nfs/storm.ts';
import type { Sums } from './nfs/write-log.ts';

const ENTRIES = { kvm: 4000, tcg: 100 } as const;
/** Without KVM all of it takes ten times as long. */
const RESTARTS = { kvm: 5, tcg: 3 } as const;
const SERVER_CUTS = { kvm: 3, tcg: 1 } as const;
const LIMIT_MS = 1_800_000;

describe('NFS', () => {
  const { NFS_GUESTS: guests, NFS_WORK: work } = process.env;
  let lab: Lab;
  let storm: Storm;
  let entries = 0;
  let late = 0;
  let waits: number[] = [];
  const cuts: Sums[] = [];

  beforeAll(async () => {
    if (guests === undefined || work === undefined) throw new Error('run it by test/faults/run.sh nfs');
    const accelerator = await chooseAccelerator(guests, work);
    entries = ENTRIES[accelerator.name];
    lab = await Lab.open(guests, work, accelerator, makeExport(work, entries));
    storm = new Storm(lab);
  }, LIMIT_MS);
  afterAll(() => lab?.close());

  it(
    'has four processes with four caches compete',
    async () => {
      late = await compete(lab);
    },
    LIMIT_MS,
  );

  it(
    'has an idle process wait for what another host posts',
    async () => {
      waits = await startLate(lab);
    },
    LIMIT_MS,
  );

  it(
    'loses replies across restarts of the server',
    async () => {
      await storm.begin();
      for (let round = 0; round < RESTARTS[lab.accelerator.name]; round++) await storm.loseReplies();
    },
    LIMIT_MS,
  );

  it(
    'cuts the power of the clients',
    async () => {
      for (const client of CLIENTS) await storm.cutClient(client);
    },
    LIMIT_MS,
  );

  it(
    'cuts the power of the server',
    async () => {
      for (let cut = 0; cut < SERVER_CUTS[lab.accelerator.name]; cut++) cuts.push(await storm.cutServer());
      await storm.end();
    },
    LIMIT_MS,
  );

  it(
    'has lost nothing by any of it',
    async () => {
      await lab.atTheEnd(async (home) => {
        const posted = (board: string): string[] => lab.toldOf('posted', board).map((line) => line.split(' ')[2] ?? '');
        const proved = new Map<BoardName, Proved>();
        for (const board of DURABILITIES) proved.set(board, await prove(home, board, posted(board)));
        const claims = await prove(home, 'claims', claimed(entries));
        const refused = lab.toldOf('refused');
        expect(refused).toEqual([]);

        const rows: Row[] = [];
        rows.push({
          fault: 'competing claims, caches of v3 and v4.2: renames that came too late',
          injected: late,
          lost: claims.lost,
          note: `${entries} entries of 2 stages, ${claims.claims} claims`,
        });
        const unsoon = tooLate(lab, waits);
        rows.push({
          fault: 'posts that no event tells of, to an idle process on another host',
          injected: waits.length,
          lost: unsoon === undefined ? [] : [unsoon],
          note: `started after ${seconds(waits)}`,
        });
        /** Of what was posted in that phase, and of no one's in particular. */
        const lostIn = (phase: Phase, board: BoardName): string[] =>
          (proved.get(board)?.lost ?? []).filter(
            (text) => text.includes(`${phase}-`) || !/(replies|client|server)-/.test(text),
          );
        const postedIn = (phase: Phase, board: BoardName): number =>
          posted(board).filter((dataset) => dataset.startsWith(`${phase}-`)).length;
        for (const version of ['v3', 'v42']) {
          const unanswered = lab.toldOf('witness', version, 'unanswered').map((line) => line.split(' ')[3]);
          rows.push({
            fault: `calls done and unanswered across a restart of nfsd, NFS${version.replace('42', '4.2')}`,
            injected: unanswered.length,
            lost: DURABILITIES.flatMap((board) => lostIn('replies', board)),
            note: `${RESTARTS[lab.accelerator.name]} restarts; ${[...new Set(unanswered)].join(', ')} seen to be answered falsely`,
          });
        }
        const undone = lab.toldOf('witness', 'loose', 'undone').map((line) => line.split(' ')[3]);
        for (const board of DURABILITIES) {
          const returned = journalLines(home, board, 'lost').filter((line) => !line.includes('server-')).length;
          rows.push({
            fault: `power cut of a client, durability ${board}`,
            injected: CLIENTS.length,
            lost: lostIn('client', board),
            note: `${postedIn('client', board)} posts acknowledged, ${returned} claims returned`,
          });
        }
        for (const board of DURABILITIES) {
          rows.push({
            fault: `power cut of the server, durability ${board}`,
            injected: cuts.length,
            lost: lostIn('server', board),
            note: `${postedIn('server', board)} posts acknowledged; ${cuts.map(({ dropped }) => dropped).join(' and ')} unflushed writes lost`,
          });
        }
        process.stderr.write(`control, an async export: ${undone.join(', ')} acknowledged renames undone\n`);
        for (const each of rows) row(each);
        // Else the cuts of the server were none.
        expect(undone.length, 'cuts that undid renames on the async export').toBeGreaterThan(0);
      });
    },
    LIMIT_MS,
  );
});
