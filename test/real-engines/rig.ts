/** A real batch system that tests may break: what they need of each, whichever it is. */

export interface Rig {
  /** As `kind:` of an engine says it. */
  readonly kind: string;
  /** For the processes that submit. */
  readonly env: Readonly<Record<string, string>>;
  /** It is given many jobs at once. */
  readonly arrays: boolean;
  /** Words of shell by which a step says on which node it runs. */
  readonly node: string;
  /** The nodes, as those words have it. */
  readonly nodes: readonly string[];
  /** The shortest limit that it keeps; a job that passes it is ended within two minutes. */
  readonly walltime: string;
  /** What `slate show` says of such a job. */
  readonly walltimeWords: RegExp;
  /** A line of the engine's definition that it refuses, and its words for that. */
  readonly wrong: { readonly line: string; readonly words: RegExp };
  /** Folder, letter and cause of an entry whose job somebody has cancelled, and of one whose node died, without `retries`. */
  readonly ends: { readonly cancelled: string; readonly node: string };
  /** As somebody at a terminal would. @param job `<id>_<index>` */
  cancel(job: string): Promise<void>;
  /** One of `nodes`. */
  nodeOf(job: string): Promise<string>;
  /** The node is gone, and the system knows it. */
  killNode(node: string): Promise<void>;
  killController(): Promise<void>;
  /** Returns once it answers. */
  startController(): Promise<void>;
  /** It has no job that waits or runs. */
  isEmpty(): Promise<boolean>;
}
