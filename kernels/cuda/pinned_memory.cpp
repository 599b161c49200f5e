// Pinned memory: tensor/pinned_memory.h over CUDA's runtime, or over simt's.

#include "tensor/cuda_built.h"

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT

#include "tensor/pinned_memory.h"

#include <map>
#include <mutex>

#include "kernels/cuda/check.h"
#include "kernels/cuda/stream.h"
#include "tensor/caching_allocator.h"
#include "tensor/copy.h"
#include "tensor/cuda_graph.h"
#include "tensor/cuda_runtime.h"
#include "tensor/cuda_stream.h"
#include "tensor/factories.h"

namespace helder::cuda {
namespace {

void* host_allocate(size_t bytes) {
  void* block = nullptr;
  if (cudaHostAlloc(&block, bytes, cudaHostAllocPortable) != cudaSuccess) {
    cudaGetLastError();
    return nullptr;
  }
  return block;
}
void host_free(void* block) { cudaFreeHost(block); }

CachingAllocator& allocator() {
  static auto* instance = new CachingAllocator({.name = "pinned memory",
                                                .allocate = host_allocate,
                                                .free = host_free,
                                                .poisoned = HELDER_CUDA_SIMT != 0});
  return *instance;
}

class PinnedBlock;

// All that there are, by where they begin: a tensor does not know what kind of memory it has.
struct Blocks {
  std::mutex mutex;
  std::map<const std::byte*, PinnedBlock*> of_begin;
};
Blocks& blocks() {
  static auto* instance = new Blocks();
  return *instance;
}

class PinnedBlock {
 public:
  explicit PinnedBlock(size_t bytes)
      : bytes_(bytes), data_(static_cast<std::byte*>(allocator().allocate(bytes))) {
    const std::lock_guard lock(blocks().mutex);
    blocks().of_begin[data_] = this;
  }
  ~PinnedBlock() {
    {
      const std::lock_guard lock(blocks().mutex);
      blocks().of_begin.erase(data_);
    }
    try {
      used_.synchronize();    // a copy may still read or write here
    } catch (const Error&) {  // which whoever waits for the GPU next is told of
    }
    allocator().free(data_, bytes_);
  }
  PinnedBlock(const PinnedBlock&) = delete;
  PinnedBlock& operator=(const PinnedBlock&) = delete;

  std::byte* data() const { return data_; }
  bool holds(const std::byte* address) const { return address < data_ + std::max<size_t>(bytes_, 1); }
  /// A copy from or to here was queued on the current stream.
  void note_copy() { used_.record(); }

 private:
  size_t bytes_;
  std::byte* data_;
  Event used_;
};

PinnedBlock* block_of(const Tensor& x) {
  if (!x.defined() || !x.is_cpu()) {
    return nullptr;
  }
  const auto* address = static_cast<const std::byte*>(x.impl()->storage->data());
  const std::lock_guard lock(blocks().mutex);
  auto after = blocks().of_begin.upper_bound(address);
  if (after == blocks().of_begin.begin()) {
    return nullptr;
  }
  PinnedBlock* block = std::prev(after)->second;
  return block->holds(address) ? block : nullptr;
}

Tensor empty_pinned(const Shape& shape, DType dtype) {
  const size_t bytes = static_cast<size_t>(shape.numel()) * size_of(dtype);
  const auto block = std::make_shared<PinnedBlock>(bytes);
  auto impl = std::make_shared<TensorImpl>();
  impl->storage = std::make_shared<Storage>(block->data(), bytes, block);
  impl->shape = shape;
  impl->strides = contiguous_strides(shape);
  impl->dtype = dtype;
  return Tensor(std::move(impl));
}

}  // namespace

bool is_pinned(const Tensor& x) { return block_of(x) != nullptr; }

Tensor pin_memory(const Tensor& x) {
  check(x.is_cpu(), "pin_memory: the tensor is on {}; only memory of the host is pinned",
        name_of(x.device()));
  if (is_pinned(x) && x.is_contiguous()) {
    return x;
  }
  Tensor pinned = empty_pinned(x.shape(), x.dtype());
  copy_elements(pinned, x);
  return pinned;
}

void copy_non_blocking(const Tensor& destination, const Tensor& source) {
  check(!is_capturing(), "copy_non_blocking: not while a graph is captured");
  check(destination.shape() == source.shape() && destination.dtype() == source.dtype(),
        "copy_non_blocking: cannot copy {} {} into {} {}", name_of(source.dtype()), source.shape(),
        name_of(destination.dtype()), destination.shape());
  check(destination.is_contiguous() && source.is_contiguous(),
        "copy_non_blocking: both tensors must be contiguous");
  PinnedBlock* block = block_of(source.is_cpu() ? source : destination);
  if (block == nullptr || destination.device() == source.device()) {
    copy_elements(destination, source);
    return;
  }
  const size_t bytes = static_cast<size_t>(source.numel()) * size_of(source.dtype());
  const bool to_gpu = source.is_cpu();
  kernels::check_cuda(
      cudaMemcpyAsync(to_gpu ? destination.raw_cuda_data() : destination.raw_data(),
                      to_gpu ? source.raw_data() : source.raw_cuda_data(), bytes,
                      to_gpu ? cudaMemcpyHostToDevice : cudaMemcpyDeviceToHost, kernels::stream_now()),
      "copy without waiting");
  block->note_copy();
}

Tensor to_non_blocking(const Tensor& x, Device device) {
  if (x.device() == device) {
    return x;
  }
  const Tensor dense = contiguous_copy(x.detach());
  const Tensor result =
      device == Device::Cpu ? empty_pinned(x.shape(), x.dtype()) : empty(x.shape(), x.dtype(), device);
  copy_non_blocking(result, dense);
  return result;
}

}  // namespace helder::cuda

#endif
