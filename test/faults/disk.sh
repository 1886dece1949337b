#!/usr/bin/env bash
# Small ext4 and XFS images under a board at work: they run full, run out of inodes, get space again, and lose what was not on the
# disk yet, as in a power cut.
# ci: yes
# needs: mkfs.xfs=xfsprogs mkfs.ext4=e2fsprogs xfs_io=xfsprogs
# seconds: 900
# shellcheck source=lib/group.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/group.sh"
drive disk
