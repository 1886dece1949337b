#!/usr/bin/env bash
# Installs the programs that `npm run bench -- peers` measures against, each from its Debian package, and says of those that
# have none what was asked. Nothing is refused: rows of what is absent are "not measured".
#
#   bench/peers.sh            installs what is missing
#   bench/peers.sh --list     only says what is there
set -euo pipefail

# PROGRAM=PACKAGE; no package: Debian 12 is known to have none under these names, which are asked for all the same.
readonly PEERS=(
  ninja=ninja-build
  make=make
  nq=nq
  parallel=parallel
  snakemake=snakemake
  slurmctld=slurmctld
  slurmd=slurmd
  sbatch=slurm-client
  munged=munge
  jug=python3-jug:jug
  luigi=python3-luigi:luigi
)
# For `npm run bench -- claim`: directory queues, as modules.
readonly MODULES=(python3-dirq libdirectory-queue-perl)

only_list=0
[ "${1:-}" != --list ] || only_list=1
# The packages' services are not wanted: the bench starts its own.
export PATH="$PATH:/usr/sbin:/sbin" RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n -E "$@"; fi
}

is_program() {
  command -v "$1" >/dev/null
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The version that could be installed; empty: none.
candidate() {
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \((none)\)\{0,1\}//p'
}

# install NAME PACKAGES IS_THERE...: the first of the packages (colons between) that there is.
install() {
  local name=$1 packages=$2 package
  shift 2
  if "$@"; then
    printf '%-28s there\n' "$name"
    return
  fi
  for package in ${packages//:/ }; do
    [ -n "$(candidate "$package")" ] || continue
    if [ "$only_list" -eq 1 ]; then
      printf '%-28s missing: package %s\n' "$name" "$package"
    elif as_root timeout --kill-after=30 600 apt-get install -y -qq --no-install-recommends "$package" </dev/null >/dev/null; then
      printf '%-28s installed: package %s\n' "$name" "$package"
    else
      printf '%-28s package %s could not be installed: not measured\n' "$name" "$package"
    fi
    return
  done
  printf '%-28s no package (apt-cache policy %s): not measured\n' "$name" "${packages//:/ }"
}

if ! command -v apt-get >/dev/null; then
  printf 'no apt-get here: install the peers by hand\n'
  exit 0
fi
if [ "$only_list" -eq 0 ]; then
  as_root timeout --kill-after=30 300 apt-get update -qq </dev/null || printf 'the package lists could not be updated\n'
fi
for peer in "${PEERS[@]}"; do
  install "${peer%%=*}" "${peer#*=}" is_program "${peer%%=*}"
done
for module in "${MODULES[@]}"; do
  install "$module" "$module" is_installed "$module"
done
