#include "tensor/copy.h"

#include <cstring>

#include "tensor/cuda_built.h"
#include "tensor/cuda_kernels.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "tensor/strided_loop.h"

namespace helder {
namespace {

constexpr int64_t kPieceBytes = 1 << 18;

template <class To, class From>
void copy_run(To* to, int64_t to_stride, const From* from, int64_t from_stride, int64_t count) {
  if (to_stride == 1 && from_stride == 1) {
    if constexpr (std::is_same_v<To, From>) {
      // In large pieces: one thread does not use all of the memory's speed.
      parallel_for(count, kPieceBytes / static_cast<int64_t>(sizeof(To)), [&](int64_t begin, int64_t end) {
        std::memcpy(to + begin, from + begin, static_cast<size_t>(end - begin) * sizeof(To));
      });
      return;
    }
    for (int64_t i = 0; i < count; ++i) {
      to[i] = convert<To>(from[i]);
    }
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    to[i * to_stride] = convert<To>(from[i * from_stride]);
  }
}

// The bytes of a contiguous tensor on one device into a contiguous one of its type on another.
void copy_bytes(const Tensor& to, const Tensor& from) {
  const size_t bytes = static_cast<size_t>(from.numel()) * size_of(from.dtype());
  if (from.is_cpu()) {
    cuda::copy_from_cpu(to.raw_cuda_data(), from.raw_data(), bytes);
  } else {
    cuda::copy_to_cpu(to.raw_data(), from.raw_cuda_data(), bytes);
  }
}

// Only bytes travel: the layout changes before, and type and shape after.
void copy_between(const Tensor& destination, const Tensor& source) {
  const Tensor dense = contiguous_copy(source);
  if (destination.shape() == dense.shape() && destination.dtype() == dense.dtype() &&
      destination.is_contiguous()) {
    copy_bytes(destination, dense);
  } else {
    copy_elements(destination, copied_to(dense, destination.device()));
  }
}

}  // namespace

void copy_elements(const Tensor& destination, const Tensor& source) {
  const Shape& shape = destination.shape();
  check(broadcast_shapes("copy", shape, source.shape()) == shape,
        "copy: cannot write a tensor of shape {} into {}", source.shape(), shape);
  if (destination.device() != source.device()) {
    copy_between(destination, source);
    return;
  }
  if constexpr (kCudaBuilt) {
    if (destination.is_cuda()) {
      kernels::copy_elements_cuda(destination, source);
      return;
    }
  }
  const StridedLoop<2> loop(
      shape, {destination.strides(), broadcast_strides(source.shape(), source.strides(), shape)});
  visit_any(destination.dtype(), [&]<class To>() {
    visit_any(source.dtype(), [&]<class From>() {
      To* to = destination.data<To>();
      const From* from = source.data<From>();
      loop.run([&](const std::array<int64_t, 2>& offset, int64_t count) {
        copy_run(to + offset[0], loop.inner_stride(0), from + offset[1], loop.inner_stride(1), count);
      });
    });
  });
}

Tensor copied_to(const Tensor& x, Device device) {
  if (x.device() == device) {
    return x;
  }
  const Tensor dense = contiguous_copy(x);
  Tensor result = empty(x.shape(), x.dtype(), device);
  copy_bytes(result, dense);
  return result;
}

Tensor contiguous_copy(const Tensor& x) {
  if (x.is_contiguous()) {
    return x;
  }
  Tensor result = empty_like(x);
  copy_elements(result, x);
  return result;
}

Tensor converted_copy(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) {
    return x;
  }
  Tensor result = empty(x.shape(), dtype, x.device());
  copy_elements(result, x);
  return result;
}

}  // namespace helder
