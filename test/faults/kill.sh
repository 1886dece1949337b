#!/usr/bin/env bash
# SIGKILL before every mutating system call of post, claim, finish, publish, retry, split, batch, commit, sweep, repipe,
# remove and retention: the board is mended by what is run next, and nothing is lost.
# ci: yes
# needs: strace=strace
# seconds: 3000
# shellcheck source=lib/group.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/group.sh"
drive kill
