#!/usr/bin/env bash
# What root has to do for the tests' HTCondor: process 1 of a namespace of its own, with the root folder of another Debian and
# this host's /tmp in it. It is told by lines, answers each with one, and ends with its stdin; all that runs here ends with it.
#
#   start NAME WORD…   a daemon, in the other root: variables, then the command
#   kill NAME          it, and all that has come of it
#   reset              all of them
set -euo pipefail
root=$1
user=$2
declare -A pids

mount --make-rprivate /
# Its starter wants the root folder to be a mount point.
mount --bind "$root" "$root"
mount --bind /tmp "$root/tmp"
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount --bind /etc/hosts "$root/etc/hosts"

family() {
  local child
  printf '%s\n' "$1"
  for child in $(pgrep -P "$1" || true); do family "$child"; done
}

echo ready
# The shell says of each that was killed that it was.
exec 2>/dev/null
while read -r what name rest; do
  case $what in
    start)
      read -ra words <<<"$rest"
      chroot --userspec="$user" "$root" /usr/bin/env "${words[@]}" </dev/null >/dev/null 2>&1 &
      pids[$name]=$!
      ;;
    kill)
      mapfile -t all < <(family "${pids[$name]}")
      kill -KILL "${all[@]}" || true
      wait "${pids[$name]}" || true
      ;;
    reset)
      # All but process 1, which this is.
      kill -KILL -1 || true
      wait || true
      pids=()
      ;;
  esac
  echo "done $what $name"
done
