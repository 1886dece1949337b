#!/usr/bin/env bash
# ci: no
# seconds: 3600
# The protocol on a disk in memory that fails in every way: thousands of runs of stage processes, posters, sweepers and
# people, interleaved call by call (test/faults/memory/memory.test.ts; a few of them run with `npm test`).
#
#   test/faults/memory.sh [RUNS [SEED]]
#
# Prints how often each fault was met, the plans of runs that lost something, and a last line with both counts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

report=$(mktemp)
trap 'rm -f "$report"' EXIT
status=0
runs=${1:-3000}
[ -z "${FAULTS_QUICK:-}" ] || runs=200
FAULT_RUNS=$runs FAULT_SEED=${2:-1} FAULT_REPORT=$report \
  node_modules/.bin/vitest run test/faults/memory -t 'as often as asked for' --reporter=dot >&2 || status=$?
cat "$report"
[ -s "$report" ] || printf 'FAULTS memory: 0 injected, 1 lost\n'
exit "$status"
