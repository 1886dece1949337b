/** Where everything goes that is sent to the terminal. A terminal that has gone takes nothing, and that is no fault. */

/** What is used of `process.stdout`. */
export interface OutputStream {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize' | 'error', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

export class Sink {
  readonly #stream: OutputStream;
  /** Nobody takes what is written. */
  isGone = false;
  /** Somebody else writes to the terminal. */
  isMute = false;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    // Stays for good: what was written last may fail after the end (EIO, EPIPE).
    stream.on('error', () => {
      this.isGone = true;
    });
  }

  readonly write = (text: string): void => {
    if (this.isGone || this.isMute) return;
    try {
      this.#stream.write(text);
    } catch {
      this.isGone = true;
    }
  };
}

/** OSC 52 takes no more in most terminals. */
const MOST_BASE64 = 100_000;

/** The sequence that puts a text into the user's clipboard, over any number of ssh; undefined: too long. Pure. */
export function clipboardText(text: string, isTmux: boolean): string | undefined {
  const base64 = Buffer.from(text, 'utf8').toString('base64');
  if (base64.length > MOST_BASE64) return undefined;
  const plain = `\x1b]52;c;${base64}\x07`;
  // tmux takes the plain one with `set-clipboard on`, the wrapped one with `allow-passthrough on`.
  return isTmux ? `${plain}\x1bPtmux;\x1b${plain}\x1b\\` : plain;
}
