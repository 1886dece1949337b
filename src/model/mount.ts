/** Mounts as the kernel tells of them (`/proc/self/mountinfo`), and which of their options a board should not lie on. Pure. */

export interface Mount {
  /** Where it is mounted. */
  readonly point: string;
  /** `nfs4`, `ext4` … */
  readonly type: string;
  readonly source: string;
  /** Of the mount, and of the file system. */
  readonly options: ReadonlyMap<string, string>;
}

/** One line of mountinfo; undefined: it is none. */
export function parseMount(line: string): Mount | undefined {
  const [left = '', right] = line.split(' - ', 2);
  const fields = left.split(' ');
  const [type = '', source = '', superOptions = ''] = right?.split(' ') ?? [];
  const [point, mountOptions] = [fields[4], fields[5]];
  if (right === undefined || point === undefined || mountOptions === undefined || type === '') return undefined;
  return { point: plain(point), type, source: plain(source), options: optionsOf(`${mountOptions},${superOptions}`) };
}

/** The kernel writes blank, tab, line feed and backslash in octal. */
function plain(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function optionsOf(text: string): Map<string, string> {
  return new Map(
    text.split(',').flatMap((option): [string, string][] => {
      const at = option.indexOf('=');
      if (option === '') return [];
      return [at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)]];
    }),
  );
}

/** The mount that a path lies on: the deepest, and of several at one place the last, which covers the others. */
export function mountOf(path: string, mountinfo: string): Mount | undefined {
  let found: Mount | undefined;
  for (const line of mountinfo.split('\n')) {
    const mount = parseMount(line);
    if (mount === undefined || !isBelow(path, mount.point)) continue;
    if (found === undefined || mount.point.length >= found.point.length) found = mount;
  }
  return found;
}

function isBelow(path: string, point: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`);
}

export interface MountFault {
  readonly severity: 'fault' | 'note';
  readonly option: string;
  /** What it does to a board, and what to do. */
  readonly message: string;
}

interface Rule {
  readonly option: string;
  readonly severity: MountFault['severity'];
  /** Of an option with a value. */
  readonly when?: (value: string) => boolean;
  readonly message: string;
}

/** nfs(5): attributes of files are kept at most so long unless told, of folders too. */
const NFS_MOST_S = 60;
const isLonger = (value: string): boolean => Number(value) > NFS_MOST_S;
const LONGER =
  'a stat may be as old as that, where the default is at most 60 s: tools and people see old times and sizes';

const NFS_RULES: readonly Rule[] = [
  {
    option: 'soft',
    severity: 'fault',
    message:
      'a call gives up when the server is slow, and the server may do it later all the same; an fsync that gives up ends a stage process: mount it hard',
  },
  {
    option: 'softerr',
    severity: 'fault',
    message:
      'a call gives up when the server is slow, and the server may do it later all the same; an fsync that gives up ends a stage process: mount it hard',
  },
  {
    option: 'nocto',
    severity: 'fault',
    message: 'an opened file may be as old as the cache, so that a living process may look dead: mount it without',
  },
  {
    option: 'proto',
    severity: 'fault',
    when: (value) => value.startsWith('udp'),
    message: 'over UDP lost packets are calls done twice, and data can be mixed up unnoticed: use proto=tcp',
  },
  {
    option: 'vers',
    severity: 'fault',
    when: (value) => value === '2',
    message: 'version 2 has no exclusive create and no files beyond 2 GB: use vers=4.2 or vers=3',
  },
  {
    option: 'noac',
    severity: 'note',
    message: 'every look at a file is a call to the server; a board does not need it',
  },
  {
    option: 'lookupcache',
    severity: 'note',
    when: (value) => value === 'none',
    message: 'every look-up of a name is a call to the server; a board does not need it',
  },
  { option: 'acregmax', severity: 'note', when: isLonger, message: LONGER },
  { option: 'acdirmax', severity: 'note', when: isLonger, message: LONGER },
  { option: 'actimeo', severity: 'note', when: isLonger, message: LONGER },
  {
    option: 'nolock',
    severity: 'note',
    message: 'a board needs no locks; steps that lock files (SQLite, HDF5) lock them on this host only',
  },
  {
    option: 'local_lock',
    severity: 'note',
    when: (value) => value !== 'none',
    message: 'a board needs no locks; steps that lock files (SQLite, HDF5) lock them on this host only',
  },
];

const SMB_RULES: readonly Rule[] = [
  {
    option: 'noserverino',
    severity: 'fault',
    message: 'inode numbers are made up by this host, and ids/ is judged by them: mount it with serverino',
  },
  { option: 'nocase', severity: 'fault', message: 'names that differ in capitals alone are one: mount it without' },
  {
    option: 'cache',
    severity: 'fault',
    when: (value) => value === 'loose',
    message: 'what other hosts write may not be seen for as long as this one likes: use cache=strict',
  },
];

const COMMON_RULES: readonly Rule[] = [
  { option: 'ro', severity: 'fault', message: 'it is mounted read-only: nothing can be posted or run' },
  {
    option: 'nobarrier',
    severity: 'fault',
    message: 'a power cut may lose what was synced: mount it with barriers, unless the device keeps its cache',
  },
  {
    option: 'barrier',
    severity: 'fault',
    when: (value) => value === '0',
    message: 'a power cut may lose what was synced: mount it with barriers, unless the device keeps its cache',
  },
];

function rulesFor(type: string): readonly Rule[] {
  if (/^nfs4?$/.test(type)) return [...COMMON_RULES, ...NFS_RULES];
  return /^(cifs|smb3)$/.test(type) ? [...COMMON_RULES, ...SMB_RULES] : COMMON_RULES;
}

/** What is wrong with how it is mounted. */
export function mountFaults({ type, options }: Mount): MountFault[] {
  // The kernel shows `nolock` under two names.
  const isNamed = (option: string): boolean => option === 'local_lock' && options.has('nolock');
  return rulesFor(type).flatMap(({ option, severity, when, message }) => {
    const value = options.get(option);
    if (value === undefined || when?.(value) === false || isNamed(option)) return [];
    return [{ severity, option: value === '' ? option : `${option}=${value}`, message }];
  });
}
