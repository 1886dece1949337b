import fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeFs } from '../../src/board/fs.ts';
import { formatPosted } from '../../src/model/name.ts';
import type { Intent } from '../../src/triggers/intent.ts';
import { choosePosted, isLive, laterPosted, postIntent } from '../../src/triggers/posting.ts';
import { Home, removeHomes } from './help.ts';

afterEach(removeHomes);

const POSTED = '20261121T235959';
const owner = { host: 'h', pid: 1, bootId: '', pidSpace: '', startTicks: '' };
const intent: Intent = {
  token: 'ab',
  owner,
  board: 'hst',
  name: 'a.fits',
  dataset: 'a',
  class: 'acs',
  rank: 50,
  params: {},
  posted: POSTED,
  input: '/zone/taken/a.fits',
  companions: [],
  since: 'then',
};

describe('postIntent', () => {
  it('posts once, however often it is called', () => {
    const { board } = new Home();
    for (let round = 0; round < 3; round++) expect(postIntent(board, intent, false)).toEqual({ kind: 'posted' });
    expect(fs.readdirSync(board.path('queue'))).toHaveLength(1);
    expect(isLive(board, 'a')).toBe(true);
  });

  it('knows its own entry when the search misses it, as it may while the entry is renamed', () => {
    const home = new Home();
    postIntent(home.board, intent, false);
    const blind = home.open({
      fs: { ...nodeFs, names: (path) => (path.endsWith('/queue') ? [] : nodeFs.names(path)) },
    });
    expect(postIntent(blind, intent, false)).toEqual({ kind: 'posted' });
    expect(postIntent(blind, { ...intent, input: '/zone/taken/a.fits~2' }, false)).toEqual({ kind: 'other' });
    expect(fs.readdirSync(home.board.path('queue'))).toHaveLength(1);
  });

  it("tells another file's run of the same second from its own", () => {
    const { board } = new Home();
    postIntent(board, intent, true);
    const other = { ...intent, input: '/zone/taken/a.fits~2' };
    expect(postIntent(board, other, false)).toEqual({ kind: 'other' });
    expect(postIntent(board, { ...other, posted: laterPosted(POSTED) }, false)).toMatchObject({ reason: 'duplicate' });
  });

  it('takes a run of which only the log is left for its own, unless it is fresh', () => {
    const { board } = new Home();
    fs.mkdirSync(board.path('logs/a'));
    fs.writeFileSync(board.path(`logs/a/${POSTED}.verify.001.ok.log`), '');
    expect(postIntent(board, intent, false)).toEqual({ kind: 'posted' });
    expect(postIntent(board, intent, true)).toEqual({ kind: 'other' });
  });
});

it('choosePosted moves on by seconds past runs that left logs or products', () => {
  const { board } = new Home();
  const from = Math.floor(board.now() / 1000) * 1000;
  const taken = Array.from({ length: 120 }, (_, second) => formatPosted(from + second * 1000));
  for (const [index, posted] of taken.entries()) {
    if (index % 2 === 0) fs.mkdirSync(board.path(`products/a/${posted}`), { recursive: true });
    else {
      fs.mkdirSync(board.path('logs/a'), { recursive: true });
      fs.writeFileSync(board.path(`logs/a/${posted}.verify.001.ok.log`), '');
    }
  }
  expect(choosePosted(board, 'a')).toBe(formatPosted(from + 120_000));
  expect(laterPosted('20261231T235959')).toBe('20270101T000000');
});
