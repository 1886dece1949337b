#!/usr/bin/env bash
# Checks the models of the protocol with spin: every configuration in all its states, then that each rule is needed: without
# it, an invariant breaks. Tables are printed; the exit code is 1 if a configuration has an error or a rule is not missed.
#
#   test/spin/run.sh [PATTERN]     only the lines below that match
#
# Needs spin and gcc; some 1.5 GB a run, two at a time. What is modelled: docs/model.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
models=$PWD
pattern=${1:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

none='-DNCRASH=0 -DNLOST=0 -DNSUSP=0 -DNMISS=0 -DNOPS=0'

# name | model | flags
configurations() {
  sed 's/^ *//' <<EOT
    chain, all faults             | entry | -DCHAIN -DNOPS=0
    chain, failing steps          | entry | -DCHAIN -DNOPS=0 -DFAILS -DNMISS=0 -DNCRASH=0
    chain, old names              | entry | -DCHAIN -DNOPS=0 -DNSTALE=1 -DNCRASH=0 -DNMISS=0
    chain, operator, suspicion    | entry | -DCHAIN -DNOPS=1 -DHAND -DMAXEP=2 -DNCRASH=0 -DNLOST=0 -DNMISS=0
    chain, operator, crash        | entry | -DCHAIN -DNOPS=1 -DMAXEP=2 -DNSUSP=0 -DNMISS=0 -DNLOST=0
    chain, operator, lost reply   | entry | -DCHAIN -DNOPS=1 -DMAXEP=2 -DNSUSP=0 -DNMISS=0 -DNCRASH=0
    chain, epoch turned back      | entry | -DCHAIN -DNOPS=1 -DTURN -DMAXEP=2 -DNCRASH=0 -DNLOST=0 -DNMISS=0
    chain, children that end      | entry | -DCHAIN -DNOPS=1 -DCHILD_ENDS -DMAXEP=2 -DNCRASH=0 -DNLOST=0 -DNMISS=0
    branches, lost replies        | entry | -DFORK -DNOPS=0 -DNCRASH=0 -DNMISS=0
    branches, crash               | entry | -DFORK -DNOPS=0 -DNSUSP=0 -DNLOST=0
    branches, operator            | entry | -DFORK $none -DNOPS=1
    branches, epoch turned back   | entry | -DFORK $none -DNOPS=1 -DTURN
    branches, old names           | entry | -DFORK $none -DNSTALE=1
    join, suspicion               | entry | -DJOIN $none -DNSUSP=1 -DMAXEP=4
    join, operator                | entry | -DJOIN $none -DNOPS=1
    jobs, suspicion, crash        | entry | -DCHAIN -DADOPT -DNOPS=0 -DNLOST=0 -DNMISS=0
    jobs, operator                | entry | -DCHAIN -DADOPT -DNOPS=1 -DMAXEP=2 -DNCRASH=0 -DNLOST=0 -DNMISS=0
    jobs, lost reply              | entry | -DCHAIN -DADOPT -DNOPS=0 -DNCRASH=0 -DNMISS=0
    jobs, failing steps           | entry | -DCHAIN -DADOPT -DNOPS=0 -DFAILS -DNMISS=0 -DNCRASH=0 -DNLOST=0
    jobs, branches                | entry | -DFORK -DADOPT -DNOPS=0 -DNCRASH=0 -DNLOST=0
    posts, two, crash             | post  | -DNLOST=0
    posts, two, lost reply        | post  | -DNCRASH=0
    posts, three                  | post  | -DNFILES=3 -DNCRASH=0 -DNLOST=0 -DAT_ONCE
    posts, one by touch           | post  | -DTOUCHED -DNLOST=0
    posts, back by hand           | post  | -DHAND -DNCRASH=0
    posts, touch and by hand      | post  | -DTOUCHED -DHAND -DNCRASH=0
EOT
}

# rule that is left out | model | flags | what must break: words of the assertion, or of its comment in the model
mutations() {
  sed 's/^ *//' <<EOT
    the epoch rises with the claim                | entry | -DCHAIN -DNOPS=0 -DNO_EPOCH | I2
    own unknown claims are given back             | entry | -DFORK $none -DNMISS=1 -DNOPS=1 -DNO_GIVE_BACK | I7
    lost claims are returned                      | entry | -DCHAIN $none -DNCRASH=1 -DNO_LOST | I7
    an e is finished forward by anyone            | entry | -DCHAIN $none -DNCRASH=1 -DNO_FORWARD | I7
    an e never goes back                          | entry | -DCHAIN $none -DNCRASH=1 -DROLL_BACK | only goes forward
    a command finishes an e forward first         | entry | -DCHAIN $none -DNOPS=1 -DOPERATE_E | only goes forward
    .ok before c                                  | entry | -DCHAIN $none -DOK_LATE | has the
    the fence                                     | entry | -DCHAIN $none -DNSUSP=1 -DNO_FENCE | I6
    sidecars before the fence                     | entry | -DCHAIN $none -DNCRASH=1 -DSIDECARS_LATE | children before
    an earlier .ok asks for a later one           | entry | -DCHAIN $none -DNOPS=1 -DNO_LATER_OK | would go on being official
    posts with a fixed time are made once         | entry | -DCHAIN $none -DNSUSP=1 -DNO_KNOWN | children once
    used epochs are looked for                    | entry | -DCHAIN $none -DNOPS=1 -DNCRASH=1 -DTURN -DNO_USED_EPOCHS | children before
    a later epoch of the stage itself is noticed  | entry | -DFORK $none -DNOPS=1 -DTURN -DNO_LATER | children before
    the log is created exclusively                | entry | -DCHAIN $none -DNOPS=1 -DTURN -DLOG_NOT_EXCLUSIVE | I3
    a second look before a result is discarded    | entry | -DFORK $none -DNMISS=1 -DNO_SECOND_LOOK | whose claim stands
    ownership is the claim, not the name          | entry | -DFORK $none -DWHOLE_NAME | whose claim stands
    an older name says nothing of a claim         | entry | -DFORK $none -DNSTALE=1 -DNO_EPOCH_SIGHT | whose claim stands
    what is gone may have been this try's own end | entry | -DCHAIN $none -DNLOST=1 -DNO_WAS_MINE | that is official
    a try that was adopted is let go              | entry | -DCHAIN -DADOPT $none -DNSUSP=1 -DNO_LET_GO | nor one that counts
    ids: a claim is judged                        | post  | -DTOUCHED -DNO_JUDGE | I1
    ids: the link itself is asked for             | post  | -DTOUCHED -DLINKS_ONLY | I1
    ids: a live entry keeps its link              | post  | -DALWAYS_OVER | I1
    ids: only one's own link is taken away        | post  | -DTOUCHED -DBLIND_RELEASE | I1
    post: acknowledged after the rename           | post  | -DACK_FIRST | I8
    post: anyone rolls it forward                 | post  | -DNO_CARRY_ON | I8
    ids: what was taken is looked at once more    | post  | -DNO_SECOND_LOOK | I1
    ids: the assumption of docs/model.md          | post  | -DOVERTAKEN | I1
EOT
}

# check FOLDER MODEL FLAGS: leaves what pan said in FOLDER/out, and in FOLDER/broken what an error broke.
check() {
  local folder=$1 model=$2 flags line
  read -r -a flags <<<"$3"
  mkdir "$folder"
  cd "$folder"
  cp "$models/$model.pml" .
  {
    spin -a "${flags[@]}" "$model.pml" &&
      gcc -O2 -w -DSAFETY -DCOLLAPSE -DMEMLIM=4000 -o pan pan.c
  } >build 2>&1 || {
    echo 'it can not be built' >broken
    return
  }
  ./pan -m10000 -w22 >out 2>&1 || true
  if [ -e "$model.pml.trail" ]; then
    # The place of the assertion: its line says which invariant it is of.
    line=$(spin -t "${flags[@]}" "$model.pml" 2>&1 | sed -n "s/^spin: [^:]*:\([0-9]*\), Error: assertion violated.*/\1/p" | head -1)
    sed -n "${line:-1}p" "$model.pml" | sed -n 's|.*/\* *\(.*[^ ]\) *\*/.*|\1|p' >broken
    [ -s broken ] || grep -m1 -E 'invalid end state|assertion violated' out >broken || true
  elif ! grep -q 'errors: 0' out || grep -qE 'search not completed|max search depth|out of memory' out; then
    echo 'not all states were searched' >broken
  fi
  rm -f pan pan.c
}

# all LIST: checks every line of it, two at a time, in $work/<number>.
all() {
  local number=0 model flags
  while IFS='|' read -r _ model flags _; do
    number=$((number + 1))
    while [ "$(jobs -pr | wc -l)" -ge 2 ]; do wait -n; done
    (check "$1.$number" "${model// /}" "$flags") &
  done <"$1"
  wait
}

field() {
  sed -n "$1" "$2" 2>/dev/null | head -1
}

failed=0
configurations | grep -E -- "$pattern" >"$work/configurations" || true
mutations | grep -E -- "$pattern" >"$work/mutations" || true
[ -s "$work/configurations" ] || [ -s "$work/mutations" ] || {
  printf 'nothing matches %s\n' "$pattern"
  exit 2
}
all "$work/configurations"
all "$work/mutations"

if [ -s "$work/configurations" ]; then
  printf '%-30s %12s %7s %7s  %s\n' configuration states depth seconds errors
  number=0
  while IFS='|' read -r name _; do
    number=$((number + 1))
    folder=$work/configurations.$number
    states=$(field 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$folder/out")
    depth=$(field 's/.*depth reached \([0-9]*\),.*/\1/p' "$folder/out")
    seconds=$(field 's/^pan: elapsed time \([0-9.]*\) .*/\1/p' "$folder/out")
    errors=0
    if [ -e "$folder/broken" ]; then
      errors=$(cat "$folder/broken")
      failed=1
    fi
    printf '%-30s %12s %7s %7s  %s\n' "${name%% |*}" "${states:--}" "${depth:--}" "${seconds:--}" "$errors"
  done <"$work/configurations"
fi

if [ -s "$work/mutations" ]; then
  printf '\n%-46s %s\n' 'without the rule' 'breaks'
  number=0
  while IFS='|' read -r name _ _ expected; do
    number=$((number + 1))
    broken=$(cat "$work/mutations.$number/broken" 2>/dev/null || true)
    expected=${expected# }
    if [[ -z $broken || $broken != *"$expected"* ]]; then
      broken="NOT WHAT IT SHOULD ($expected): ${broken:-nothing}"
      failed=1
    fi
    printf '%-46s %s\n' "$name" "$broken"
  done <"$work/mutations"
fi
exit "$failed"
