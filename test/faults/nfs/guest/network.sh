# Sourced: names the guest and gives it its addresses.   network NAME ADDRESS…   one for each card
# shellcheck shell=bash
network() {
  local card=0 name=$1
  hostname "$name"
  modprobe virtio_net
  shift
  for address in "$@"; do
    for _ in $(seq 100); do [ ! -e "/sys/class/net/eth$card" ] || break; sleep 0.1; done
    ip address add "$address/24" dev "eth$card"
    ip link set "eth$card" up
    card=$((card + 1))
  done
}
