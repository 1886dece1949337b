/** What others have put where the views of a transactional board are shown is left alone, and said. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { boardPath, entry, makeBoard, slate, slateOk, tempFolder } from '../../helpers/home.ts';
import { fifo, folder } from '../../hostile/plant.ts';

test('a foreign link, folder, file or pipe under published/ is neither followed nor replaced', async () => {
  const home = await makeBoard(
    { a: `shell: 'echo x > "$SLATE_PRODUCTS/x"'\nproducts: true` },
    undefined,
    'transaction: true\n',
  );
  const out = tempFolder();
  fs.writeFileSync(`${out}/precious`, 'precious');
  const at = (name: string): string => boardPath(home, `published/${name}`);
  fs.symlinkSync(out, at('outside'));
  fs.symlinkSync('../products/other/20261121T120000/.view.1', at('forged'));
  fs.symlinkSync('../../../../../../etc', at('above'));
  folder(at('folder'));
  fs.writeFileSync(at('file'), 'mine');
  fifo(at('pipe'));
  const foreign = ['outside', 'forged', 'above', 'folder', 'file', 'pipe'];
  await slateOk(home, ['post', 'honest', ...foreign]);
  const { code, stderr } = await slate(home, ['run', '--until-idle']);
  expect([0, 1], stderr).toContain(code);
  expect(stderr).not.toContain('TypeError');
  expect(fs.readFileSync(`${at('honest')}/a/x`, 'utf8')).toBe('x\n');
  expect(entry(home, 'honest')?.folder).toMatch(/^done\//);
  expect(fs.readdirSync(out)).toEqual(['precious']);
  expect(fs.readlinkSync(at('outside'))).toBe(out);
  expect(fs.readFileSync(at('file'), 'utf8')).toBe('mine');
  expect(fs.existsSync(`${at('folder')}/inside`)).toBe(true);
  const found = await slate(home, ['check', 'b']);
  for (const name of foreign) expect(found.stdout, name).toContain(name);
  for (const name of foreign) expect((await slate(home, ['products', name])).code).not.toBe(70);
});
