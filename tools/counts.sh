#!/bin/sh
# Counts a board's entries: by state, then by stage and letter.
#
# Usage: counts.sh [-h] [BOARD-FOLDER]
#
# Without a folder: $SLATE_BOARD, or the only board of the home ($SLATE_HOME, or the one that this tool lies in).
# The state `foreign` counts files that are no entry of this board. Removed entries are not counted by letter.
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
need 'done' removed

# shellcheck disable=SC2086 # LIVE is a list of words
names $LIVE 'done' removed | awk -v tool="${0##*/}" "$BOARD_AWK"'
BEGIN { tells_foreign = 1 }

function visit(folder, file,   column) {
  if (!entry(folder, file)) return
  entries[state]++
  if (state == "removed") return
  for (column = 1; column <= columns; column++) having[column, substr(letters, column, 1)]++
}

function report(   i, column, state_count, letter_count, states, all) {
  print "#state\tentries"
  state_count = split("queue active gather failed held done removed", states, " ")
  for (i = 1; i <= state_count; i++) print states[i] "\t" entries[states[i]] + 0
  print "foreign\t" foreign + 0
  print "#column\tstage\ttitle\tletter\tentries"
  letter_count = split("_ w 1 2 3 4 5 6 7 8 9 p e c s f h g", all, " ")
  for (column = 1; column <= columns; column++)
    for (i = 1; i <= letter_count; i++)
      if ((column, all[i]) in having)
        print column "\t" stage[column] "\t" title[column] "\t" all[i] "\t" having[column, all[i]]
}'
