#!/usr/bin/env bash
# Real NFS: Debian's kernel server and two clients, over NFSv3 and v4.2, each a virtual machine with a kernel, a clock and caches
# of its own. Competing claims, lost replies across restarts of the server, power cuts of clients and of the server in each
# durability setting, and how soon a polled board starts what another host has posted.
#
# With KVM where that works, else without it: that takes several times as long. The guests are made once, of Debian's packages
# of the day, in a folder below /var/tmp.
# ci: no
# needs: qemu-system-x86_64=qemu-system-x86 cpio=cpio depmod=kmod mke2fs=e2fsprogs xz=xz-utils
# seconds: 3600
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/group.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PATH="$PATH:/usr/sbin:/sbin"

work=$(mktemp -d "${TMPDIR:-/tmp}/slate-nfs-XXXXXX")
trap 'rm -rf "$work"' EXIT
NFS_GUESTS=$(test/faults/nfs/guests.sh)
test/faults/nfs/tested.sh "$work/tested.img"
export NFS_GUESTS NFS_WORK=$work
drive nfs
