import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventOf } from '../../../src/tui/term/keys.ts';
import { type Token, Tokenizer } from '../../../src/tui/term/tokens.ts';

function tokensOf(chunks: readonly Uint8Array[]): Token[] {
  const tokenizer = new Tokenizer();
  return [...chunks.flatMap((chunk) => tokenizer.push(chunk)), ...tokenizer.flush()];
}

const shown = (token: Token): string => (token.kind === 'paste' ? `paste:${token.text}` : token.text);
const split = (text: string): string[] => tokensOf([Buffer.from(text)]).map(shown);

describe('the tokenizer', () => {
  it.each<[what: string, text: string, tokens: string[]]>([
    ['letters', 'jjG', ['j', 'j', 'G']],
    ['keys behind a turn of the wheel', '\x1b[<64;5;5Mjj', ['\x1b[<64;5;5M', 'j', 'j']],
    ['ten reports of the mouse', '\x1b[<65;1;1M'.repeat(10), Array(10).fill('\x1b[<65;1;1M')],
    ['arrows of both kinds', '\x1b[A\x1bOB\x1b[1;5C', ['\x1b[A', '\x1bOB', '\x1b[1;5C']],
    ['function keys of the Linux console', '\x1b[[Ax\x1b[[E', ['\x1b[[A', 'x', '\x1b[[E']],
    ['shifted keys of rxvt', '\x1b[3$\x1b[5^\x1b[6@', ['\x1b[3$', '\x1b[5^', '\x1b[6@']],
    ['the mouse in the old form', '\x1b[M !!j', ['\x1b[M !!', 'j']],
    ['escape alone', '\x1b', ['\x1b']],
    ['escape twice', '\x1b\x1b', ['\x1b', '\x1b']],
    ['escape, then an arrow', '\x1b\x1b[A', ['\x1b', '\x1b[A']],
    ['Alt with a letter', '\x1bx\x1bé', ['\x1bx', '\x1bé']],
    ['Alt with a bracket', '\x1b[', ['\x1b[']],
    ['characters beyond the first plane', '🚀é日', ['🚀', 'é', '日']],
    ['one Enter that is sent as two', '\r\n\n\r\r', ['\r', '\n', '\r', '\r']],
    ['a paste', 'a\x1b[200~q\x1b[Aj\x1b[201~b', ['a', 'paste:q\x1b[Aj', 'b']],
    ['line ends of a paste', '\x1b[200~a\rb\r\nc\x1b[201~', ['paste:a\nb\nc']],
    ['a paste without end', '\x1b[200~abc\x1b[20', ['paste:abc\x1b[20']],
    ['a sequence that breaks off', '\x1b[12;\x07j', ['\x1b[12;', '\x07', 'j']],
    ['an answer that nobody asked for', '\x1b[?62;22cj', ['\x1b[?62;22c', 'j']],
  ])('sees %s', (_, text, tokens) => {
    expect(split(text)).toEqual(tokens);
  });

  it('waits for the rest of a sequence and of a character', () => {
    const tokenizer = new Tokenizer();
    expect(tokenizer.push(Buffer.from('\x1b'))).toEqual([]);
    expect(tokenizer.isPending).toBe(true);
    expect(tokenizer.push(Buffer.from('[1;'))).toEqual([]);
    expect(tokenizer.push(Buffer.from('5Bk')).map(shown)).toEqual(['\x1b[1;5B', 'k']);
    expect(tokenizer.isPending).toBe(false);
    const rocket = Buffer.from('🚀');
    expect(tokenizer.push(rocket.subarray(0, 3))).toEqual([]);
    expect(tokenizer.push(rocket.subarray(3)).map(shown)).toEqual(['🚀']);
  });

  it('ends a paste once, wherever its end is cut', () => {
    const tokenizer = new Tokenizer();
    tokenizer.push(Buffer.from('\x1b[200~some text\x1b[2'));
    expect(tokenizer.isInPaste).toBe(true);
    expect(tokenizer.push(Buffer.from('01~x')).map(shown)).toEqual(['paste:some text', 'x']);
    expect(tokenizer.isInPaste).toBe(false);
  });

  it('keeps a paste within bounds', () => {
    const [paste] = split(`\x1b[200~${'x'.repeat(3_000_000)}\x1b[201~`);
    expect(paste?.length).toBe('paste:'.length + 1_000_000);
  });

  const piece = fc.oneof(
    fc.constantFrom('\x1b', '\x1b[', '\x1bO', '\x1b[M', '\x1b[[', '\x1b[200~', '\x1b[201~', '\x1b[<0;1;2M', '\r', '\n'),
    fc.constantFrom(
      '\x1b[A',
      '\x1bOP',
      '\x1b[1;5D',
      '\x1b[3$',
      '\x1b[15~',
      '5',
      ';',
      '$',
      '?',
      'A',
      'M',
      '🚀',
      'é',
      '\x07',
    ),
    fc.string({ maxLength: 4, unit: 'binary' }),
    fc.constant(`\x1b[${'1;'.repeat(40)}`),
  );

  it('says the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(200), { maxLength: 12 }), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const single = [...bytes].map((byte) => Uint8Array.of(byte));
        expect(tokensOf(chunks)).toEqual(tokensOf([bytes]));
        expect(tokensOf(single)).toEqual(tokensOf([bytes]));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a sequence', () => {
  const named = (text: string): string | undefined => {
    const event = eventOf(text);
    return event?.kind === 'key' ? event.press.name : undefined;
  };

  it.each<[name: string, sequences: string[]]>([
    ['up', ['\x1b[A', '\x1bOA', '\x1b[1A']],
    ['down', ['\x1b[B', '\x1bOB']],
    ['right', ['\x1b[C', '\x1bOC']],
    ['left', ['\x1b[D', '\x1bOD']],
    ['home', ['\x1b[H', '\x1bOH', '\x1b[1~', '\x1b[7~']],
    ['end', ['\x1b[F', '\x1bOF', '\x1b[4~', '\x1b[8~']],
    ['pageup', ['\x1b[5~']],
    ['pagedown', ['\x1b[6~']],
    ['insert', ['\x1b[2~']],
    ['delete', ['\x1b[3~']],
    ['f1', ['\x1bOP', '\x1b[11~', '\x1b[[A', '\x1b[P']],
    ['f4', ['\x1bOS', '\x1b[14~', '\x1b[[D']],
    ['f5', ['\x1b[15~', '\x1b[[E']],
    ['f12', ['\x1b[24~']],
    ['C-up', ['\x1b[1;5A', '\x1b[5A', '\x1bOa']],
    ['S-right', ['\x1b[1;2C', '\x1b[c']],
    ['M-left', ['\x1b[1;3D']],
    ['C-M-S-down', ['\x1b[1;8B']],
    ['S-delete', ['\x1b[3;2~', '\x1b[3$']],
    ['C-pageup', ['\x1b[5;5~', '\x1b[5^']],
    ['C-S-pagedown', ['\x1b[6;6~', '\x1b[6@']],
    ['S-tab', ['\x1b[Z']],
    ['S-f1', ['\x1b[1;2P', '\x1bO2P']],
    ['enter', ['\r', '\n', '\x1bOM']],
    ['tab', ['\t', '\x1bOI']],
    ['backspace', ['\x7f', '\b']],
    ['escape', ['\x1b']],
    ['space', [' ']],
    ['C-space', ['\x00']],
    ['C-a', ['\x01']],
    ['C-c', ['\x03']],
    ['C-z', ['\x1a']],
    ['C-\\', ['\x1c']],
    ['j', ['j']],
    ['G', ['G']],
    ['é', ['é']],
    ['5', ['\x1bOu']],
    ['+', ['\x1bOk']],
    ['=', ['\x1bOX']],
    ['M-x', ['\x1bx']],
    ['M-X', ['\x1bX']],
    ['M-enter', ['\x1b\r']],
    ['M-backspace', ['\x1b\x7f']],
    ['M-[', ['\x1b[']],
    ['M-O', ['\x1bO']],
  ])('is %s', (name, sequences) => {
    expect(sequences.map(named)).toEqual(sequences.map(() => name));
  });

  it('that is unknown or broken types nothing', () => {
    const unknown = [
      '\x1b[12;',
      '\x1b[?62c',
      '\x1b[99~',
      '\x1b[12;40R',
      '\x1b[1;99A',
      '\x85',
      '\ufffd',
      '\x1b[M',
      '\x1b[E',
    ];
    expect(unknown.map((text) => eventOf(text))).toEqual(unknown.map(() => undefined));
  });

  it('types only what a key types', () => {
    const typed = ['j', ' ', '日', '\r', '\x1b[A', '\x1bx', '\x01', '\t', '\x1bOu'].map((text) => {
      const event = eventOf(text);
      return event?.kind === 'key' ? event.press.text : undefined;
    });
    expect(typed).toEqual(['j', ' ', '日', '', '', '', '', '', '5']);
  });

  it.each<[string, string, unknown]>([
    ['a click', '\x1b[<0;1;1M', { kind: 'click', x: 0, y: 0 }],
    ['a click far out', '\x1b[<0;240;51M', { kind: 'click', x: 239, y: 50 }],
    ['a click with Ctrl', '\x1b[<16;3;4M', { kind: 'click', x: 2, y: 3 }],
    ['its release', '\x1b[<0;1;1m', undefined],
    ['another button', '\x1b[<2;1;1M', undefined],
    ['motion', '\x1b[<32;1;1M', undefined],
    ['the wheel up', '\x1b[<64;7;8M', { kind: 'wheelup', x: 6, y: 7 }],
    ['the wheel down', '\x1b[<65;7;8M', { kind: 'wheeldown', x: 6, y: 7 }],
    ['the wheel sideways', '\x1b[<66;7;8M', undefined],
    ['no place', '\x1b[<0;0;1M', undefined],
    ['a click in the old form', '\x1b[M !"', { kind: 'click', x: 0, y: 1 }],
    ['a release in the old form', '\x1b[M#!!', undefined],
    ['the wheel in the old form', '\x1b[Ma!!', { kind: 'wheeldown', x: 0, y: 0 }],
  ])('of the mouse: %s', (_, text, wanted) => {
    const event = eventOf(text);
    expect(event?.kind === 'mouse' ? event.event : event).toEqual(wanted);
  });

  it('of the window tells its focus', () => {
    expect([eventOf('\x1b[I'), eventOf('\x1b[O')]).toEqual([
      { kind: 'focus', isFocused: true },
      { kind: 'focus', isFocused: false },
    ]);
  });
});
