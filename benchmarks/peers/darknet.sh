#!/usr/bin/env bash
# Helder beside darknet: Yolo-Fastest 1.1, from the decoded picture to the boxes (resize, network, suppression), with the same
# number of threads.
#
#   ./helder bench none && benchmarks/peers/darknet.sh CHECKOUT [ROUNDS] [THREADS]
#
# CHECKOUT is a clone of https://github.com/AlexeyAB/darknet. Its library is built in it once, with AVX and OpenMP, and
# darknet.c against that; nothing of it comes here. Weights and picture are those of $HELDER_DATA. The two take turns;
# printed are the medians of the rounds (each a median of 40 of darknet's runs, and the mean of Helder's), and darknet's time
# over Helder's: above 1, Helder needs less.
set -euo pipefail

[ $# -ge 1 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$1" && pwd)
rounds=${2:-5}
threads=${3:-2}
program=${HELDER_BENCH:-$here/../../build/release/helder_bench}
[ -x "$program" ] || { echo "no $program: run ./helder bench none first" >&2; exit 1; }
stem=${HELDER_DATA:?names the folder with checkpoints/yolo-fastest-1.1.cfg}/checkpoints/yolo-fastest-1.1
picture=$HELDER_DATA/images/dog.jpg

if [ ! -x "$checkout/helder-peer" ]; then
  make -C "$checkout" AVX=1 OPENMP=1 LIBSO=1 -j "${JOBS:-2}" libdarknet.so >/dev/null
  gcc -O2 -I"$checkout/include" -I"$checkout/src" "$here/darknet.c" -o "$checkout/helder-peer" \
    -L"$checkout" -ldarknet -lm "-Wl,-rpath,$checkout"
fi

export OMP_NUM_THREADS=$threads
ours='' theirs=''
for ((round = 0; round < rounds; ++round)); do
  ours+=$("$program" --benchmark_filter='^detection/helder/yolo_fastest/dog/all/' --benchmark_min_time=0.5 \
    --benchmark_format=csv 2>/dev/null | awk -F, '/^"detection/ { print $3 / 1000 }')$'\n'
  theirs+=$("$checkout/helder-peer" "$stem.cfg" "$stem.weights" "$picture" 40 2>/dev/null |
    awk '$1 == "times" { print $3 }')$'\n'
done
median() { sed '/^$/d' | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }
awk -v ours="$(median <<<"$ours")" -v theirs="$(median <<<"$theirs")" -v threads="$threads" -v rounds="$rounds" 'BEGIN {
  printf "Yolo-Fastest 1.1, dog.jpg: Helder %.2f ms, darknet %.2f ms, ratio %.2f (%s threads, medians of %s rounds)\n",
    ours, theirs, theirs / ours, threads, rounds }'
