/** What we use of blessed, as it really is: its public types lack half of it. Only `blessed.ts` imports these modules. */

declare module 'blessed/lib/tput.js' {
  class Tput {
    /** Name of the description asked for. */
    readonly terminal: string;
    readonly error: Error | null;
    readonly colors: number;
    /** True: lines are drawn with Unicode, never with the alternate character set. */
    brokenACS: boolean;
    readTerminfo(terminal?: string): unknown;
    parseTerminfo(data: Buffer, file: string): unknown;
  }
  export = Tput;
}

declare module 'blessed/lib/program.js' {
  class Program {
    static bind: (program: Program) => void;
    readonly cursorHidden: boolean | undefined;
    cols: number;
    rows: number;
    readonly output: { write: (text: string) => void };
    cup(row: number, column: number): unknown;
    showCursor(): unknown;
    hideCursor(): unknown;
    /** Hands what was written to the output. */
    flush(): void;
  }
  export = Program;
}

declare module 'blessed/lib/widgets/screen.js' {
  import type { EventEmitter } from 'node:events';

  type Cell = [attr: number, char: string];
  type Line = Cell[] & { dirty: boolean };

  interface Child {
    on(event: 'error', listener: (error: Error) => void): unknown;
    on(event: 'exit', listener: () => void): unknown;
    kill(signal: NodeJS.Signals): unknown;
  }

  interface Options {
    readonly input: EventEmitter;
    readonly output: object;
    readonly terminal: string;
    readonly forceUnicode: boolean;
    readonly fullUnicode: boolean;
    readonly smartCSR: boolean;
  }

  class Screen {
    static bind: (screen: Screen) => void;
    constructor(options: Options);
    readonly program: import('blessed/lib/program.js');
    readonly tput: import('blessed/lib/tput.js');
    readonly cols: number;
    readonly rows: number;
    /** What is wanted, row by row. */
    readonly lines: Line[];
    /** What the terminal shows. */
    readonly olines: Cell[][];
    /** Alternate screen, keypad, hidden cursor, all of it empty. */
    enter(): void;
    leave(): void;
    /** Empties both, and clears the terminal. */
    alloc(): void;
    /** Sends what differs in the dirty lines. */
    draw(first: number, last: number): void;
    spawn(file: string, args: readonly string[], options?: object): Child;
  }
  export = Screen;
}
