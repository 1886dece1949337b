#!/usr/bin/env bash
# Hostile input by the gigabyte, really written: logs, journals, lists, what services and steps say. What is watched is the
# memory of who reads or runs it, that nothing hangs, and that no entry is lost.
# ci: no
# seconds: 2400
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

GB=$((1024 * 1024 * 1024))
# The quick form has the same, by a sixteenth.
[ -z "${FAULTS_QUICK:-}" ] || GB=$((GB / 16))
export GB
# What a stage process or a command may take of memory, KB.
MOST_KB=$((600 * 1024))
slate=$PWD/dist/slate.js
work=$(mktemp -d "${SLATE_FAULTS_TMP:-${TMPDIR:-/tmp}}/slate-hostile-XXXXXX")
tried=0
lost=0
running=()

finish() {
  local pid
  for pid in "${running[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

say() { printf '%s\n' "$*"; }

bad() {
  lost=$((lost + 1))
  say "NOT OK: $*"
}

# judge NAME COMMAND...: one injection more; it is lost if the command fails.
judge() {
  local name=$1
  shift
  tried=$((tried + 1))
  if "$@"; then say "ok: $name"; else bad "$name"; fi
}

# measured SECONDS OUTPUT COMMAND...: runs it; sets `peak` to its memory's peak in KB and `status` to its exit code.
peak=0
status=0
measured() {
  local seconds=$1 output=$2 pid kb
  shift 2
  peak=0
  status=0
  timeout --kill-after=5 "$seconds" "$@" >"$output" 2>"$output.err" </dev/null &
  pid=$!
  running+=("$pid")
  while kill -0 "$pid" 2>/dev/null; do
    # The command is the child of `timeout`.
    # shellcheck disable=SC2016 # it is the other shell's
    kb=$(xargs -r -n1 sh -c 'sed -n "s/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$0/status" 2>/dev/null' \
      <"/proc/$pid/task/$pid/children" 2>/dev/null | sort -n | tail -1 || true)
    if [ "${kb:-0}" -gt "$peak" ]; then peak=$kb; fi
    sleep 0.1
  done
  wait "$pid" || status=$?
}

small() { [ "$peak" -gt 0 ] && [ "$peak" -lt "$MOST_KB" ]; }

# home STAGE-LINES...: a home with a pipeline of one stage `a` and a board `b`.
home=
home() {
  home=$(mktemp -d "$work/home-XXXX")
  mkdir "$home/pipelines" "$home/stages" "$home/blackboard" "$home/tools"
  printf 'pipeline: p\nstages:\n  - {stage: a}\n' >"$home/pipelines/p.yaml"
  { printf 'stage: a\n'; printf '%s\n' "$@"; } >"$home/stages/a.yaml"
  node "$slate" --home "$home" create b --pipeline p >/dev/null
}

run() { node "$slate" --home "$home" --board b "$@"; }

# stands DATASET FOLDER LETTERS
stands() { compgen -G "$home/blackboard/b/$2/*.$3.*.$1*" >/dev/null || compgen -G "$home/blackboard/b/$2/*/*.$3.*.$1*" >/dev/null; }

# ended DATASET FOLDER LETTERS: the run was small and ended well, and the entry stands there.
ended() { [ "$status" -le 1 ] && small && stands "$@"; }

say "== a step that writes 3 GiB to its log"
home "shell: 'yes \"a line of some length, again and again and again and again\" | head -c $((3 * GB)); printf \"the end\\n\"'"
run post one >/dev/null
measured 600 "$work/run" node "$slate" --home "$home" run --board b --until-idle
judge "the stage process took $((peak / 1024)) MB" ended one 'done' c
measured 60 "$work/show" node "$slate" --home "$home" --board b show one
judge "slate show took $((peak / 1024)) MB" test "$status" -eq 0
judge "slate show is small" small
measured 300 "$work/log" sh -c "node '$slate' --home '$home' --board b log one | tail -c 8"
judge 'slate log tells all of it to its end' grep -qx 'the end' "$work/log"
measured 300 /dev/null node "$slate" --home "$home" --board b log one
judge "slate log took $((peak / 1024)) MB" small
rm -rf "$home"

say "== a step that writes one line of 1 GiB, without an end"
home "shell: 'tr \"\\\\0\" x < /dev/zero | head -c $GB'"
run post one >/dev/null
measured 300 "$work/run" node "$slate" --home "$home" run --board b --until-idle
judge "the stage process took $((peak / 1024)) MB" ended one 'done' c
measured 60 "$work/show" node "$slate" --home "$home" --board b show one
judge "slate show took $((peak / 1024)) MB" small
rm -rf "$home"

say "== a service that floods its errors with 1 GiB, then its answers with a line of 1 GiB"
home "service: true" "command: [/bin/sh, '$work/service.sh']"
cat >"$work/service.sh" <<'END'
echo '{"ready": true}'
while read -r line; do
  id=$(printf '%s' "$line" | sed 's/.*"id": *"\([^"]*\)".*/\1/')
  case $line in
    *flood*) yes 'an error, and another error' | head -c "$GB" >&2 ;;
    *endless*) head -c "$GB" /dev/zero | tr '\0' x ;;
  esac
  printf '{"id": "%s", "exit": 0}\n' "$id"
