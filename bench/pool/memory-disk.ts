/**
 * A disk in memory: folders, files with inodes and hard links, and the errors that Linux gives. It knows nothing of
 * networks: `memory-fs.ts` puts the board's door before it, `network.ts` says what each call costs.
 */
import { constants } from 'node:os';

export interface MemoryFile {
  readonly kind: 'file';
  readonly ino: number;
  links: number;
  mtimeMs: number;
  content: Buffer;
  /** Differs from the content's only where that is not kept. */
  size: number;
  /** Somebody has it open: its inode is not used again though its last name goes. */
  isOpen?: boolean;
}

export interface MemoryFolder {
  readonly kind: 'folder';
  readonly ino: number;
  mtimeMs: number;
  readonly children: Map<string, MemoryFile | MemoryFolder>;
}

export type MemoryNode = MemoryFile | MemoryFolder;

/** The last part of a path and the folder before it. */
interface Place {
  readonly parent: MemoryFolder;
  readonly name: string;
}

export interface MemoryDiskOptions {
  /** Milliseconds UTC; mtimes come from it. */
  readonly now: () => number;
  /** Files of which only the size is kept: a simulated day writes gigabytes of journals that nobody reads. */
  readonly forgets?: (path: string) => boolean;
}

type Code = keyof typeof constants.errno;

export function fault(code: Code, syscall: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), {
    errno: -constants.errno[code],
    code,
    syscall,
    path,
  });
}

const NOTHING = Buffer.alloc(0);

export class MemoryDisk {
  readonly #options: MemoryDiskOptions;
  /** By path, so that a call costs one look-up and not one a part. */
  readonly #folders = new Map<string, MemoryFolder>();
  #lastIno = 1;
  /** Inodes of files that are gone: used again at once, as file systems do. */
  readonly #freeInos: number[] = [];

  constructor(options: MemoryDiskOptions) {
    this.#options = options;
    this.#folders.set('', this.#newFolder());
  }

  get nowMs(): number {
    return this.#options.now();
  }

  keepsContent(path: string): boolean {
    return this.#options.forgets?.(path) !== true;
  }

