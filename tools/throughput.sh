#!/bin/sh
# Tells how many entries were finished in the last minutes, and how many tries of each stage ended, by outcome; or, with
# -H, how many entries were finished in each of the last hours.
#
# Usage: throughput.sh [-h] [-m MINUTES | -H HOURS] [BOARD-FOLDER]
#   -m MINUTES  the last MINUTES minutes, 1 to 44640 (default 60)
#   -H HOURS    hour by hour, 1 to 168; 1 is the last sixty minutes
#
# Without a folder: $SLATE_BOARD, or the only board of the home ($SLATE_HOME, or the one that this tool lies in).
# An entry is finished by a rename into done/, and a rename changes a file's ctime; so does a change of its rank there.
# Tries are counted by their logs, which get their outcome's name when they end: ok, a cause such as x2 or t, back (given
# back), gone (taken away). Both are by the clock of the disk's host, and cost one look at each file.
# Ends with 0; 1 if a folder could not be read; 2 if it was called wrongly or there is no such board.

case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
# shellcheck source=board.sh
. "$here/board.sh"

minutes=
hours=
while getopts :hm:H: option; do
  case $option in
    h) help_text; exit 0 ;;
    m) minutes=$OPTARG; whole "$minutes" 'MINUTES' 44640 ;;
    H) hours=$OPTARG; whole "$hours" 'HOURS' 168 ;;
    :) misused "option -$OPTARG needs a number" ;;
    *) misused "there is no option -$OPTARG" ;;
  esac
done
shift $((OPTIND - 1))
[ -z "$minutes" ] || [ -z "$hours" ] || misused '-m and -H exclude each other'
open_board "$@"
need 'done' logs

# The days of done/ that may hold such entries: one more than the time says, for clocks that differ.
days() {
  date -u '+%Y %m %d' | awk -v count="$1" '
  function length_of(year, month) {
    if (month == 2) return 28 + (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
    return 30 + (month + (month > 7)) % 2
  }
  {
    year = $1 + 0; month = $2 + 0; day = $3 + 1
    if (day > length_of(year, month)) { day = 1; if (++month > 12) { month = 1; year++ } }
    for (i = 0; i <= count + 1; i++) {
      printf "%04d-%02d-%02d\n", year, month, day
      if (--day < 1) { if (--month < 1) { month = 12; year-- } day = length_of(year, month) }
    }
  }'
}

# find_done TEST...: paths in these days for which the tests of find print something.
find_done() {
  tests=$#
  for day in $days; do
    [ ! -d "done/$day" ] || set -- "$@" "done/$day/."
  done
  if [ $# -eq "$tests" ]; then
    printf '/./0\n'
    return
  fi
  # find wants its folders first: the tests go round to the end.
  while [ "$tests" -gt 0 ]; do
    set -- "$@" "$1"
    shift
    tests=$((tests - 1))
  done
  find "$@"
  printf '/./%d\n' "$?"
}

if [ -n "$hours" ]; then
  days=$(days $((hours / 24 + 1)))
  # A path is printed once for each of these ages that it has not reached: the more often, the younger it is.
  set -- ! -name . -prune
  hour=$hours
  while [ "$hour" -ge 1 ]; do
    set -- "$@" -cmin "-$((hour * 60))" -print
    hour=$((hour - 1))
  done
  find_done "$@" | awk -v tool="${0##*/}" -v hours="$hours" "$BOARD_AWK"'
  function visit(folder, file) {
    if (folder "/" file == last) { times++; return }
    put()
    last = folder "/" file
    times = 1
    good = entry(folder, file)
  }

  function put() {
    if (good) finished[hours + 1 - times]++
    good = 0
  }

  function report(   hour) {
    put()
    print "#hour\tfinished"
    for (hour = 1; hour <= hours; hour++) print hour "\t" finished[hour] + 0
  }'
  exit
fi

minutes=${minutes:-60}
days=$(days $((minutes / 1440 + 1)))
find_done ! -name . -prune -cmin "-$minutes" -print | awk -v tool="${0##*/}" -v minutes="$minutes" "$BOARD_AWK"'
function visit(folder, file) {
  if (entry(folder, file)) finished++
}

function report() {
  print "#minutes\tfinished\tper hour"
  printf "%d\t%d\t%.1f\n", minutes, finished, finished * 60 / minutes
}' || exit

# A log that got its outcome changed its folder: the folders of other datasets are not read.
{
  find logs/. ! -name . '(' -path '*/./*/*' -prune -cmin "-$minutes" -print -o ! -path '*/./*/*' ! -cmin "-$minutes" -prune ')'
  printf '/./%d\n' "$?"
} | awk -v tool="${0##*/}" "$BOARD_AWK"'
function visit(folder, file,   part, outcome) {
  if (file !~ /^[0-9]+T[0-9]+\.[a-z][a-z0-9_-]*\.[0-9][0-9][0-9]+\.[a-z][a-z0-9_]*\.log$/) return
  split(file, part, "[.]")
  if (!is_time(part[1]) || !(part[2] in column_of)) return
  outcome = part[4]
  if (outcome != "run") ended_by[column_of[part[2]], outcome]++
}

function report(   column, key, part, sorter) {
  print "#column\tstage\toutcome\ttries"
  fflush()
  sorter = "sort -t \"\t\" -k 1,1n -k 3,3"
  for (key in ended_by) {
    split(key, part, SUBSEP)
    print part[1] "\t" stage[part[1]] "\t" part[2] "\t" ended_by[key] | sorter
  }
  close(sorter)
}'
