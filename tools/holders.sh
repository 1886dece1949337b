#!/bin/sh
# Tells what each stage process holds: one line a claim, and one for a process that holds nothing.
#
# Usage: holders.sh [-h] [BOARD-FOLDER]
#
# Without a folder: $SLATE_BOARD, or the only board of the home ($SLATE_HOME, or the one that this tool lies in).
# Order, host and pid are from the process's status file in processes/; a process without one has order `none`. A stage
# being done without a claim (someone cut the tag off) has process `-`. `stuck.sh` lists those that nobody will finish.
# Ends with 0; 1 if a folder could not be read; 2 if it was called wrongly or there is no such board.

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

printf '#process\torder\thost\tpid\tstage\tletter\tdataset\tepoch\ttry\n'
# shellcheck disable=SC2086 # LIVE is a list of words
names $LIVE processes | awk -v tool="${0##*/}" "$BOARD_AWK"'
BEGIN { sorter = "sort -t \"\t\" -k 1,1 -k 7,7 -k 5,5" }

function visit(folder, file,   column, letter) {
  if (state == "processes") { status(file); return }
  if (!entry(folder, file)) return
  for (column = 1; column <= columns; column++) {
    letter = substr(letters, column, 1)
    if (letter !~ /[pe]/) continue
    claim(column)
    held_by[++claims] = process
    what[claims] = stage[column] "\t" letter "\t" dataset "\t" at_epoch "\t" try
  }
}

function who(id) {
  return id "\t" (id in order_of ? order_of[id] "\t" host_of[id] "\t" pid_of[id] : id == "-" ? "-\t-\t-" : "none\t-\t-")
}

function report(   i, id) {
  for (i = 1; i <= claims; i++) {
    busy[held_by[i]] = 1
    print who(held_by[i]) "\t" what[i] | sorter
  }
  for (id in order_of) if (!(id in busy)) print who(id) "\t-\t-\t-\t-\t-" | sorter
  close(sorter)
}'
