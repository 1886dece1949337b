/**
 * A network cable between two guests. QEMU sends each frame as its length, four bytes, and the frame; whatever comes in at one
 * end goes out at the other, unless that direction is cut. A guest that was switched off and on again plugs in anew.
 */
import fs from 'node:fs';
import net from 'node:net';

export type End = 'server' | 'client';

export class Cable {
  readonly #folder: string;
  readonly #listeners: net.Server[] = [];
  readonly #sockets: Partial<Record<End, net.Socket>> = {};
  #repliesAreDropped = false;
  /** Frames from the server that did not arrive. */
  dropped = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async lay(folder: string): Promise<Cable> {
    const cable = new Cable(folder);
    fs.mkdirSync(folder);
    for (const end of ['server', 'client'] as const) {
      const listener = net.createServer((socket) => cable.#plugIn(end, socket));
      cable.#listeners.push(listener);
      await new Promise<void>((resolve, reject) => {
        listener.once('error', reject).listen(cable.#path(end), resolve);
      });
    }
    return cable;
  }

  /** What QEMU is told of its network card at this end. */
  netdev(end: End, id: string): string {
    return `stream,id=${id},server=off,addr.type=unix,addr.path=${this.#path(end)}`;
  }

  /** From now on what the server does happens, and nobody hears of it. */
  dropReplies(): void {
    this.#repliesAreDropped = true;
  }

  letReplies(): void {
    this.#repliesAreDropped = false;
  }

  close(): void {
    for (const listener of this.#listeners) listener.close();
    for (const socket of Object.values(this.#sockets)) socket.destroy();
  }

  #path(end: End): string {
    return `${this.#folder}/${end}`;
  }

  #plugIn(end: End, socket: net.Socket): void {
    this.#sockets[end] = socket;
    let rest = Buffer.alloc(0);
    socket.on('data', (data) => {
      rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
      let at = 0;
      while (rest.length - at >= 4) {
        const size = 4 + rest.readUInt32BE(at);
        if (rest.length - at < size) break;
        this.#carry(end, rest.subarray(at, at + size));
        at += size;
      }
      rest = rest.subarray(at);
    });
    // Its guest was killed: what was on its way is lost, as it is with a real one.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#sockets[end] === socket) delete this.#sockets[end];
    });
  }

  #carry(from: End, frame: Buffer): void {
    if (from === 'server' && this.#repliesAreDropped) {
      this.dropped++;
      return;
    }
    const other = this.#sockets[from === 'server' ? 'client' : 'server'];
    if (other?.writable === true) other.write(frame);
  }
}
