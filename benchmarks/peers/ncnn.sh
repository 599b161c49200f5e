#!/usr/bin/env bash
# Helder beside ncnn, the networks that both have: one picture, float32, the same number of threads.
#
#   ./helder bench none && benchmarks/peers/ncnn.sh CHECKOUT [ROUNDS] [THREADS] [NETWORK]
#
# CHECKOUT is a clone of https://github.com/Tencent/ncnn. Its library, with the layers that these networks need, and its
# own benchmark program are built once, in $NCNN_BUILD (CHECKOUT/build-helder); nothing of it comes here. The two take
# turns. ncnn reports the least and the mean time of its loop, Helder's rows their mean; the table prints the least of the
# rounds and, from it, ncnn's time over Helder's: above 1, Helder needs less. Yolo-Fastest needs
# $HELDER_DATA/checkpoints/yolo-fastest-1.1.cfg, and is left out without. NETWORK, as ncnn calls it, takes one alone.
set -euo pipefail

[ $# -ge 1 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 1; }
checkout=$(cd "$1" && pwd)
rounds=${2:-5}
threads=${3:-2}
build=${NCNN_BUILD:-$checkout/build-helder}
program=${HELDER_BENCH:-$(cd "$(dirname "$0")/../.." && pwd)/build/release/helder_bench}
[ -x "$program" ] || { echo "no $program: run ./helder bench none first" >&2; exit 1; }

# ncnn's name of each network, Helder's row, and the picture.
networks="squeezenet squeezenet1_1 224
resnet18 resnet18 224
resnet50 resnet50 224
vgg16 vgg16 224
yolo-fastest-1.1 yolo_fastest 320"

if [ ! -x "$build/benchmark/benchncnn" ]; then
  # All layers for all processors take an hour; the types in these networks, and what those make inside, some minutes.
  wanted=$(awk 'FNR > 2 { print tolower($1) }' "$checkout"/benchmark/models/{squeezenet,resnet18,resnet50,vgg16,yolo-fastest-1.1}.param | sort -u)
  wanted+=$'\n'$(printf '%s\n' cast convolutiondepthwise crop flatten packing padding reshape)
  unwanted=()
  for header in "$checkout"/src/layer/*.h; do
    layer=$(basename "$header" .h)
    grep -qx "$layer" <<<"$wanted" || unwanted+=("-DWITH_LAYER_$layer=OFF")
  done
  cmake -S "$checkout" -B "$build" -DCMAKE_BUILD_TYPE=Release -DNCNN_BUILD_TOOLS=OFF -DNCNN_BUILD_EXAMPLES=OFF \
    -DNCNN_INT8=OFF -DNCNN_BF16=OFF -DNCNN_WEIGHT_QUANT=OFF "${unwanted[@]}" >/dev/null
  cmake --build "$build" --target benchncnn -j "${JOBS:-2}"
fi

ncnn_times() {  # NETWORK SIZE -> least and mean milliseconds of 20 runs after ncnn's own warm-up
  (cd "$checkout/benchmark/models" &&
    "$build/benchmark/benchncnn" 20 "$threads" 0 -1 0 "param=$1.param" "shape=[$2,$2,3]" 2>&1) |
    sed -n 's/.*min = *\([0-9.]*\).*avg = *\([0-9.]*\).*/\1 \2/p'
}

helder_time() {  # ROW -> milliseconds
  OMP_NUM_THREADS=$threads "$program" --benchmark_filter="^network/helder/$1/1/forward/" \
    --benchmark_min_time=0.5 --benchmark_format=csv 2>/dev/null | awk -F, '/^"network/ { print $3 / 1000 }'
}

least() { sort -n | head -1; }

printf '%-14s %12s %12s %14s %8s   (milliseconds, %s threads, least of %s rounds)\n' \
  network Helder ncnn 'ncnn, mean' ratio "$threads" "$rounds"
while read -r name row size; do
  [ -z "${4:-}" ] || [ "$name" = "$4" ] || continue
  ours='' theirs='' mean=''
  for ((round = 0; round < rounds; ++round)); do
    ours+=$(helder_time "$row")$'\n'
    read -r fast usual < <(ncnn_times "$name" "$size")
    theirs+=$fast$'\n' mean+=$usual$'\n'
  done
  [ -n "${ours//$'\n'/}" ] || continue  # helder_bench has no such row
  awk -v name="$row" -v ours="$(sed '/^$/d' <<<"$ours" | least)" -v theirs="$(sed '/^$/d' <<<"$theirs" | least)" \
    -v mean="$(sed '/^$/d' <<<"$mean" | least)" \
    'BEGIN { printf "%-14s %12.2f %12.2f %14.2f %8.2f\n", name, ours, theirs, mean, theirs / ours }'
done <<<"$networks"
