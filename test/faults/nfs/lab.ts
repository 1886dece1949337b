/**
 * One server and two clients, each client at a cable of its own. The clients' clocks differ by two hours, and both mount the
 * export twice, by NFSv3 and by v4.2: four caches of one board.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { Cable } from './cable.ts';
import { Disk } from './disk.ts';
import { type Accelerator, Machine, type Setup } from './machine.ts';
import type { Sums } from './write-log.ts';

export const CLIENTS = ['alfa', 'bravo'] as const;
export type Client = (typeof CLIENTS)[number];
/** Names of the mounts: /mnt/v3 and /mnt/v42. */
export const VERSIONS = ['v3', 'v42'] as const;

const ADDRESSES = { alfa: ['10.77.1.2', '10.77.1.1'], bravo: ['10.77.2.2', '10.77.2.1'] } as const;
const AHEAD_SECONDS = { alfa: -3600, bravo: 3600 } as const;

type Common = Pick<Setup, 'guests' | 'tested' | 'work' | 'accelerator'>;

export class Lab {
  readonly accelerator: Accelerator;
  /** All lines that programs of the clients told the host. */
  readonly told: string[] = [];
  readonly cables: Record<Client, Cable>;
  readonly #common: Common;
  readonly #disks: readonly Disk[];
  readonly #machines = new Map<string, Machine>();

  private constructor(common: Common, cables: Lab['cables'], disks: readonly Disk[]) {
    this.accelerator = common.accelerator;
    this.#common = common;
    this.cables = cables;
    this.#disks = disks;
  }

  /** @param content a folder with what stands on the server's disk: `export/home` is the home */
  static async open(guests: string, work: string, accelerator: Accelerator, content: string): Promise<Lab> {
    const cables = { alfa: await Cable.lay(`${work}/cable-a`), bravo: await Cable.lay(`${work}/cable-b`) };
    const disks = [new Disk(work, 'disk', 768, content), new Disk(work, 'loose', 64)];
    const lab = new Lab({ guests, work, accelerator, tested: `${work}/tested.img` }, cables, disks);
    await Promise.all([lab.startServer(), ...CLIENTS.map((client) => lab.#bootClient(client))]);
    await Promise.all(CLIENTS.map((client) => lab.#connect(client)));
    return lab;
  }

  get server(): Machine {
    return this.#machine('server');
  }

  client(name: Client): Machine {
    return this.#machine(name);
  }

  async startServer(): Promise<void> {
    const server = await Machine.boot({
      ...this.#common,
      name: 'server',
      megabytes: 512,
      netdevs: CLIENTS.map((client, card) => this.cables[client].netdev('server', `net${card}`)),
      disks: this.#disks.flatMap((disk) => disk.plugIn()),
      aheadSeconds: 0,
      onTold: (line) => this.told.push(line),
    });
    this.#machines.set('server', server);
    await server.run('. /slate/server.sh; serve');
  }

  async startClient(name: Client): Promise<void> {
    await this.#bootClient(name);
    await this.#connect(name);
  }

  /** The server loses its power; its disks are what they were at their last flush. */
  async cutServer(): Promise<Sums> {
    await this.server.cut();
    const sums = this.#disks.map((disk) => disk.loseUnflushed());
    return {
      kept: sums.reduce((sum, { kept }) => sum + kept, 0),
      dropped: sums.reduce((sum, { dropped }) => sum + dropped, 0),
    };
  }

  /** Runs a script on the clients with their functions at hand. */
  async onClients(script: (client: Client) => string, seconds?: number): Promise<string[]> {
    return Promise.all(CLIENTS.map((name) => this.onClient(name, script(name), seconds)));
  }

  onClient(name: Client, script: string, seconds?: number): Promise<string> {
    return this.client(name).run(`. /slate/client.sh; ${script}`, seconds);
  }

  onServer(script: string, seconds?: number): Promise<string> {
    return this.server.run(`. /slate/server.sh; ${script}`, seconds);
  }

  /** Looks until it holds; at most a fifth of the time goes into looking, since that is the guests' as well. */
  async until(condition: () => boolean | Promise<boolean>, what: string, seconds = 120): Promise<void> {
    const limit = seconds * this.accelerator.patience;
    const start = performance.now();
    for (;;) {
      const lookStart = performance.now();
      if (await condition()) return;
      const now = performance.now();
      if (now - start > limit * 1000) throw new Error(`waited ${limit} s in vain for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, Math.max(200, 4 * (now - lookStart))));
    }
  }

  /** Waits until all entries of these boards are at their end. */
  async untilOver(boards: readonly string[], seconds = 120): Promise<void> {
    const isOver = async (): Promise<boolean> => (await this.onServer(`pending ${boards.join(' ')}`)) === '0';
    await this.until(isOver, `all entries of ${boards.join(', ')} to come to their end`, seconds);
  }

  /** What the programs of the clients told, by the words it begins with. */
  toldOf(...words: readonly string[]): string[] {
    return this.told.filter((line) => line.startsWith(`${words.join(' ')} `));
  }

  /** Ends all machines, and shows the home as it stands on the server's disk: no cache of a guest's is in between. */
  async atTheEnd<T>(look: (home: string) => Promise<T>): Promise<T> {
    await this.onServer('stop_disk');
    await this.close();
    const folder = join(this.#common.work, 'disk');
    fs.mkdirSync(folder);
    execFileSync('mount', ['-o', 'loop', this.#disks[0]?.image ?? '', folder]);
    try {
      return await look(join(folder, 'export', 'home'));
    } finally {
      execFileSync('umount', [folder]);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#machines.values()].map((machine) => machine.cut()));
    for (const cable of Object.values(this.cables)) cable.close();
  }

  #machine(name: string): Machine {
    const machine = this.#machines.get(name);
    if (machine === undefined) throw new Error(`${name} does not run`);
    return machine;
  }

  async #bootClient(name: Client): Promise<void> {
    const machine = await Machine.boot({
      ...this.#common,
      name,
      megabytes: 1024,
      netdevs: [this.cables[name].netdev('client', 'net0')],
      disks: [],
      aheadSeconds: AHEAD_SECONDS[name],
      onTold: (line) => this.told.push(line),
    });
    this.#machines.set(name, machine);
  }

  async #connect(name: Client): Promise<void> {
    const [own, servers] = ADDRESSES[name];
    await this.onClient(name, `connect ${name} ${own} ${servers}`);
  }
}
