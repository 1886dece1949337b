import { describe, expect, it } from 'vitest';
import { mountFaults, mountOf, parseMount } from '../../src/model/mount.ts';

const LOCAL = '24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw';
const nfs = (options: string, mount = 'rw,relatime'): string =>
  `62 24 0:52 / /data ${mount} shared:3 - nfs4 srv:/export rw,vers=4.2,hard,proto=tcp${options}`;

describe('parseMount', () => {
  it('reads what the kernel writes', () => {
    const mount = parseMount(
      '36 35 98:0 /mnt1 /mnt\\0402\\134x rw,noatime master:1 shared:2 - ext3 /dev/my\\040disk rw,errors=continue',
    );
    expect(mount).toMatchObject({ point: '/mnt 2\\x', type: 'ext3', source: '/dev/my disk' });
    expect([...(mount?.options ?? [])]).toEqual([
      ['rw', ''],
      ['noatime', ''],
      ['errors', 'continue'],
    ]);
    // Without optional fields.
    expect(parseMount('36 35 98:0 / /a rw - tmpfs none rw')).toMatchObject({ point: '/a', type: 'tmpfs' });
  });

  it.each(['', 'x', '36 35 98:0 / /a rw', '36 35 - ext4 /dev/vda rw'])('knows that %j is none', (line) =>
    expect(parseMount(line)).toBeUndefined(),
  );
});

describe('mountOf', () => {
  const table = [
    LOCAL,
    nfs(''),
    '70 24 0:60 / /data/home rw - tmpfs none rw',
    '71 24 0:61 / /data/home rw - xfs /dev/vdb rw',
  ].join('\n');

  it.each([
    ['/home/x', 'ext4'],
    ['/data', 'nfs4'],
    ['/data/x', 'nfs4'],
    // A name that begins alike is another folder.
    ['/database', 'ext4'],
    // The later one covers the earlier.
    ['/data/home/blackboard/b', 'xfs'],
  ])('%s lies on %s', (path, type) => expect(mountOf(path, table)?.type).toBe(type));

  it('knows of nothing where the kernel says nothing', () => expect(mountOf('/data', '')).toBeUndefined());
});

describe('mountFaults', () => {
  it.each<[string, string[]]>([
    [LOCAL, []],
    [nfs(''), []],
    // The defaults, as they are shown, and a shorter cache.
    [nfs(',acregmin=3,acregmax=60,acdirmin=30,acdirmax=60,local_lock=none'), []],
    [nfs(',acregmin=1,acregmax=1,acdirmin=1,acdirmax=1,lookupcache=pos'), []],
    [nfs(',soft'), ['fault soft']],
    [nfs(',softerr'), ['fault softerr']],
    [nfs(',nocto'), ['fault nocto']],
    [nfs(',noac'), ['note noac']],
    [nfs(',lookupcache=none'), ['note lookupcache=none']],
    [nfs(',acregmax=600,acdirmax=600'), ['note acregmax=600', 'note acdirmax=600']],
    [nfs(',local_lock=all'), ['note local_lock=all']],
    [nfs('', 'ro,relatime'), ['fault ro']],
    ['62 24 0:52 / /data rw - nfs srv:/export rw,vers=3,hard,nolock,proto=udp', ['fault proto=udp', 'note nolock']],
    ['62 24 0:52 / /data rw - nfs srv:/export rw,vers=2,hard,proto=tcp', ['fault vers=2']],
    ['62 24 0:52 / /data rw - nfs srv:/export rw,vers=3,hard,nolock,proto=tcp,local_lock=all', ['note nolock']],
    [
      '62 24 0:52 / /data rw - cifs //srv/x rw,vers=3.1.1,cache=loose,nocase,noserverino',
      ['fault noserverino', 'fault nocase', 'fault cache=loose'],
    ],
    ['62 24 0:52 / /data rw - smb3 //srv/x rw,cache=strict,serverino', []],
    ['62 24 254:0 / /data rw - ext4 /dev/vda rw,nobarrier', ['fault nobarrier']],
    ['62 24 254:0 / /data rw - ext4 /dev/vda rw,barrier=0', ['fault barrier=0']],
    ['62 24 254:0 / /data rw - ext4 /dev/vda rw,barrier=1', []],
    // What means something on NFS means nothing here.
    ['62 24 254:0 / /data rw - ext4 /dev/vda rw,soft,noac', []],
  ])('%s', (line, wanted) => {
    const mount = parseMount(line);
    const found = mount === undefined ? ['no mount'] : mountFaults(mount);
    expect(found.map((one) => (typeof one === 'string' ? one : `${one.severity} ${one.option}`))).toEqual(wanted);
  });
});
