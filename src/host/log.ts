/** What a host agent tells: every kind of line has a code that stays. `docs/hosts.md` lists them. */
export type HostCode =
  | 'host-agent'
  | 'host-standby'
  | 'host-role-lost'
  | 'host-started'
  | 'host-adopted'
  | 'host-ended'
  | 'host-died'
  | 'host-surplus'
  | 'host-wish'
  | 'host-down'
  | 'host-up'
  | 'host-board'
  | 'host-trouble'
  | 'host-over'
  | 'host-stopped';

export type HostLevel = 'info' | 'warn' | 'error';
export type HostLog = (level: HostLevel, code: HostCode, message: string) => void;

/**
 * Says what is wrong once: again only when it was over in between, or is another thing. A look may see two names of one file
 * that is just being renamed: only what two looks in a row have seen is said.
 */
export class Told {
  readonly #log: HostLog;
  readonly #said = new Map<string, string>();
  #before: ReadonlyMap<string, string> = new Map();

  constructor(log: HostLog) {
    this.#log = log;
  }

  /** All that is wrong now. */
  tell(code: HostCode, texts: ReadonlyMap<string, string>): void {
    for (const key of this.#said.keys()) if (!texts.has(key)) this.#said.delete(key);
    for (const [key, text] of texts) {
      if (this.#said.get(key) === text || this.#before.get(key) !== text) continue;
      this.#said.set(key, text);
      this.#log('warn', code, text);
    }
    this.#before = texts;
  }
}
