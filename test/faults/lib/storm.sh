#!/usr/bin/env bash
# What people do with `mv`, at random, all the time: ranks changed, entries held, released, cancelled and sent back, until
# BOARD's home has a file `.storm-over`. Each rename that was done is a line.
#
#   test/faults/lib/storm.sh BOARD
set -u
cd "$1" || exit 2

# change LETTERS FROM TO: one of the letters FROM, chosen at random, becomes TO.
change() {
  local letters=$1 at start=$((RANDOM % ${#1})) step
  for ((step = 0; step < ${#letters}; step++)); do
    at=$(((start + step) % ${#letters}))
    case ${letters:at:1} in
    [$2])
      printf '%s' "${letters:0:at}$3${letters:at+1}"
      return
      ;;
    esac
  done
  printf '%s' "$letters"
}

while [ ! -e ../../.storm-over ]; do
  folders=(queue active active held failed done/*)
  folder=${folders[RANDOM % ${#folders[@]}]}
  name=$(find "$folder" -mindepth 1 -maxdepth 1 -name '[0-9]*' -printf '%f\n' 2>/dev/null | shuf -n 1)
  [ -n "$name" ] || continue
  IFS=. read -r rank posted letters rest <<<"$name"
  to=$folder
  case $folder/$((RANDOM % 3)) in
  queue/0 | active/0) letters=$(change "$letters" '_w' h) ;;
  active/1) letters=$(change "$letters" p h) to=held ;;
  done/*/[01]) letters=$(change "$letters" c w) to=active ;;
  held/[01]) letters=$(change "$letters" h _) to=active ;;
  failed/[01]) letters=$(change "$letters" f w) to=active ;;
  *) rank=$(printf '%02d' $((RANDOM % 100))) ;;
  esac
  # Who is too late finds nothing: that is what the whole name is for.
  mv -nvT "$folder/$name" "$to/$rank.$posted.$letters.$rest" 2>/dev/null
done
