#pragma once

#include "tensor/tensor.h"

/// Memory of the host that the GPU copies from and to by itself, while the program goes on. Ordinary
/// ("pageable") memory may be moved by the system at any time, so a copy of it has to be waited for. In a
/// build without CUDA these functions throw, but is_pinned, which says no.
namespace helder::cuda {

/// A copy of a CPU tensor in pinned memory, contiguous; x itself where it is pinned. Tensor.pin_memory.
Tensor pin_memory(const Tensor& x);
bool is_pinned(const Tensor& x);

/// x.to(device, non_blocking=True): queued on the current stream. Towards the GPU the program goes on at once
/// if x is pinned and contiguous, and otherwise when x has been read. Change x only after an event or a
/// synchronize; letting go of it is fine. Towards the CPU the result is pinned, and must be read only after
/// one.
Tensor to_non_blocking(const Tensor& x, Device device);

/// destination.copy_(source, non_blocking=True), of one shape and type. Both contiguous.
void copy_non_blocking(const Tensor& destination, const Tensor& source);

}  // namespace helder::cuda
