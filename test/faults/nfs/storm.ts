/**
 * Posts, claims and finishes on a board of each durability, by two clients, one over NFSv3 and one over v4.2, while replies are
 * lost, clients lose their power, and then the server.
 */
import { DURABILITIES } from './home.ts';
import { CLIENTS, type Client, type Lab } from './lab.ts';
import type { Sums } from './write-log.ts';

export type Phase = 'replies' | 'client' | 'server';

/** So many posts to each board by each client between two faults. */
const POSTS = { kvm: 8, tcg: 2 } as const;
export const VERSION_OF = { alfa: 'v3', bravo: 'v42' } as const;

export class Storm {
  readonly #lab: Lab;
  /** Every start of a client has names of its own. */
  readonly #posters = new Map<Client, string>();
  #starts = 0;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  async begin(): Promise<void> {
    await this.#phase('replies');
    await Promise.all(CLIENTS.map((client) => this.#load(client)));
    await this.#untilPosted();
  }

  /** The server does what it is asked for, its answers don't arrive, and it starts anew without memory of what it has done. */
  async loseReplies(): Promise<void> {
    const lab = this.#lab;
    for (const client of CLIENTS) lab.cables[client].dropReplies();
    let last = '';
    const isQuiet = async (): Promise<boolean> => {
      const before = last;
      last = await lab.onServer('requests');
      return last === before;
    };
    await lab.until(isQuiet, 'all clients to wait for an answer');
    await lab.onServer('restart_nfsd');
    for (const client of CLIENTS) lab.cables[client].letReplies();
    await this.#untilPosted();
  }

  /** It is switched on again, and works as before under other names. */
  async cutClient(client: Client): Promise<void> {
    await this.#phase('client');
    await this.#untilPosted();
    await this.#lab.client(client).cut();
    await this.#lab.startClient(client);
    await this.#lab.onClient(client, 'echo client >/run/phase');
    await this.#load(client);
    await this.#untilPosted();
  }

  async cutServer(): Promise<Sums> {
    await this.#phase('server');
    await this.#untilPosted();
    const sums = await this.#lab.cutServer();
    await this.#lab.startServer();
    await this.#untilPosted();
    return sums;
  }

  async end(): Promise<void> {
    await this.#lab.onClients(() => 'stop_load', 120);
    await this.#lab.untilOver(DURABILITIES, 300);
    await this.#lab.onClients(() => 'stop_runs');
  }

  /** The first part of the names that are posted from now on. */
  async #phase(phase: Phase): Promise<void> {
    await this.#lab.onClients(() => `echo ${phase} >/run/phase`);
  }

  async #load(client: Client): Promise<void> {
    const version = VERSION_OF[client];
    const poster = `${client}${++this.#starts}`;
    this.#posters.set(client, poster);
    const runs = DURABILITIES.map((board) => `start_run ${version} ${board}`).join('; ');
    await this.#lab.onClient(
      client,
      `${runs}; start_poster ${version} ${poster} ${DURABILITIES.join(' ')};
       start_witness /mnt/${version}/witness-${client} ${version} --links; start_witness /mnt/loose/${client} loose`,
    );
  }

  /** Until both clients have posted to all boards since now, and so are at work. */
  async #untilPosted(): Promise<void> {
    const since = this.#lab.told.length;
    const isEnough = (client: Client, board: string): boolean => {
      const own = this.#lab.told.slice(since).filter((line) => line.startsWith(`posted ${board} `));
      return (
        own.filter((line) => line.includes(`-${this.#posters.get(client)}-`)).length >=
        POSTS[this.#lab.accelerator.name]
      );
    };
    const areAll = (): boolean => CLIENTS.every((client) => DURABILITIES.every((board) => isEnough(client, board)));
    await this.#lab.until(areAll, 'posts of both clients to all boards', 180);
  }
}
