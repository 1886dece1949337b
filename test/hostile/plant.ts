/** What a hostile or careless hand may leave where files of a board are expected. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { dirname } from 'node:path';
import { onCleanup } from '../helpers/home.ts';

export function fifo(path: string): void {
  execFileSync('mkfifo', [path]);
}

/** As it stays behind when its server was killed. */
export async function socket(path: string): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onCleanup(() => void server.close());
}

/** A file of that size that takes no room. */
export function sparse(path: string, bytes: number): void {
  fs.writeFileSync(path, '');
  fs.truncateSync(path, bytes);
}

export function folder(path: string): void {
  fs.mkdirSync(`${path}/inside`, { recursive: true });
}

export function file(path: string, content: string | Buffer = 'garbage \u0000\u001b[31m\n'): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, content);
}

/** Under a name whose bytes are no UTF-8. */
export function oddName(folderPath: string): void {
  fs.writeFileSync(Buffer.concat([Buffer.from(`${folderPath}/odd`), Buffer.from([0xff, 0xfe])]), '');
}

export function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}
