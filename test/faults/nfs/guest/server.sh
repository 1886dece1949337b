# Sourced on the server. /disk is what is proved, exported sync; /disk/loose is the control, exported async.
# shellcheck shell=bash
# shellcheck source=network.sh
. /slate/network.sh

# start_daemon COMMAND…: one that goes to the background by itself; what it says goes to a file.
start_daemon() {
  "$@" </dev/null >>/run/daemons.log 2>&1
}

serve() {
  network server 10.77.1.1 10.77.2.1
  modprobe ext4
  mount -t ext4 /dev/vdc /disk || return
  mkdir -p /disk/{export,loose} /disk/state/{sm,sm.bak,v4recovery,nfsdcld,nfsdcltrack} /run/rpc_pipefs /run/rpcbind
  mount -t ext4 /dev/vdd /disk/loose || return
  # What a server must remember over a power cut stands on its disk.
  mount --bind /disk/state /var/lib/nfs
  touch /var/lib/nfs/{etab,rmtab,xtab,state}
  modprobe nfsd
  mount -t rpc_pipefs rpc_pipefs /run/rpc_pipefs
  mountpoint -q /proc/fs/nfsd || mount -t nfsd nfsd /proc/fs/nfsd
  touch /etc/exports
  start_daemon rpcbind
  start_daemon nfsdcld
  # To a client of v4 /disk is the root: the guest's own root is no file system that can be exported.
  exportfs -o rw,sync,no_root_squash,no_subtree_check,fsid=0 10.77.0.0/16:/disk
  exportfs -o rw,async,no_root_squash,no_subtree_check,fsid=1 10.77.0.0/16:/disk/loose
  start_daemon rpc.mountd
  start_nfsd
}

start_nfsd() {
  rpc.nfsd --grace-time 10 --lease-time 10 4
}

# The requests that it got are done by the time it has stopped; it starts without memory of them.
restart_nfsd() {
  rpc.nfsd 0
  start_nfsd
}

# How many requests it has got.
requests() {
  sed -n 's/^rpc \([0-9]*\) .*/\1/p' /proc/net/rpc/nfsd
}

# pending BOARD…: how many entries are not at their end.
pending() {
  local board
  for board in "$@"; do
    ls /disk/export/home/blackboard/"$board"/{queue,active,gather,held,failed}
  done | grep -c '^[0-9]' || true
}

# Its disk is whole when this has ended; nothing can be done with it any more.
stop_disk() {
  sync
  echo u >/proc/sysrq-trigger
  while grep -q '/disk ext4 rw' /proc/mounts; do sleep 0.2; done
}
