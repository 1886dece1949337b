#!/usr/bin/env bash
# SIGSTOP past the lease, then SIGCONT: of a stage process, of its launcher, of its step, of the host agent.
# ci: no
# seconds: 600
# shellcheck source=lib/group.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/group.sh"
drive stop
