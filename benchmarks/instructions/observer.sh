#!/usr/bin/env bash
# Counts the instructions of LeNet's training steps, as they are and in a copy in which nothing asks for an observer: what it
# costs to be able to look inside while nobody does. Needs valgrind, and builds the library twice, in a folder of its own.
#
#   benchmarks/instructions/observer.sh [FOLDER]
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(realpath -m "${1:-$source/build/observer}")
counts=()
for side in with without; do
  tree=$folder/$side
  rm -rf "$tree/source"
  mkdir -p "$tree/source"
  (cd "$source" && git ls-files -co --exclude-standard | tar cf - -T -) | tar xf - -C "$tree/source"
  cd "$tree/source"
  if [[ $side == without ]]; then
    sed -i 's/if (current_observer)/if (false)/' autograd/node.h autograd/engine.cpp layers/module.h
    sed -i '/const UnobservedGuard unobserved;/d; /While one of these lives, this thread has no observer/,/^};$/d' autograd/engine.cpp
    sed -i 's/ && !current_observer//; s/ || current_observer//' layers/fused_conv2d.cpp models/darknet.cpp
    if grep -rnE 'if \(current_observer|[!|] ?current_observer' autograd/*.cpp autograd/node.h layers models; then
      echo 'these are not taken out' >&2
      exit 1
    fi
  fi
  # Vectors that valgrind knows.
  cmake -S . -B "$tree/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS=-march=x86-64-v3 \
    -DHELDER_NATIVE=OFF -DHELDER_CUDA=off >/dev/null
  cmake --build "$tree/build" --target helder
  g++ -std=c++20 -O2 -march=x86-64-v3 -DHELDER_CUDA_NVCC=0 -DHELDER_CUDA_SIMT=0 -I. benchmarks/instructions/lenet_steps.cpp \
    -L"$tree/build" -lhelder -lfmt -lz -lcurl -lcrypto -fopenmp -o "$tree/lenet_steps"
  OMP_NUM_THREADS=1 valgrind --tool=callgrind --callgrind-out-file="$tree/callgrind.out" \
    --toggle-collect='lenet_training_step*' "$tree/lenet_steps" 2>"$tree/log"
  counts+=("$(awk '/Collected/ { print $NF }' "$tree/log")")
  echo "$side: ${counts[-1]} instructions"
done
awk -v a="${counts[0]}" -v b="${counts[1]}" 'BEGIN { printf "%.4f %% more\n", 100 * (a / b - 1) }'
