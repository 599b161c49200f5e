#pragma once

#include <span>
#include <vector>

#include "tensor/random.h"
#include "tensor/tensor.h"

namespace helder {

/// New tensors, with PyTorch's names and defaults. All are contiguous leaves that do not require grad; random
/// ones give the same numbers for the same generator state whatever the number of threads, and on the GPU
/// too.

/// Uninitialised memory.
Tensor empty(const Shape& shape, DType dtype = DType::Float32, Device device = Device::Cpu);
Tensor zeros(const Shape& shape, DType dtype = DType::Float32, Device device = Device::Cpu);
Tensor ones(const Shape& shape, DType dtype = DType::Float32, Device device = Device::Cpu);
Tensor full(const Shape& shape, double value, DType dtype = DType::Float32, Device device = Device::Cpu);
Tensor empty_like(const Tensor& x);
Tensor zeros_like(const Tensor& x);
Tensor ones_like(const Tensor& x);

/// start, start + step, ... below end (above, for a negative step).
Tensor arange(double start, double end, double step = 1, DType dtype = DType::Int64,
              Device device = Device::Cpu);
Tensor arange(int64_t end, Device device = Device::Cpu);
/// `steps` evenly spaced values with both ends.
Tensor linspace(double start, double end, int64_t steps, DType dtype = DType::Float32,
                Device device = Device::Cpu);
/// The identity matrix [rows, columns]; columns = rows when negative.
Tensor eye(int64_t rows, int64_t columns = -1, DType dtype = DType::Float32, Device device = Device::Cpu);

/// Uniform in [0, 1); float32 or float64.
Tensor rand(const Shape& shape, DType dtype = DType::Float32, Generator& generator = default_generator(),
            Device device = Device::Cpu);
/// Standard normal, by Box-Muller; float32 or float64.
Tensor randn(const Shape& shape, DType dtype = DType::Float32, Generator& generator = default_generator(),
             Device device = Device::Cpu);
/// Integers in [low, high).
Tensor randint(int64_t low, int64_t high, const Shape& shape, DType dtype = DType::Int64,
               Generator& generator = default_generator(), Device device = Device::Cpu);
/// The numbers 0..n-1 in random order (Fisher-Yates), int64.
Tensor randperm(int64_t n, Generator& generator = default_generator());

/// A copy of `values` in the given shape. Throws when the count disagrees.
template <class T>
Tensor from_data(std::span<const T> values, const Shape& shape);
template <class T>
Tensor from_data(const std::vector<T>& values, const Shape& shape) {
  return from_data(std::span<const T>(values), shape);
}
/// A vector, or with `reshape` more: `tensor<float>({1, 2, 3})`.
template <class T>
Tensor tensor(std::initializer_list<T> values) {
  return from_data(std::span<const T>(values.begin(), values.size()), {static_cast<int64_t>(values.size())});
}
/// A tensor of rank 0.
Tensor scalar(double value, DType dtype = DType::Float32, Device device = Device::Cpu);

}  // namespace helder
