# What groups whose faults are written in TypeScript have in common. Sourced by them, not run.
# shellcheck shell=bash
set -euo pipefail

# drive NAME: runs test/faults/NAME.faults.ts. Its rows are shown as they come, what the tests say only if one fails; then the
# line that the runner waits for.
drive() {
  local name=$1 folder tests status=0
  folder=$(mktemp -d)
  : >"$folder/rows"
  cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
  CI=true FAULTS_ROWS=$folder/rows node_modules/.bin/vitest run --config vitest.faults.config.ts \
    "test/faults/$name.faults.ts" >"$folder/out" 2>&1 &
  tests=$!
  tail -s 0.2 -n +1 -f --pid "$tests" "$folder/rows" |
    while IFS=$'\t' read -r fault injected lost note; do
      printf '%-60s %6d injected %3d lost  %s\n' "$fault" "$injected" "$lost" "$note"
    done
  wait "$tests" || status=$?
  [ "$status" -eq 0 ] || cat "$folder/out"
  awk -F'\t' -v name="$name" '{ injected += $2; lost += $3 }
    END { printf "FAULTS %s: %d injected, %d lost\n", name, injected, lost }' "$folder/rows"
  rm -rf "$folder"
  return "$status"
}
