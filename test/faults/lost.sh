#!/usr/bin/env bash
# A rename, link, unlink or mkdir that is executed and whose answer is lost, as a file server's that dies in between: each one
# of every operation, and at random under load.
# ci: yes
# needs: gcc=gcc
# seconds: 3000
# shellcheck source=lib/group.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/group.sh"
drive lost
