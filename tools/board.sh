# What the board tools share: finding the board, listing it, reading names. Sourced by them, not run.
# Needs sh, find and awk (sort and date in places). Copy it along with the tool that you copy.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2016 # BOARD_AWK is for the tools, and awk's $0 is not the shell's

# Bytes, not characters: a name that is no UTF-8 must not stop a match.
LC_ALL=C
export LC_ALL
set -u

# Folders of entries that are not finished, in the order in which states are told.
LIVE='queue active gather failed held'

# A tool's help is the comment at its head.
help_text() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
}

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 2
}

misused() {
  fail "$1; '${0##*/} -h' tells how to use it"
}

# A whole number from 1 to $3, written plainly; $2 says what it is.
whole() {
  case $1 in
    '' | 0* | *[!0-9]* | ???????*) misused "$2 is a whole number from 1 to $3, not '$1'" ;;
  esac
  [ "$1" -le "$3" ] || misused "$2 is a whole number from 1 to $3, not '$1'"
}

# Goes into the board's folder: the one named, else $SLATE_BOARD, else the only one of the home ($SLATE_HOME, else the
# folder above this one).
open_board() {
  [ $# -le 1 ] || misused 'one board at a time'
  if [ $# -eq 1 ]; then
    board=$1
  else
    case $0 in
      */*) home=${0%/*}/.. ;;
      *) home=.. ;;
    esac
    home=${SLATE_HOME:-$home}
    if [ -n "${SLATE_BOARD:-}" ]; then
      board=$home/blackboard/$SLATE_BOARD
    else
      board=
      for config in "$home"/blackboard/*/board.yaml; do
        [ -f "$config" ] || continue
        [ -z "$board" ] || fail "there are several boards in $home/blackboard: name the folder of one"
        board=${config%/board.yaml}
      done
      [ -n "$board" ] || fail "there is no board in $home/blackboard: name a board's folder"
    fi
  fi
  # A name of its own shape is a folder, not an option and not `cd -`.
  case $board in
    /*) ;;
    *) board=./$board ;;
  esac
  if [ ! -f "$board/columns" ] || [ ! -r "$board/columns" ]; then
    fail "$board is no board: it has no file 'columns' that can be read"
  fi
  cd "$board" || fail "$board can't be entered"
  # shellcheck disable=SC2086 # LIVE is a list of words
  need $LIVE
}

# need FOLDER...: the board has these.
need() {
  for folder do
    [ -d "$folder" ] && [ -r "$folder" ] && continue
    fail "$board is no whole board: $folder/ is missing or can't be read"
  done
}

# names FOLDER...: every name in these folders of the board (in done/ and removed/: in their days), one path a line. The
# dot in `queue/./NAME` tells where a path begins: no line that a newline in a name has torn off has `/./` in it. The
# last line is `/./` and how find ended. No file is opened, and none is asked for more than its name.
names() {
  for folder do
    shift
    set -- "$@" "$folder/."
  done
  find "$@" ! -name . '(' -path '*/./*/*' -o ! -path 'done/*' ! -path 'removed/*' ')' -prune -print
  printf '/./%d\n' "$?"
}

# The awk of all tools. A tool defines visit(folder, file), called for every name but hidden ones, and report(), called
# at the end. entry(folder, file) is true for an entry of this board; then these are set:
#   state rank posted letters epoch class dataset   and by claim(column) and cause(column): process at_epoch try · why
BOARD_AWK='
BEGIN {
  while ((getline line < "columns") > 0) {
    split(line, part, "\t")
    gsub(/[^ -~]/, "?", part[3])
    stage[++columns] = part[2]
    title[columns] = part[3]
    column_of[part[2]] = columns
  }
  close("columns")
  ended = "nothing"
}

/^\/\.\// { settle(); held = ""; ended = substr($0, 4); next }
/^[^\/]+(\/[^\/]+)?\/\.\// { settle(); held = $0; next }
{ held = held "\n" $0 }

function settle(   at, folder, file, slash) {
  if (held == "") return
  at = index(held, "/./")
  folder = substr(held, 1, at - 1)
  file = substr(held, at + 3)
  slash = index(file, "/")
  if (slash > 0) {
    folder = folder "/" substr(file, 1, slash - 1)
    file = substr(file, slash + 1)
  }
  state = folder
  sub(/\/.*/, "", state)
  if (file !~ /^\./) visit(folder, file)
}

END {
  settle()
  if (ended != "0") warn("some folders could not be read: the numbers are too low")
  report()
  if (foreign > 0 && !tells_foreign) warn(foreign (foreign == 1 ? " file is" : " files are") " no entry of this board, and left out")
  exit(ended != "0")
}

function warn(text) {
  print tool ": " text | "cat >&2"
  close("cat >&2")
}

function entry(folder, file) {
  # Between the days, and in what is no day, nothing is looked at.
  if (state ~ /^(done|removed)$/ && !is_day(substr(folder, length(state) + 2))) return 0
  if (is_entry(file)) return 1
  foreign++
  return 0
}

function is_entry(file,   field, at, sign, count, i) {
  if (file !~ /^[0-9][0-9]\.[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]\.[_w1-9pecsfhg]+\.[0-9][0-9][0-9]+\.[a-z0-9_-]+\.[A-Za-z0-9_][A-Za-z0-9_.,+=%~-]*(@.+)?$/) return 0
  split(file, field, "[.]")
  rank = field[1]; posted = field[2]; letters = field[3]; epoch = field[4]; class = field[5]
  at = length(letters) + length(epoch) + length(class) + 23
  dataset = substr(file, at)
  sign = index(dataset, "@")
  tags = 0
  if (sign > 0) {
    count = split(substr(dataset, sign + 1), field, "[+]")
    for (i = 1; i <= count; i++) if (!is_tag(field[i])) return 0
    dataset = substr(dataset, 1, sign - 1)
  }
  if (length(letters) != columns || !is_time(posted)) return 0
  if (length(epoch) > 9 || (length(epoch) > 3 && epoch ~ /^0/)) return 0
  return length(class) <= 16 && length(dataset) <= 128
}

function is_tag(text,   part, count) {
  if (text !~ /^([1-9]|[12][0-9]|3[0-2])-/) return 0
  count = split(text, part, "-")
  tags++
  tag_column[tags] = part[1]
  if (count == 2) {
    tag_process[tags] = ""
    tag_cause[tags] = part[2]
    return part[2] ~ /^[a-z][a-z0-9_]*$/ && length(part[2]) <= 16
  }
  tag_process[tags] = part[2]
  tag_epoch[tags] = part[3]
  tag_try[tags] = part[4]
  return count == 4 && part[2] ~ /^[a-z0-9][a-z0-9][a-z0-9][a-z0-9]$/ && part[3] ~ /^[1-9][0-9]*$/ && length(part[3]) <= 9 && part[4] ~ /^([1-9]|10)$/
}

# The claim that stands for a column: of two, made by hand, the later one.
function claim(column,   i, found) {
  found = 0
  process = "-"; at_epoch = epoch; try = "-"
  if (substr(letters, column, 1) !~ /[pe]/) return 0
  for (i = 1; i <= tags; i++) {
    if (tag_column[i] != column || tag_process[i] == "" || (found && tag_epoch[i] + 0 <= at_epoch + 0)) continue
    found = 1
    process = tag_process[i]; at_epoch = sprintf("%03d", tag_epoch[i]); try = tag_try[i]
  }
  return found
}

function cause(column,   i) {
  why = "-"
  for (i = 1; i <= tags; i++) if (tag_column[i] == column && tag_process[i] == "") why = tag_cause[i]
  return why
}

function is_time(text) {
  return substr(text, 1, 4) >= "0100" && is_date(substr(text, 1, 4) + 0, substr(text, 5, 2) + 0, substr(text, 7, 2) + 0) && substr(text, 10, 2) + 0 < 24 && substr(text, 12, 2) + 0 < 60 && substr(text, 14, 2) + 0 < 60
}

function is_day(text) {
  if (text !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/) return 0
  return is_date(substr(text, 1, 4) + 0, substr(text, 6, 2) + 0, substr(text, 9, 2) + 0)
}

function is_date(year, month, day,   most) {
  if (month < 1 || month > 12 || day < 1) return 0
  most = month == 2 ? 28 + (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) : 30 + (month + (month > 7)) % 2
  return day <= most
}

# Seconds since some day long ago, of a time such as 20261121T120000.
function seconds(text,   year, month, days) {
  year = substr(text, 1, 4) + 0
  month = substr(text, 5, 2) + 0
  if (month < 3) { year--; month += 12 }
  days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * month - 457) / 5) + substr(text, 7, 2)
  return days * 86400 + substr(text, 10, 2) * 3600 + substr(text, 12, 2) * 60 + substr(text, 14, 2)
}

# Seconds as people read them: 46s 21m46s 3h07m 2d04h.
function span(s) {
  if (s < 0) return "-" span(-s)
  if (s < 60) return sprintf("%ds", s)
  if (s < 3600) return sprintf("%dm%02ds", s / 60, s % 60)
  if (s < 86400) return sprintf("%dh%02dm", s / 3600, s % 3600 / 60)
  return sprintf("%dd%02dh", s / 86400, s % 86400 / 3600)
}

# A status file, ID.ORDER.STAGES.PID.HOST: remembered by its id.
function status(file,   part, id, host) {
  if (file !~ /^[a-z0-9][a-z0-9][a-z0-9][a-z0-9]\.(run|pause|suspend|drain|halt|reload|lost)\.[^.]*\.[0-9]+\../) return
  split(file, part, "[.]")
  id = part[1]
  if (length(part[4]) > 10) return
  if ((id in status_file) && status_file[id] <= file) return
  host = substr(file, length(part[2]) + length(part[3]) + length(part[4]) + 9)
  gsub(/[^ -~]/, "?", host)
  status_file[id] = file
  order_of[id] = part[2]
  pid_of[id] = part[4]
  host_of[id] = host
}
'