  /** Another disk with the same files: same inodes, same names. Two that are changed alike from then on stay the same. */
  clone(): MemoryDisk {
    const copy = new MemoryDisk(this.#options);
    const files = new Map<MemoryFile, MemoryFile>();
    const into = (folder: MemoryFolder, path: string): MemoryFolder => {
      const made: MemoryFolder = { ...folder, children: new Map() };
      copy.#folders.set(path, made);
      for (const [name, node] of folder.children)
        made.children.set(name, node.kind === 'folder' ? into(node, `${path}/${name}`) : fileOf(node));
      return made;
    };
    const fileOf = (file: MemoryFile): MemoryFile => {
      const made = files.get(file) ?? { ...file };
      files.set(file, made);
      return made;
    };
    into(this.folder('', 'open'), '');
    copy.#lastIno = this.#lastIno;
    copy.#freeInos.push(...this.#freeInos);
    return copy;
  }

  /** All files, each once, with one of its paths. */
  *files(): Generator<{ readonly path: string; readonly file: MemoryFile }> {
    const seen = new Set<MemoryFile>();
    for (const [path, { children }] of this.#folders) {
      for (const [name, node] of children) {
        if (node.kind === 'folder' || seen.has(node)) continue;
        seen.add(node);
        yield { path: `${path}/${name}`, file: node };
      }
    }
  }

  /** Makes a folder and what is missing above it. */
  makeFolders(path: string): void {
    if (this.#folders.has(path)) return;
    this.makeFolders(path.slice(0, path.lastIndexOf('/')));
    this.makeFolder(path);
  }

  makeFolder(path: string): void {
    const { parent, name } = this.#place(path, 'mkdir');
    if (parent.children.has(name)) throw fault('EEXIST', 'mkdir', path);
    const folder = this.#newFolder();
    this.#add(parent, name, folder);
    this.#folders.set(path, folder);
  }

  makeFile(path: string): MemoryFile {
    const { parent, name } = this.#place(path, 'open');
    if (parent.children.has(name)) throw fault('EEXIST', 'open', path);
    const file: MemoryFile = {
      kind: 'file',
      ino: this.#freeInos.pop() ?? ++this.#lastIno,
      links: 1,
      mtimeMs: this.nowMs,
      content: NOTHING,
      size: 0,
    };
    this.#add(parent, name, file);
    return file;
  }

  /** What stands at a path. @throws ENOENT, or ENOTDIR below a file */
  node(path: string, syscall: string): MemoryNode {
    const folder = this.#folders.get(path);
    if (folder !== undefined) return folder;
    const { parent, name } = this.#place(path, syscall);
    const node = parent.children.get(name);
    if (node === undefined) throw fault('ENOENT', syscall, path);
    return node;
  }

  find(path: string): MemoryNode | undefined {
    const at = path.lastIndexOf('/');
    return this.#folders.get(path) ?? this.#folders.get(path.slice(0, at))?.children.get(path.slice(at + 1));
  }

  /** @throws ENOTDIR below a file, as stat does */
  isFolder(path: string): boolean {
    const node = this.find(path);
    if (node === undefined && this.#isBelowFile(path)) throw fault('ENOTDIR', 'stat', path);
    return node?.kind === 'folder';
  }

  folder(path: string, syscall: string): MemoryFolder {
    const node = this.node(path, syscall);
    if (node.kind === 'file') throw fault('ENOTDIR', syscall, path);
    return node;
  }

  link(existing: string, path: string): void {
    const node = this.node(existing, 'link');
    const { parent, name } = this.#place(path, 'link');
    if (parent.children.has(name)) throw fault('EEXIST', 'link', path);
    if (node.kind === 'folder') throw fault('EPERM', 'link', existing);
    node.links++;
    this.#add(parent, name, node);
  }

  unlink(path: string): void {
    const node = this.node(path, 'unlink');
    if (node.kind === 'folder') throw fault('EISDIR', 'unlink', path);
    this.#drop(node);
    this.#remove(path);
  }

  #drop(file: MemoryFile): void {
    if (--file.links === 0 && file.isOpen !== true) this.#freeInos.push(file.ino);
  }

  removeFolder(path: string): void {
    const folder = this.folder(path, 'rmdir');
    if (folder.children.size > 0) throw fault('ENOTEMPTY', 'rmdir', path);
    this.#folders.delete(path);
    this.#remove(path);
  }

  /** @returns how many files and folders that were */
  removeTree(path: string): number {
    const node = this.find(path);
    if (node === undefined && this.#isBelowFile(path)) throw fault('ENOTDIR', 'rm', path);
    if (node === undefined) return 0;
    let removed = 1;
    if (node.kind === 'folder') {
      for (const name of [...node.children.keys()]) removed += this.removeTree(`${path}/${name}`);
      this.#folders.delete(path);
    } else this.#drop(node);
    this.#remove(path);
    return removed;
  }

  rename(from: string, to: string): void {
    const source = this.#place(from, 'rename');
    const target = this.#place(to, 'rename');
    const node = source.parent.children.get(source.name);
    if (node === undefined) throw fault('ENOENT', 'rename', from);
    if (node.kind === 'folder' && to.startsWith(`${from}/`)) throw fault('EINVAL', 'rename', from);
    if (from.startsWith(`${to}/`)) throw fault('ENOTEMPTY', 'rename', from);
    const standing = target.parent.children.get(target.name);
    // Two links of one file: success, and nothing happens.
    if (standing === node) return;
    if (standing !== undefined) this.#replace(node, standing, from, to);
    this.#remove(from);
    this.#add(target.parent, target.name, node);
    if (node.kind === 'folder') this.#moveTree(node, from, to);
  }

  /** As rename does, with what stands at its target. */
  #replace(node: MemoryNode, standing: MemoryNode, from: string, to: string): void {
    if (standing.kind === 'folder') {
      if (node.kind === 'file') throw fault('EISDIR', 'rename', from);
      if (standing.children.size > 0) throw fault('ENOTEMPTY', 'rename', from);
      this.#folders.delete(to);
    } else {
      if (node.kind === 'folder') throw fault('ENOTDIR', 'rename', from);
      this.#drop(standing);
    }
  }

  #moveTree(folder: MemoryFolder, from: string, to: string): void {
    this.#folders.delete(from);
    this.#folders.set(to, folder);
    for (const [name, child] of folder.children)
      if (child.kind === 'folder') this.#moveTree(child, `${from}/${name}`, `${to}/${name}`);
  }

  #newFolder(): MemoryFolder {
    return { kind: 'folder', ino: ++this.#lastIno, mtimeMs: this.#options.now(), children: new Map() };
  }

  #add(parent: MemoryFolder, name: string, node: MemoryNode): void {
    // Anew, so that a name that comes back stands at the end.
    parent.children.delete(name);
    parent.children.set(name, node);
    parent.mtimeMs = this.nowMs;
  }

  #remove(path: string): void {
    const { parent, name } = this.#place(path, 'unlink');
    parent.children.delete(name);
    parent.mtimeMs = this.nowMs;
  }

  #place(path: string, syscall: string): Place {
    const at = path.lastIndexOf('/');
    const parent = this.#folders.get(path.slice(0, at));
    if (parent === undefined) throw fault(this.#isBelowFile(path) ? 'ENOTDIR' : 'ENOENT', syscall, path);
    return { parent, name: path.slice(at + 1) };
  }

  #isBelowFile(path: string): boolean {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const node = this.find(path.slice(0, at));
      if (node !== undefined) return node.kind === 'file';
    }
    return false;
  }
}
