/** A site that is reached by a real sshd, on this host and for this account: what its clients are told is in a file of theirs. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { onCleanup, tempFolder, until } from '../helpers/home.ts';

export interface SshSite {
  /** Of the site. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The host that sites.yaml names. */
export const HOST = 'far.example';

export async function sshSite(): Promise<SshSite> {
  const folder = tempFolder('slate-ssh-');
  const at = (name: string): string => join(folder, name);
  for (const key of ['host', 'own']) await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)]);
  const port = await freePort();
  fs.copyFileSync(at('own.pub'), at('authorized'));
  const server = [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${at('host')}`,
    `AuthorizedKeysFile ${at('authorized')}`,
  ];
  fs.writeFileSync(
    at('sshd_config'),
    `${[...server, 'PidFile none', 'StrictModes no', 'UsePAM no', 'PermitRootLogin yes', 'Subsystem sftp internal-sftp'].join('\n')}\n`,
  );
  const known = ['StrictHostKeyChecking no', 'UserKnownHostsFile /dev/null', 'LogLevel ERROR'];
  const client = [`Host ${HOST}`, 'HostName 127.0.0.1', `Port ${port}`, `IdentityFile ${at('own')}`, ...known];
  fs.writeFileSync(at('client'), `${client.join('\n')}\n`);
  fs.mkdirSync(at('bin'));
  for (const command of ['ssh', 'scp'])
    fs.writeFileSync(at(`bin/${command}`), `#!/bin/sh\nexec /usr/bin/${command} -F '${at('client')}' "$@"\n`, {
      mode: 0o755,
    });
  // It wants this folder of an installed service, whoever runs it.
  if (process.getuid?.() === 0) fs.mkdirSync('/run/sshd', { recursive: true });
  const sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', at('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  sshd.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const ended = new Promise((resolve) => sshd.once('exit', resolve));
  onCleanup(async () => {
    sshd.kill();
    await ended;
  });
  await until(
    () => said.includes('Server listening'),
    () => `sshd to listen: ${said}`,
  );
  const root = at('root');
  fs.mkdirSync(root);
  return { root, env: { PATH: `${at('bin')}${delimiter}${process.env.PATH ?? ''}` } };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
