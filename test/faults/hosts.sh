#!/usr/bin/env bash
# Hosts as namespaces, switched off one after the other with all that runs on them, while others work and people use mv.
# ci: yes
# seconds: 900
# shellcheck source=lib/group.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/group.sh"
drive hosts
