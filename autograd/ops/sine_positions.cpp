#include "autograd/ops/sine_positions.h"

#include "autograd/ops/cat.h"
#include "autograd/ops/expand.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {

Tensor sine_positions(const Tensor& positions, int64_t dim, double temperature, SineLayout layout) {
  check(dim >= 0 && dim % 2 == 0, "sine_positions: dim must be even, a sine and a cosine each, got {}", dim);
  check(temperature > 0, "sine_positions: temperature must be positive, got {}", temperature);
  check(!positions.requires_grad(), "sine_positions: positions are constants, but these require a gradient");
  const DType dtype = is_floating_point(positions.dtype()) ? positions.dtype() : DType::Float32;
  const Tensor dense = contiguous_copy(converted_copy(positions, dtype));
  Shape shape = positions.shape();
  shape.push_back(dim);
  const Tensor y = empty(shape, dtype, positions.device());
  visit_floating(dtype, "sine_positions", [&]<class T>() {
    if (dense.is_cpu()) {
      kernels::sine_positions_cpu(dense.numel(), dim / 2, temperature, layout, dense.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::sine_positions_cuda(dense.numel(), dim / 2, temperature, layout, dense.cuda_data<T>(),
                                   y.cuda_data<T>());
    }
  });
  return y;
}

Tensor sine_positions_2d(const Tensor& mask, int64_t num_pos_feats, const SinePositions2dOptions& options,
                         DType dtype) {
  check(mask.dtype() == DType::Bool && mask.rank() == 3,
        "sine_positions_2d: expected a bool mask [N,H,W], got {} {}", name_of(mask.dtype()), mask.shape());
  check(num_pos_feats >= 0 && num_pos_feats % 2 == 0, "sine_positions_2d: num_pos_feats must be even, got {}",
        num_pos_feats);
  check(options.normalize || !options.scale, "sine_positions_2d: scale is for positions that are normalized");
  const double scale = options.normalize ? options.scale.value_or(2 * std::numbers::pi) : 0;
  const Tensor dense = contiguous_copy(mask);
  const Tensor y = empty(mask.shape(), dtype, mask.device()), x = empty_like(y);
  visit_floating(dtype, "sine_positions_2d", [&]<class T>() {
    if (dense.is_cpu()) {
      kernels::pixel_positions_cpu(mask.size(0), mask.size(1), mask.size(2), scale, dense.data<bool>(),
                                   y.data<T>(), x.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::pixel_positions_cuda(mask.size(0), mask.size(1), mask.size(2), scale, dense.cuda_data<bool>(),
                                    y.cuda_data<T>(), x.cuda_data<T>());
    }
  });
  const Tensor codes = cat({sine_positions(y, num_pos_feats, options.temperature),
                            sine_positions(x, num_pos_feats, options.temperature)},
                           3);  // [N, H, W, 2 num_pos_feats]
  return codes.permute({0, 3, 1, 2}).contiguous();
}

Tensor sine_grid_2d(int64_t dim, int64_t height, int64_t width, bool class_token, DType dtype) {
  check(dim >= 0 && dim % 4 == 0, "sine_grid_2d: dim must be a multiple of 4, got {}", dim);
  check(height >= 0 && width >= 0, "sine_grid_2d: the grid's sizes must not be negative, got {}x{}", height,
        width);
  const auto codes = [&](int64_t count) {
    const Tensor positions = arange(0, static_cast<double>(count), 1, dtype);
    return sine_positions(positions, dim / 2, 10000, SineLayout::Halves);
  };
  const Tensor columns = expand(codes(width).unsqueeze(0), {height, width, dim / 2});
  const Tensor rows = expand(codes(height).unsqueeze(1), {height, width, dim / 2});
  const Tensor table = reshape(cat({columns, rows}, 2), {height * width, dim});
  return class_token ? cat({zeros({1, dim}, dtype), table}, 0) : table;
}

}  // namespace helder
