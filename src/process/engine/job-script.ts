/** The shell scripts of a submission: what the engine starts, what runs one job, and each job's own step. Pure. */
import { type JobFileContext, renderJobFile } from '../../definitions/job-template.ts';
import { shellQuote } from '../../definitions/shell-scan.ts';
import type { EngineDefinition } from '../../model/engine.ts';
import { endFile, startMark, stepFile } from '../../model/name.ts';
import type { Launch } from '../launcher.ts';

/**
 * What the engine starts for each job: the site's own file, or its own lines and then the step. Not every engine can add what
 * several jobs print to one file: each does so itself.
 * @throws TemplateError
 */
export function jobScript(
  engine: EngineDefinition,
  { runner, log }: { readonly runner: string; readonly log: string },
  indexVariable: string,
  context: Omit<JobFileContext, 'run'>,
): string {
  const run = `/bin/sh ${shellQuote(runner)} "\${${indexVariable}}"`;
  const to = `>>${shellQuote(log)} 2>&1`;
  if (engine.template !== undefined) return renderJobFile(engine.template, engine, { ...context, run: `${run} ${to}` });
  const own = engine.setup === '' ? '' : `${engine.setup.trimEnd()}\n`;
  return `#!/bin/sh\nexec ${to}\n${own}exec ${run}\n`;
}

/** Where a node tells of memory. */
export interface NodePlaces {
  readonly time: string;
  /** Where control groups are mounted, and which one a process is in. */
  readonly groups: string;
  readonly own: string;
}

export const NODE_PLACES: NodePlaces = {
  time: '/usr/bin/time',
  groups: '/sys/fs/cgroup',
  own: '/proc/self/cgroup',
};

/** How long a job tries what a full disk refuses. */
export interface Patience {
  readonly times: number;
  /** Between two of them. */
  readonly seconds: number;
}

const PATIENCE: Patience = { times: 60, seconds: 5 };

/**
 * Runs the step of one job, once: who makes the mark decides, and a job that is started again by whomever ends at once. Its
 * end is told in a file that appears whole. How much memory it took is told by GNU time; where that is missing, by the
 * job's control group, if nothing else was in that when the job began: else it would be told of others. What the shell can
 * read by itself starts no program: short steps would wait for those.
 *
 * A disk that is full must not make a failure of a step that did its work: mark and end are tried for minutes. The step says by
 * a descriptor, which needs no disk, that it has its log and its folder; one that ended before that has not begun.
 * @param folder absolute, of the submission
 */
export function runnerScript(folder: string, places = NODE_PLACES, patience = PATIENCE): string {
  const at = (file: string): string => `"$dir/${file}"`;
  const { time, own } = places;
  const groups = shellQuote(places.groups);
  const step = (by: string): string =>
    `told=$(${by}/bin/sh ${at(stepFile(0).replace('0', '$n'))} 3>&1 >&2; echo "$?")\n  code=$?`;
  const mark = at(startMark(0).replace('0', '$n'));
  const end = at(endFile(0).replace('0', '$n'));
  return `#!/bin/sh
dir=${shellQuote(folder)}
n=$1
tried=0
again() {
  [ -d "$dir" ] && [ $tried -lt ${patience.times} ] || return 1
  tried=$((tried + 1))
  sleep ${patience.seconds}
}
until mkdir ${mark} 2>/dev/null; do
  if [ -e ${mark} ]; then exit 0; fi
  again || exit 1
done
read -r node 2>/dev/null </proc/sys/kernel/hostname || node=$(uname -n)
now() {
  ms=$(date +%s%3N)
  case $ms in '' | *[!0-9]*) ms=$(date +%s)000 ;; esac
}
uptime() {
  read -r up rest 2>/dev/null </proc/uptime || return 1
  case $up in 0* | *[!0-9.]* | *.*.*) return 1 ;; *.??) ;; *) return 1 ;; esac
  up=\${up%.*}\${up#*.}0
}
alone() {
  while read -r pid; do [ "$pid" = $$ ] || return 1; done 2>/dev/null <"$1/cgroup.procs"
}
peak=
group=
now
start=$ms
begun=
uptime && begun=$up
if [ -x ${shellQuote(time)} ] && ${shellQuote(time)} -f %M -o /dev/null true 2>/dev/null; then
  ${step(`${shellQuote(time)} -q -f %M -o ${at('$n.peak')} `)}
  if [ -f ${at('$n.peak')} ]; then while read -r line; do peak=$line; done <${at('$n.peak')}; fi
else
  if [ -r ${shellQuote(own)} ]; then
    while IFS=: read -r number kinds path; do
      case $number:$kinds in
        0:) file=${groups}$path/memory.peak ;;
        *:memory) file=${groups}/memory$path/memory.max_usage_in_bytes ;;
        *) continue ;;
      esac
      if [ -r "$file" ] && alone "\${file%/*}"; then group=$file; fi
    done <${shellQuote(own)}
  fi
  ${step('')}
  if [ -n "$group" ] && read -r peak 2>/dev/null <"$group"; then
    case $peak in '' | *[!0-9]*) ;; *) peak=$((peak / 1024)) ;; esac
  fi
fi
case $peak in *[!0-9]*) peak= ;; esac
if [ -n "$begun" ] && uptime; then
  took=$((up - begun))
else
  now
  took=$((ms - start))
fi
[ $took -ge 0 ] || took=0
rest=$((took % 1000 + 1000))
case $told in
  b*)
    told=\${told#b}
    code=$((\${told:-$code}))
    end="code $code seconds $((took / 1000)).\${rest#1} node $node peak $peak start $start"
    ;;
  *)
    code=1
    end="unstarted node $node start $start"
    ;;
esac
tried=0
until {
  printf '%s\\n' "$end" >${at('$n.new')} && IFS= read -r line <${at('$n.new')} && [ "$line" = "$end" ] &&
    mv ${at('$n.new')} ${end}
} 2>/dev/null; do
  again || break
done
exit "$code"
`;
}

/** What a step has of the stage process that submits it. */
export interface Inherited {
  /** Undefined: the node's own. */
  readonly umask: number | undefined;
  /** Names of variables of a try that the process is given itself, and its engine may hand on. */
  readonly strange: readonly string[];
}

/** The step itself: folder, variables, log, program. */
export function stepScript(
  { file, args, cwd, env, log }: Launch,
  { umask, strange }: Inherited,
  patience = PATIENCE,
): string {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  const to = shellQuote(log);
  return [
    ...(umask === undefined ? [] : [`umask ${umask.toString(8).padStart(4, '0')}`]),
    'tried=0',
    // `true` and not `:`, whose failure would end the shell.
    `until { true >>${to} && cd ${shellQuote(cwd)}; } 2>/dev/null; do`,
    `  [ $tried -lt ${patience.times} ] || exit 1`,
    '  tried=$((tried + 1))',
    `  sleep ${patience.seconds}`,
    'done',
    `exec </dev/null >>${to} 2>&1`,
    ...(strange.length === 0 ? [] : [`unset ${strange.join(' ')}`]),
    ...lines,
    '{ echo b >&3; } 2>/dev/null',
    'exec 3>&-',
    `exec ${[file, ...args].map(shellQuote).join(' ')}`,
    '',
  ].join('\n');
}
