#!/usr/bin/env bash
# A soak of ten minutes: 5 hosts with an agent each, 50,000 entries, kills, freezes, a disk that runs full, mv by hand. The quick
# form takes a minute. SOAK_ENTRIES, SOAK_MINUTES, SOAK_HOSTS and SOAK_SEED ask for another.
# ci: yes
# needs: unshare=util-linux mkfs.ext4=e2fsprogs
# seconds: 4500
# shellcheck source=lib/group.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/group.sh"
drive soak
