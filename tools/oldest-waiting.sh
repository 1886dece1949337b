#!/bin/sh
# Tells for each stage how many entries wait for it, and which has waited longest on the board: when it was posted, and
# how long ago that is.
#
# Usage: oldest-waiting.sh [-h] [BOARD-FOLDER]
#
# Without a folder: $SLATE_BOARD, or the only board of the home ($SLATE_HOME, or the one that this tool lies in).
# Waiting is the letter `w` or a digit of an entry in queue/ or active/: stage processes claim from these. Names do not
# tell what may not run before a set time (`post --after`, a retry): that is the file's mtime. The age is by this host's
# clock; a stage that nothing waits for has `-`.
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

names queue active | awk -v tool="${0##*/}" -v now="$(date -u +%Y%m%dT%H%M%S)" "$BOARD_AWK"'
function visit(folder, file,   column) {
  if (!entry(folder, file)) return
  for (column = 1; column <= columns; column++) {
    if (substr(letters, column, 1) !~ /[w1-9]/) continue
    waiting[column]++
    # Among those of one second the first by path, so that two looks say the same.
    if (column in oldest && (posted > oldest[column] || (posted == oldest[column] && folder "/" file > path[column]))) continue
    oldest[column] = posted
    path[column] = folder "/" file
  }
}

function report(   column, age) {
  print "#column\tstage\twaiting\tposted\tseconds\tage\tpath"
  for (column = 1; column <= columns; column++) {
    if (!(column in oldest)) {
      print column "\t" stage[column] "\t0\t-\t-\t-\t-"
      continue
    }
    age = seconds(now) - seconds(oldest[column])
    printf "%d\t%s\t%d\t%s\t%.0f\t%s\t%s\n", column, stage[column], waiting[column], oldest[column], age, span(age), path[column]
  }
}'
