#!/usr/bin/env bash
# Faults on real processes and disks: every group test/faults/<name>.sh, or those that are named; then a table.
#
#   test/faults/run.sh [--ci] [NAME…]      --ci: the groups that say `# ci: yes`, in their quick form
#
# A group is a script whose head has the lines
#   # ci: yes                     or no
#   # needs: cmd=package …        Debian packages, installed here if the command is missing
#   # seconds: 900                its time limit, 1800 unless told
# It prints its rows as it goes, at its end `FAULTS <name>: <injected> injected, <lost> lost`, and exits with 0 or 1.
#
# It runs as root, in a mount and a pid namespace of its own, with a temporary folder of its own: however it ends, its mounts,
# its processes and its files end with it. FAULTS_QUICK=1 in its environment asks for the quick form.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
# shellcheck source=../../.ci/packages.sh
. .ci/packages.sh

quick=
names=()
for word in "$@"; do
  case $word in
  --ci) quick=1 ;;
  -*)
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
  *) names+=("$word") ;;
  esac
done

# head_line NAME KEY: what the group's head says after `# KEY:`.
head_line() {
  sed -n "/^#/!q; s/^# $2: *//p" "test/faults/$1.sh" | head -1
}

if [ "${#names[@]}" -eq 0 ]; then
  for file in test/faults/*.sh; do
    name=$(basename "$file" .sh)
    [ "$name" != run ] || continue
    [ -z "$quick" ] || [ "$(head_line "$name" ci)" = yes ] || continue
    names+=("$name")
  done
fi
for name in "${names[@]}"; do
  if [ ! -f "test/faults/$name.sh" ] || [ "$name" = run ]; then
    printf 'there is no group %s: see test/faults/\n' "$name" >&2
    exit 2
  fi
done

node tools/setup.mjs build
as_root=(sudo -n)
[ "$(id -u)" -ne 0 ] || as_root=()
work=$(mktemp -d "${TMPDIR:-/tmp}/slate-faults-XXXXXX")
job=
# shellcheck disable=SC2317 # by the trap
cleanup() {
  # `timeout` passes it on, and kills a moment later; with the namespace's first process all others end.
  [ -z "$job" ] || { kill -TERM "$job" && wait "$job"; } 2>/dev/null || true
  as_root rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Where there are no namespaces to be had the groups clean up as well as they can by themselves.
namespaces=(unshare --mount --pid --fork --kill-child --mount-proc)
as_root "${namespaces[@]}" true 2>/dev/null || namespaces=()

# A group's output is shown as it comes and kept in $work/<name>.out.
run_group() {
  local name=$1 status=0 limit needs
  limit=$(head_line "$name" seconds)
  read -r -a needs <<<"$(head_line "$name" needs)"
  packages "${needs[@]}"
  printf '\n== faults: %s\n' "$name"
  mkdir "$work/tmp.$name"
  exec {out}> >(exec tee "$work/$name.out")
  local tee=$!
  # No function: what `$!` names must be what is to be ended.
  "${as_root[@]}" env "PATH=$PATH:/usr/sbin:/sbin" "TMPDIR=$work/tmp.$name" "FAULTS_QUICK=$quick" \
    timeout --kill-after=2 "${limit:-1800}" "${namespaces[@]}" bash "$root/test/faults/$name.sh" \
    </dev/null >&"$out" 2>&1 {out}>&- &
  job=$!
  wait "$job" || status=$?
  job=
  exec {out}>&-
  wait "$tee" || true
  as_root rm -rf "$work/tmp.$name"
  return "$status"
}

failed=0
all_injected=0
all_lost=0
for name in "${names[@]}"; do
  start=$SECONDS
  result=ok
  status=0
  run_group "$name" || status=$?
  injected=-
  lost=-
  line=$(sed -n "s/^FAULTS $name: \([0-9]*\) injected, \([0-9]*\) lost\$/\1 \2/p" "$work/$name.out" | tail -1)
  if [ -n "$line" ]; then
    read -r injected lost <<<"$line"
    all_injected=$((all_injected + injected))
    all_lost=$((all_lost + lost))
  fi
  if [ "$status" -ne 0 ] || [ "$lost" != 0 ] || [ "$injected" = 0 ]; then
    result="FAILED (exit $status)"
    failed=1
  fi
  printf '%-12s %9s %6s %8s  %s\n' "$name" "$injected" "$lost" "$((SECONDS - start))" "$result" >>"$work/table"
done
printf '\n%-12s %9s %6s %8s\n' group injected lost seconds
cat "$work/table"
printf '%-12s %9s %6s\n' together "$all_injected" "$all_lost"
exit "$failed"
