#!/usr/bin/env bash
# A disk that hangs: a FUSE file system whose server is stopped, an ext4 that is frozen. Commands can be interrupted, the dashboard says so,
# and when it answers again everything goes on.
# ci: yes
# needs: bindfs=bindfs fusermount3=fuse3 mkfs.ext4=e2fsprogs xfs_io=xfsprogs tmux=tmux
# seconds: 600
# shellcheck source=lib/group.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/group.sh"
drive hang
