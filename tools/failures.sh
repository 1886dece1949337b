#!/bin/sh
# Counts a board's failed stages by stage and cause; with -l lists them, in the order in which they are served.
#
# Usage: failures.sh [-h] [-l] [BOARD-FOLDER]
#
# Without a folder: $SLATE_BOARD, or the only board of the home ($SLATE_HOME, or the one that this tool lies in).
# An entry may have failed in one stage and still be active in another: all letters `f` are told, in whatever folder.
# A failure set by hand has no cause: `-`. The path in the list is relative to the board.
# Ends with 0; 1 if a folder could not be read; 2 if it was called wrongly or there is no such board.

case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
# shellcheck source=board.sh
. "$here/board.sh"

list=0
while getopts :hl option; do
  case $option in
    h) help_text; exit 0 ;;
    l) list=1 ;;
    *) misused "there is no option -$OPTARG" ;;
  esac
done
shift $((OPTIND - 1))
open_board "$@"

if [ "$list" -eq 1 ]; then
  printf '#column\tstage\tcause\tdataset\tepoch\tpath\n'
else
  printf '#column\tstage\tcause\tentries\tmeaning\n'
fi
# shellcheck disable=SC2086 # LIVE is a list of words
names $LIVE | awk -v tool="${0##*/}" -v list="$list" "$BOARD_AWK"'
BEGIN { sorter = list ? "sort -t \"\t\" -k 1,1n -k 3,3 -k 7,7 | cut -f 1-6" : "sort -t \"\t\" -k 1,1n -k 3,3" }

function visit(folder, file,   column) {
  if (!entry(folder, file)) return
  for (column = 1; column <= columns; column++) {
    if (substr(letters, column, 1) != "f") continue
    cause(column)
    if (list) print column "\t" stage[column] "\t" why "\t" dataset "\t" epoch "\t" folder "/" file "\t" file | sorter
    else failed[column "\t" stage[column] "\t" why]++
  }
}

function report(   key, part) {
  for (key in failed) {
    split(key, part, "\t")
    print key "\t" failed[key] "\t" meaning(part[3]) | sorter
  }
  close(sorter)
}

function meaning(code,   number) {
  number = substr(code, 2)
  if (code == "-") return "not told"
  if (code ~ /^x[0-9]+$/) return "exit code " number
  if (code ~ /^s[0-9]+$/) return "killed by signal " number
  if (code == "t") return "time limit exceeded"
  if (code == "l") return "its stage process was lost"
  if (code == "m") return "out of memory"
  if (code == "d") return "another entry holds this dataset"
  if (code == "o") return "set by an operator"
  if (code == "n") return "not fit to run"
  if (code ~ /^[a-z][a-z0-9_]+$/) return "reason"
  return "cause " code
}'
