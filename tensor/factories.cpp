#include "tensor/factories.h"

#include <cmath>
#include <numbers>

#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_kernels.h"
#include "tensor/parallel.h"

namespace helder {
namespace {

// Calls body(i) for each element of a fresh contiguous tensor and stores what it returns.
template <class T, class Body>
void fill_each(const Tensor& x, Body&& body) {
  T* to = x.data<T>();
  parallel_for(x.numel(), kElementGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      to[i] = static_cast<T>(body(i));
    }
  });
}

}  // namespace

Tensor empty(const Shape& shape, DType dtype, Device device) {
  check_sizes("empty", shape);
  auto impl = std::make_shared<TensorImpl>();
  impl->storage = std::make_shared<Storage>(static_cast<size_t>(shape.numel()) * size_of(dtype), device);
  impl->shape = shape;
  impl->strides = contiguous_strides(shape);
  impl->dtype = dtype;
  return Tensor(std::move(impl));
}

Tensor full(const Shape& shape, double value, DType dtype, Device device) {
  Tensor x = empty(shape, dtype, device);
  x.fill_(value);
  return x;
}

Tensor zeros(const Shape& shape, DType dtype, Device device) { return full(shape, 0, dtype, device); }
Tensor ones(const Shape& shape, DType dtype, Device device) { return full(shape, 1, dtype, device); }
Tensor empty_like(const Tensor& x) { return empty(x.shape(), x.dtype(), x.device()); }
Tensor zeros_like(const Tensor& x) { return zeros(x.shape(), x.dtype(), x.device()); }
Tensor ones_like(const Tensor& x) { return ones(x.shape(), x.dtype(), x.device()); }
Tensor scalar(double value, DType dtype, Device device) { return full({}, value, dtype, device); }

Tensor arange(double start, double end, double step, DType dtype, Device device) {
  const double count = std::ceil((end - start) / step);
  check(count >= 0 && count <= 0x1p58, "arange: a step of {} does not lead from {} to {}", step, start, end);
  Tensor x = empty({static_cast<int64_t>(count)}, dtype, device);
  if constexpr (kCudaBuilt) {
    if (x.is_cuda()) {
      kernels::arange_cuda(x, start, step);
      return x;
    }
  }
  visit_arithmetic(dtype, "arange", [&]<class T>() {
    fill_each<T>(x, [&](int64_t i) { return start + static_cast<double>(i) * step; });
  });
  return x;
}

Tensor arange(int64_t end, Device device) {
  return arange(0, static_cast<double>(end), 1, DType::Int64, device);
}

Tensor linspace(double start, double end, int64_t steps, DType dtype, Device device) {
  check(steps >= 0, "linspace: steps must not be negative, got {}", steps);
  Tensor x = empty({steps}, dtype);
  const double step = steps > 1 ? (end - start) / static_cast<double>(steps - 1) : 0;
  visit_floating(dtype, "linspace", [&]<class T>() {
    // From both ends to the middle, so that both ends are exact.
    fill_each<T>(x, [&](int64_t i) {
      return i < (steps + 1) / 2 ? start + static_cast<double>(i) * step
                                 : end - static_cast<double>(steps - 1 - i) * step;
    });
  });
  return copied_to(x, device);
}

Tensor eye(int64_t rows, int64_t columns, DType dtype, Device device) {
  Tensor x = zeros({rows, columns < 0 ? rows : columns}, dtype, device);
  x.diagonal().fill_(1);
  return x;
}

Tensor rand(const Shape& shape, DType dtype, Generator& generator, Device device) {
  Tensor x = empty(shape, dtype, device);
  const uint64_t seed = generator.seed();
  const uint64_t offset = generator.reserve(static_cast<uint64_t>(x.numel()));
  if constexpr (kCudaBuilt) {
    if (x.is_cuda()) {
      kernels::rand_cuda(x, seed, offset);
      return x;
    }
  }
  visit_floating(dtype, "rand", [&]<class T>() {
    fill_each<T>(x, [&](int64_t i) {
      const auto words = philox4x32(seed, offset + static_cast<uint64_t>(i));
      if constexpr (std::is_same_v<T, float>) {
        return uniform_float(words[0]);
      } else {
        return uniform_double(words[0], words[1]);
      }
    });
  });
  return x;
}

Tensor randn(const Shape& shape, DType dtype, Generator& generator, Device device) {
  Tensor x = empty(shape, dtype, device);
  const uint64_t seed = generator.seed();
  const uint64_t offset = generator.reserve(static_cast<uint64_t>(x.numel()));
  if constexpr (kCudaBuilt) {
    if (x.is_cuda()) {
      kernels::randn_cuda(x, seed, offset);
      return x;
    }
  }
  visit_floating(dtype, "randn", [&]<class T>() {
    fill_each<T>(x, [&](int64_t i) {
      const auto words = philox4x32(seed, offset + static_cast<uint64_t>(i));
      const double radius = std::sqrt(-2 * std::log(1 - uniform_double(words[0], words[1])));
      return radius * std::cos(2 * std::numbers::pi * uniform_double(words[2], words[3]));
    });
  });
  return x;
}

Tensor randint(int64_t low, int64_t high, const Shape& shape, DType dtype, Generator& generator,
               Device device) {
  check(low < high, "randint: the range [{}, {}) is empty", low, high);
  Tensor x = empty(shape, dtype);
  const uint64_t seed = generator.seed();
  const uint64_t offset = generator.reserve(static_cast<uint64_t>(x.numel()));
  const uint64_t range = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  visit_arithmetic(dtype, "randint", [&]<class T>() {
    fill_each<T>(x, [&](int64_t i) {
      // 64 random bits modulo the range: the bias is below range / 2^64.
      const auto words = philox4x32(seed, offset + static_cast<uint64_t>(i));
      const uint64_t bits = (uint64_t{words[0]} << 32) | words[1];
      return static_cast<int64_t>(static_cast<uint64_t>(low) + bits % range);
    });
  });
  return copied_to(x, device);
}

Tensor randperm(int64_t n, Generator& generator) {
  Tensor x = arange(n);
  int64_t* order = x.data<int64_t>();
  for (int64_t i = n - 1; i > 0; --i) {
    std::swap(order[i], order[generator.randint(0, i + 1)]);
  }
  return x;
}

template <class T>
Tensor from_data(std::span<const T> values, const Shape& shape) {
  check_sizes("from_data", shape);
  check(static_cast<int64_t>(values.size()) == shape.numel(), "from_data: {} values for shape {}",
        values.size(), shape);
  Tensor x = empty(shape, dtype_of<T>());
  std::copy(values.begin(), values.end(), x.data<T>());
  return x;
}

template Tensor from_data(std::span<const bool>, const Shape&);
template Tensor from_data(std::span<const uint8_t>, const Shape&);
template Tensor from_data(std::span<const int64_t>, const Shape&);
template Tensor from_data(std::span<const float>, const Shape&);
template Tensor from_data(std::span<const double>, const Shape&);

}  // namespace helder
