#!/bin/sh
# Lists claims that nobody works on: their process has no status file, or was found dead (order `lost`), or the letter
# stands there without a claim.
#
# Usage: stuck.sh [-h] [BOARD-FOLDER]
#
# Without a folder: $SLATE_BOARD, or the only board of the home ($SLATE_HOME, or the one that this tool lies in).
# Any running stage process puts these right by itself, within two leases; a claim that stays in this list means that
# none is running: start one, or call `slate sweep --wait`. A process that died without anybody noticing still looks alive
# here: names do not tell whether its heartbeat goes on, `slate ps` does. The path is relative to the board.
# Ends with 0, also if there are none; 1 if a folder could not be read; 2 if it was called wrongly or there is no such
# board.

case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
# shellcheck source=board.sh
. "$here/board.sh"

while getopts :h option; do
  case $option in
    h) help_text; exit 0 ;;
    *) misused "there is no option -$OPTARG" ;;
  esac
done
shift $((OPTIND - 1))
open_board "$@"
need processes

printf '#process\twhy\tstage\tletter\tdataset\tepoch\ttry\tpath\n'
# Entries first: a process that starts and claims between the two looks has its status file in the second one.
# shellcheck disable=SC2086 # LIVE is a list of words
names $LIVE processes | awk -v tool="${0##*/}" "$BOARD_AWK"'
BEGIN { sorter = "sort -t \"\t\" -k 1,1 -k 5,5 -k 3,3" }

function visit(folder, file,   column, letter) {
  if (state == "processes") { status(file); return }
  if (!entry(folder, file)) return
  for (column = 1; column <= columns; column++) {
    letter = substr(letters, column, 1)
    if (letter !~ /[pe]/) continue
    claim(column)
    held_by[++claims] = process
    what[claims] = stage[column] "\t" letter "\t" dataset "\t" at_epoch "\t" try "\t" folder "/" file
  }
}

function report(   i, id, why) {
  for (i = 1; i <= claims; i++) {
    id = held_by[i]
    if (id == "-") why = "no claim"
    else if (!(id in order_of)) why = "no status file"
    else if (order_of[id] == "lost") why = "lost"
    else continue
    print id "\t" why "\t" what[i] | sorter
  }
  close(sorter)
}'
