# Installing Debian packages, for .ci/run and test/faults/run.sh. Sourced by them, not run.
# shellcheck shell=bash

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# packages COMMAND=PACKAGE...: installs those whose command is missing.
packages() {
  local pair missing=()
  for pair in "$@"; do
    # Of an administrator's programs an ordinary user's PATH knows nothing.
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  printf '\n== installing %s\n' "${missing[*]}"
  {
    as_root timeout --kill-after=30 300 apt-get update -qq &&
      as_root env DEBIAN_FRONTEND=noninteractive timeout --kill-after=30 600 \
        apt-get install -o DPkg::Lock::Timeout=300 -y -qq --no-install-recommends "${missing[@]}" </dev/null
  } || printf 'could not be installed: what needs them will fail\n'
}
