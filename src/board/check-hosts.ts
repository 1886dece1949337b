/** What is wrong with what is wanted on the hosts of a board, told to a person. */
import { HOSTS_FOLDER } from '../model/name.ts';
import type { Board } from './board.ts';
import type { Finding } from './finding.ts';
import { hostRows } from './hosts.ts';
import { processRows } from './processes.ts';
import { isRead, readListed, readWishes } from './wishes.ts';

export function checkHosts(board: Board): Finding[] {
  const listed = readListed(board);
  const rows = hostRows(board, processRows(board)).filter(({ host }) => listed.hosts.includes(host));
  const strange = listed.strange.map(
    ([name, why]): Finding => ({
      severity: 'fault',
      where: `${HOSTS_FOLDER}/${name}`,
      message: `${why}: move it away`,
      fixed: false,
    }),
  );
  const found = rows.flatMap((row) => {
    const where = `${HOSTS_FOLDER}/${row.host}`;
    const say = (severity: Finding['severity'], message: string, file = ''): Finding => {
      return { severity, where: file === '' ? where : `${where}/${file}`, message, fixed: false };
    };
    const read = readWishes(board, row.host);
    if (!isRead(read)) return [say('fault', `can't be read: ${read.unread}; what runs there is left as it is`)];
    const findings = read.foreign.map(([file, why]) =>
      say('fault', `is no wish: ${why}: rename it, or remove it`, file),
    );
    for (const [, files] of read.torn)
      findings.push(
        say('fault', `contradict each other: what runs is left as it is; remove all but one`, files.join(', ')),
      );
    for (const wish of read.wishes.values()) {
      const unknown = wish.stages.filter((stage) => board.column(stage) < 0);
      if (unknown.length > 0)
        findings.push(
          say('fault', `the board has no stage '${unknown.join("', '")}'`, `${wish.stages.join('+')}=${wish.slots}`),
        );
    }
    if (row.trouble !== '') findings.push(say('note', `its agent says: ${row.trouble}`));
    for (const { wish, state, deaths, why } of row.wishes) {
      if (state === 'crashing') findings.push(say('note', `has died ${deaths} times in a row: ${why}`, wish));
      if (state === 'missing')
        findings.push(say('note', `nothing serves it, and no agent is there: 'slate up' on ${row.host}`, wish));
    }
    if (row.agent === 'silent') findings.push(say('note', 'its agent has not been heard of for a while'));
    return findings;
  });
  return [...strange, ...found];
}
