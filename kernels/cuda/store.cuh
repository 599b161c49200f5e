#pragma once

#include "kernels/cuda/launch.h"

namespace helder::kernels {

// *to = value. Of one thread.
template <class V>
__global__ void __launch_bounds__(1) store(V value, V* to) {
  *to = value;
}

/// Queues *to = value, `to` on the GPU. The value travels with the launch, so that nothing has to be kept
/// until it is copied.
template <class V>
void store_cuda(const V& value, V* to) {
  launch<store<V>>({.grid = 1, .block = 1}, value, to);
}

}  // namespace helder::kernels