done
END
run post flood quiet >/dev/null
measured 300 "$work/run" node "$slate" --home "$home" run --board b --until-idle
judge "errors: the stage process took $((peak / 1024)) MB" ended flood 'done' c
judge 'errors: the log has the last of them' test "$(du -sm "$home/blackboard/b/logs/flood" | cut -f1)" -ge 60
judge 'errors: the next entry was served' stands quiet 'done' c
run post endless later >/dev/null
measured 300 "$work/run" node "$slate" --home "$home" run --board b --until-idle
judge "answers: the stage process took $((peak / 1024)) MB" ended endless failed f
judge 'answers: the next entry was served' stands later 'done' c
rm -rf "$home"

say "== a batch that tells 2 GiB of outcomes"
home "shell: 'yes \"{\\\"dataset\\\": 1}\" | head -c $((2 * GB)) > \"\$SLATE_OUTCOMES\"'" 'batch: {most: 5}'
run post one two >/dev/null
measured 300 "$work/run" node "$slate" --home "$home" run --board b --until-idle
judge "the stage process took $((peak / 1024)) MB" ended one 'done' c
rm -rf "$home"

say "== a journal of 2 GiB of garbage, and one line of 1 GiB"
home 'command: [/bin/true]'
run post one >/dev/null
run run --until-idle 2>/dev/null
mkdir -p "$home/blackboard/b/journal/2026-11-21"
# `yes` ends by its broken pipe, which is meant.
{ yes 'garbage {"t":"2026-11-21T12:00:00.000Z","event":"claim","dataset":"one"' || true; } | head -c $((2 * GB)) >"$home/blackboard/b/journal/2026-11-21/garbage.w.jsonl"
{ head -c "$GB" /dev/zero | tr '\0' x; printf '\n{"t":"2026-11-21T12:00:00.000Z","event":"order"}\n'; } >"$home/blackboard/b/journal/2026-11-21/long.w.jsonl"
for words in 'history one' 'history' 'stats' 'show one' 'check b --history'; do
  # shellcheck disable=SC2086 # words are meant
  measured 600 "$work/out" node "$slate" --home "$home" --board b $words
  judge "slate $words took $((peak / 1024)) MB" small
  judge "slate $words ended ($status)" test "$status" -le 1
done
judge 'the line behind the long one is read' sh -c "node '$slate' --home '$home' --board b history --jsonl | grep -q '\"event\":\"order\"'"
rm -rf "$home"

say "== lists of gigabytes"
home 'command: [/bin/true]'
measured 300 "$work/out" sh -c "yes | tr -d '\\n' | head -c $((2 * GB)) | node '$slate' --home '$home' --board b post --from -"
judge 'a line of 2 GiB on standard input is refused' test "$status" -eq 2
head -c $((2 * GB)) /dev/zero >"$work/zeros"
measured 300 "$work/out" node "$slate" --home "$home" --board b post --from "$work/zeros"
judge 'a file of zeros is refused' test "$status" -eq 2
judge "it took $((peak / 1024)) MB" small
rm -f "$work/zeros"
judge 'nothing was posted' sh -c "! ls '$home/blackboard/b/queue' | grep -q ."
rm -rf "$home"

say "== an entry with 200 MB of parameters"
home "shell: 'wc -c < \"\$SLATE_PARAMS\"'"
node -e 'process.stdout.write(JSON.stringify({dataset: "big", params: {x: "y".repeat(5e7)}}) + "\n" + JSON.stringify({dataset: "small"}))' |
  run post --from - >/dev/null
measured 300 "$work/run" node "$slate" --home "$home" run --board b --until-idle
judge 'it is run' stands big 'done' c
judge 'so is the one beside it' stands small 'done' c
node -e 'const fs = require("fs"); const f = fs.openSync(process.argv[1], "w"); fs.writeSync(f, "{\"a\":\""); for (let i = 0; i < 300; i++) fs.writeSync(f, "x".repeat(2 ** 20)); fs.writeSync(f, "\"}");' \
  "$home/blackboard/b/queue/50.20261121T120000.w.000.-.huge"
measured 300 "$work/run" node "$slate" --home "$home" run --board b --until-idle
judge 'one of 300 MB that was put there by hand is held' stands huge held h
rm -rf "$home"

printf 'FAULTS hostile: %s injected, %s lost\n' "$tried" "$lost"
[ "$lost" -eq 0 ]
