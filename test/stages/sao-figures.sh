#!/bin/sh
# Where the figures of sao.test.ts come from: the same files read by ncdump (Debian: netcdf-bin) and averaged by awk, which
# share no code with the stages. Run by hand: sh test/stages/sao-figures.sh; prints the means of some regions and stations.
set -eu
reports=$(cd "$(dirname "$0")/../../pipelines/sao/reports" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# One line a report: hour id region T TD PSL ALTIM SPD DIR; `_` for no value.
for hour in 00 06 12 18; do
  gunzip -c "$reports/950318${hour}_sao.cdf.gz" > hour.cdf
  for name in id region T TD PSL ALTIM SPD DIR; do
    ncdump -p 9 -v "$name" hour.cdf | awk '/^data:/ { d = 1 } d' | tr '\n' ' ' |
      sed "s/.* $name = //; s/;.*//" | sed 's/, */\n/g' |
      sed 's/^ *"//; s/" *$//; s/^ *//; s/ *$//; s/ /_/g' > "column-$name"
  done
  paste -d' ' column-id column-region column-T column-TD column-PSL column-ALTIM column-SPD column-DIR | sed "s/^/$hour /"
done > reports.txt
awk '{ n[$1]++ } END { for (h in n) print h, n[h] }' reports.txt | sort

# Of each station and hour the report with most values, the last of these; means of T over stations with all four hours.
for want in alaska canada pacific; do
  awk -v want="$want" '
    function bad(v, lo, hi) { return v == "_" || v < lo || v > hi }
    {
      id = $2
      if (id !~ /[A-Z]/) next
      bare = $3 !~ /_/
      if (want == "alaska" && !($3 ~ /_AK_US$/ || (bare && id ~ /^P[AF][A-Z][A-Z]$/))) next
      if (want == "canada" && !($3 ~ /_(CN|CA)$/ || (bare && id ~ /^C[A-Z][A-Z][A-Z]$/))) next
      if (want == "pacific" && !($3 ~ /_(HI_US|MY|KA|ZM)$/ || (bare && id ~ /^P[^AF][A-Z][A-Z]$/))) next
      reports++
      t = bad($4, -90, 57) ? "_" : $4
      td = t == "_" || bad($5, -90, 36) ? "_" : $5
      v = (t != "_") + (td != "_") + !bad($6, 870, 1085) + !bad($7, 870, 1085) + !bad($8, 0, 90) + !bad($9, 0, 360)
      if (v == 0) next
      k = id " " $1
      if (!(k in most)) kept++
      if (v >= most[k]) { most[k] = v; T[k] = t; ids[id] = 1 }
    }
    END {
      for (id in ids) {
        all++
        n = s = 0
        for (h = 0; h < 24; h += 6) { k = id " " sprintf("%02d", h); if (k in T && T[k] != "_") { n++; s += T[k] } }
        if (n == 4) { whole++; sum += s / 4 }
      }
      printf "%s: %d reports, %d kept, %d stations, T of %d: %.4f\n", want, reports, kept, all, whole, sum / whole
    }' reports.txt
done
for id in ABE UKI HNL; do awk -v id="$id" '$2 == id' reports.txt; done
