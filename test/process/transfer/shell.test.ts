import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SiteDefinition, TRANSFER_EXITS } from '../../../src/model/site.ts';
import { siteScript } from '../../../src/process/transfer/scripts.ts';
import { runThere } from '../../../src/process/transfer/shell.ts';
import { tempFolder } from '../../helpers/home.ts';

const site = (root: string, more: Partial<SiteDefinition> = {}): SiteDefinition => ({
  ...{ name: 'far', host: undefined, root, isInHome: false, run: [], upload: [], download: [] },
  ...{ resumes: false, timeoutMs: 10_000, limits: {} },
  ...more,
});
const ask = (one: SiteDefinition): Promise<string> =>
  runThere({ home: '/', site: one }, siteScript(one.root, 'pwd'), true);
/** A shell for which no folder can be entered, whoever asks. */
const CLOSING = ['sh', '-c', '{ echo "cd() { return 1; }"; cat; } | sh -s'];

describe('a site whose root', () => {
  it.each<[what: string, name: string, more: Partial<SiteDefinition>, said: string]>([
    ['is not there', 'none', {}, 'is not there on this host: mount its disk or make the folder, or mend'],
    ['is no folder', 'file', { host: 'me@far' }, 'is not there on me@far: mount its disk'],
    ['is behind a command', 'none', { run: ['env', 'A=b'] }, "is not there on the host that 'env A=b' reaches: mount"],
    [
      "can't be entered",
      '',
      { run: CLOSING, host: 'me@far' },
      "on me@far can't be entered: see to its rights there, or",
    ],
  ])('%s: which site, where, and what to do', async (_what, name, more, said) => {
    const home = tempFolder();
    fs.writeFileSync(join(home, 'file'), '');
    const root = join(home, name);
    await expect(ask(site(root, more))).rejects.toMatchObject({
      exit: TRANSFER_EXITS.failed,
      message: expect.stringMatching(/^site far: its root .* mend 'root' of far in sites\.yaml$/),
    });
    await expect(ask(site(root, more))).rejects.toThrow(`its root ${root} ${said}`);
  });

  it('is a folder of the home is made', async () => {
    const root = join(tempFolder(), 'remote/far');
    expect(await ask(site(root, { isInHome: true }))).toBe(`${fs.realpathSync(root)}\n`);
  });
});
