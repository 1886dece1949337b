#!/usr/bin/env bash
# Hosts whose wall clocks are an hour ahead, an hour behind, and jump while they work.
# ci: yes
# needs: gcc=gcc bindfs=bindfs fusermount3=fuse3
# seconds: 600
# shellcheck source=lib/group.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/group.sh"
drive clock
