import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { type Finding, findingsOf, judge } from './lib/findings.ts';
import { handOn } from './lib/hand-on.ts';
import { type KnownPattern, parseKnown } from './lib/known-patterns.ts';
import { readTries } from './lib/manifest.ts';
import { type Member, readMembers } from './lib/members.ts';
import type { Summary } from './lib/retrieval.ts';
import { numberParam, readJson, runStep, say, type Task, writeResult } from './lib/step.ts';
import { EXIT, reading, StepError } from './lib/step-errors.ts';

const LEAST = 0.5;
const ABOUT = `
quality: is there anything about an aggregate's granules that nobody has seen before?

Reads the logs of all tries of its granules ($SLATE_MEMBERS), and how their soundings came out. Lines that tell of trouble and match none of the
known patterns are new: then it is exit code 3, for a person to look. Leaves <dataset>_quality.json: what is new, by message, and what was
ignored, by pattern.

Parameters: known (a YAML file of known patterns: a list with pattern, reason and perhaps until; default: $KNOWN), good (${LEAST}: least part of a
granule's soundings that must come out good).
`;

runStep('quality', ABOUT, quality);

function quality(task: Task): void {
  const members = readMembers(task);
  if (members.length === 0) throw new StepError(EXIT.usage, 'no granules: SLATE_MEMBERS names none');
  const known = readKnown(task);
  const least = numberParam(task, 'good', LEAST, 0, 1);
  const { SLATE_HOME: home = '', SLATE_BOARD: name = '' } = task.env;
  const board = join(home, 'blackboard', name);
  let logs = 0;
  const findings = members.flatMap((member): Finding[] => {
    const tries = readTries(board, member.dataset).filter(({ posted }) => posted === member.posted);
    logs += tries.length;
    const told = tries.flatMap(({ log, outcome }) => {
      const path = join(board, log);
      return findingsOf(
        member.dataset,
        log,
        outcome,
        reading(path, () => readFileSync(path, 'utf8')),
      );
    });
    return [...told, ...ofResult(member, least)];
  });
  const today = new Date().toISOString().slice(0, 10);
  const { ignored, found } = judge(findings, known, today);
  const hidden = ignored.reduce((sum, { count }) => sum + count, 0);
  say(`${members.length} granules, ${logs} logs: ${findings.length} findings, ${hidden} of them known`);
  for (const { pattern, reason, count, granules } of ignored)
    if (count > 0) say(`ignored ${count} in ${granules} granules: /${pattern}/ (${reason})`);
  for (const { message, count, granules, example, expired } of found)
    say(
      `NEW ${count} in ${granules.length} granules${expired === null ? '' : `, known until ${expired}`}: ${message}\n  ${example.where}: ${example.text}`,
    );
  const report = { schemaVersion: 1, aggregate: task.dataset, granules: members.length, logs, new: found, ignored };
  writeResult(task, `${task.dataset}_quality.json`, `${JSON.stringify(report, null, 2)}\n`);
  const [first] = found;
  if (first === undefined) return;
  const reason = `${found.length} new ${found.length === 1 ? 'message' : 'messages'}: ${first.message}`;
  handOn(task, {}, reason);
  throw new StepError(EXIT.hold, `${reason}; look, then release it (mend), skip it (accept), or add a known pattern`);
}

function readKnown(task: Task): KnownPattern[] {
  const given = task.params.known ?? task.env.KNOWN;
  if (typeof given !== 'string' || given === '') return [];
  const path = isAbsolute(given) ? given : resolve(task.env.SLATE_HOME ?? '', given);
  return reading(path, () => parseKnown(readFileSync(path, 'utf8')));
}

/** What a granule's result tells of trouble. */
function ofResult({ dataset, state, ready, products }: Member, least: number): Finding[] {
  const folder = products.download;
  if (folder === undefined || !ready)
    return [{ granule: dataset, where: state, text: `the granule ${dataset} is not done: ${state || 'unknown'}` }];
  const path = join(folder, `${dataset}_ret.json`);
  const { soundings, outcomes } = readJson(path) as unknown as Summary;
  if (outcomes.good >= least * soundings) return [];
  const text = `only ${outcomes.good} of ${soundings} soundings came out good, less than ${least} of them`;
  return [{ granule: dataset, where: path, text }];
}
