#!/usr/bin/env bash
# Debian 13 with HTCondor in a folder, made once and kept: prints where. Older releases have no HTCondor. Needs root.
set -euo pipefail
release=trixie
root=/var/tmp/slateboard-htcondor-$(id -u)-$release

say() {
  printf 'root.sh: %s\n' "$*" >&2
}

if [ ! -e "$root" ]; then
  if [ "$(id -u)" -ne 0 ]; then
    say "run it as root: it makes a root folder of Debian $release, and mounts in it"
    exit 1
  fi
  if ! command -v mmdebstrap >/dev/null; then
    say 'it needs the package mmdebstrap'
    exit 1
  fi
  # The machine's own mirror of Debian has the other releases as well.
  # shellcheck disable=SC2016 # Written for apt-get.
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Identifier: Packages' | awk '$1 == "Debian" && $2 !~ /security/ { print $2; exit }')
  if [ -z "$mirror" ]; then
    say 'apt names no mirror of Debian: run apt-get update first'
    exit 1
  fi
  say "making $root, which takes a minute or two"
  rm -rf "$root.new"
  mmdebstrap --quiet --variant=minbase --include=condor,procps "$release" "$root.new" "deb $mirror $release main" >&2
  mv -T "$root.new" "$root"
fi
printf '%s\n' "$root"
