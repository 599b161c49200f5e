#!/usr/bin/env bash
# Feeds the readers of files with bytes that somebody made up, under the address and undefined behaviour sanitizers.
#
#   scripts/fuzz.sh [SECONDS] [NAME...]     each tests/fuzz/NAME_fuzz.cpp, by default all, for so many seconds (30)
#
# Two run at once. What a run learns stays in build/fuzz/corpus, and the next one goes on from there. A finding is an
# error: its input lies in build/fuzz/findings, and the program takes it as its argument, under a debugger as well.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-30}
names=("${@:2}")
if [[ ${#names[@]} -eq 0 ]]; then
  for file in tests/fuzz/*_fuzz.cpp; do names+=("$(basename "$file" _fuzz.cpp)"); done
fi

HELDER_PRESET=fuzz ./helder build fuzz
mkdir -p build/fuzz/findings build/fuzz/logs
python3 -B tests/fuzz/make_seeds.py build/fuzz/seeds

fuzz() {
  local name=$1 log=build/fuzz/logs/$1.log
  mkdir -p "build/fuzz/corpus/$name"
  if build/fuzz/"${name}_fuzz" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="build/fuzz/findings/$name-" \
    "build/fuzz/corpus/$name" "build/fuzz/seeds/$name" >"$log" 2>&1 </dev/null; then
    printf '%-16s %s\n' "$name" "$(grep -E '^Done|^#[0-9]+.*DONE' "$log" | tr '\n' ' ')"
  else
    grep -vE '^#[0-9]+\s+(NEW|REDUCE|pulse|RELOAD)' "$log" | tail -n 60 >&2
    echo "fuzz: $name has a finding (all of it: $log)" >&2
    return 1
  fi
}

status=0
running=0
for name in "${names[@]}"; do
  if [[ $running -eq 2 ]]; then
    wait -n || status=1
    running=1
  fi
  fuzz "$name" &
  running=$((running + 1))
done
while [[ $running -gt 0 ]]; do
  wait -n || status=1
  running=$((running - 1))
done
exit $status
