# Sourced on a client.
# shellcheck shell=bash
# shellcheck source=network.sh
. /slate/network.sh

# connect NAME ADDRESS SERVER: one mount for each version, each with caches of its own, and the loose export.
connect() {
  network "$1" "$2"
  mkdir -p /mnt/v3 /mnt/v42 /mnt/loose
  modprobe nfsv3
  modprobe nfsv4
  # Patient as mounts are; a connection that is silent for 5 s is made anew.
  local options=hard,timeo=50,retrans=2
  mount.nfs "$3:/disk/export" /mnt/v3 -o "vers=3,nolock,$options" &&
    mount.nfs "$3:/export" /mnt/v42 -o "vers=4.2,$options" &&
    mount.nfs "$3:/loose" /mnt/loose -o "vers=4.2,$options"
}

# start_run MOUNT BOARD: a stage process that goes on until it is told to end.
start_run() {
  setsid slate --home "/mnt/$1/home" --board "$2" run --slots 2 </dev/null >>"/run/$2.$1.log" 2>&1 &
}

# start_poster MOUNT NAME BOARD…
start_poster() {
  local mount=$1
  shift
  setsid node /slate/poster.mjs "/mnt/$mount/home" "$@" </dev/null >>/run/poster.log 2>&1 &
}

# start_witness FOLDER NAME [--links]
start_witness() {
  setsid python3 /slate/witness.py "$@" </dev/null >>/run/witness.log 2>&1 &
}

stop_load() {
  touch /run/stop
  while pgrep -f 'poster.mjs|witness.py' >/dev/null; do sleep 0.2; done
  rm -f /run/stop
}

# stop_runs [MOUNT]: they end by themselves, with nothing in hand.
stop_runs() {
  local which="slate.js --home /mnt/${1:-}/home .*run --slots"
  [ $# -gt 0 ] || which='slate.js .*run --slots'
  pkill -TERM -f "$which" || return 0
  while pgrep -f "$which" >/dev/null; do sleep 0.2; done
}

# renames_failed MOUNT: how many were answered with an error.
renames_failed() {
  sed -n "/ mounted on \/mnt\/$1 with /,/^device /p" /proc/self/mountstats | sed -n 's/^[[:space:]]*RENAME: .* \([0-9]*\)$/\1/p'
}
