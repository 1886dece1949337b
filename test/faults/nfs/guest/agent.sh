#!/bin/bash
# The guest's process 1: runs what the host asks for on the second serial line, several commands at a time, a line each way.
#
#   asked     <number> <base64 of a script>
#   answered  <number> <exit code> <base64 of what it said>
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
mkdir -p /dev/shm
mount -t tmpfs shm /dev/shm
ip link set lo up
stty -F /dev/ttyS1 raw -echo 115200
stty -F /dev/ttyS2 raw -echo 115200
exec 3<>/dev/ttyS1

answer() {
  { flock 9 && printf '%s\n' "$1" >&3; } 9>/run/answer.lock
}

answer ready
while read -r number text <&3; do
  {
    said=$(bash -c "$(base64 -d <<<"$text")" 2>&1 3>&- </dev/null)
    status=$?
    answer "$number $status $(base64 -w0 <<<"$said")"
  } &
done
