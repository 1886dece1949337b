#!/usr/bin/env bash
# Seeded defects: the history checker finds each of them. Lost are those that it misses.
# ci: yes
# seconds: 600
# shellcheck source=lib/group.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/group.sh"
drive mutations
