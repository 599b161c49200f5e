#include "autograd/ops/grid_sample.h"

#include "autograd/node.h"
#include "kernels/grid_sample/grid_sample.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

// y[p] = sum over pixels near the place (u, v) of p, of b_i(v) a_j(u) x[i, j]: linear in x, so dx spreads dy
// with the same weights; and a_j, b_i have derivatives, so the place gets a gradient too. The formulas are in
// kernels/grid_sample/grid_sample.h.
struct GridSampleNode final : Node {
  GridSampleNode() : Node("grid_sample") {}
  kernels::GridSampleGeometry geometry{};
  Saved x{*this, "input"}, grid{*this, "grid"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const Tensor& places = grid;
    const bool cpu = on_cpu(name(), dy, places, x.get());
    Tensor dx, dgrid;
    visit_floating(dtype(), name(), [&]<class T>() {
      if (needs_grad(0)) {
        dx = empty(input_shape(0), dtype(), device());
        if (cpu) {
          kernels::grid_sample_backward_input_cpu(geometry, places.data<T>(), dy.data<T>(), dx.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::grid_sample_backward_input_cuda(geometry, places.cuda_data<T>(), dy.cuda_data<T>(),
                                                   dx.cuda_data<T>());
        }
      }
      if (needs_grad(1)) {
        dgrid = empty(input_shape(1), dtype(), device());
        if (cpu) {
          kernels::grid_sample_backward_grid_cpu(geometry, x.get().data<T>(), places.data<T>(), dy.data<T>(),
                                                 dgrid.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::grid_sample_backward_grid_cuda(geometry, x.get().cuda_data<T>(), places.cuda_data<T>(),
                                                  dy.cuda_data<T>(), dgrid.cuda_data<T>());
        }
      }
    });
    return {dx, dgrid};
  }
};

namespace {

kernels::GridMode mode_named(const std::string& mode) {
  if (mode == "bilinear") {
    return kernels::GridMode::Bilinear;
  }
  if (mode == "nearest") {
    return kernels::GridMode::Nearest;
  }
  check(mode == "bicubic", "grid_sample: mode must be bilinear, nearest or bicubic, got '{}'", mode);
  return kernels::GridMode::Bicubic;
}

kernels::GridPadding padding_named(const std::string& padding) {
  if (padding == "zeros") {
    return kernels::GridPadding::Zeros;
  }
  if (padding == "border") {
    return kernels::GridPadding::Border;
  }
  check(padding == "reflection", "grid_sample: padding_mode must be zeros, border or reflection, got '{}'",
        padding);
  return kernels::GridPadding::Reflection;
}

}  // namespace

Tensor grid_sample(const Tensor& x0, const Tensor& grid0, const GridSampleOptions& options) {
  check(x0.rank() == 4 && grid0.rank() == 4 && grid0.size(3) == 2 && grid0.size(0) == x0.size(0),
        "grid_sample: expected input [N,C,H,W] and grid [N,OH,OW,2], got {} and {}", x0.shape(),
        grid0.shape());
  check(x0.size(2) > 0 && x0.size(3) > 0, "grid_sample: the image must have pixels, got an input of shape {}",
        x0.shape());
  check(x0.dtype() == grid0.dtype(), "grid_sample: input is {}, grid {}", name_of(x0.dtype()),
        name_of(grid0.dtype()));
  const kernels::GridSampleGeometry geometry{.N = x0.size(0),
                                             .C = x0.size(1),
                                             .H = x0.size(2),
                                             .W = x0.size(3),
                                             .OH = grid0.size(1),
                                             .OW = grid0.size(2),
                                             .mode = mode_named(options.mode),
                                             .padding = padding_named(options.padding_mode),
                                             .align_corners = options.align_corners};
  const Tensor x = contiguous_copy(x0), grid = contiguous_copy(grid0);
  Tensor y = empty({geometry.N, geometry.C, geometry.OH, geometry.OW}, x.dtype(), x.device());
  visit_floating(x.dtype(), "grid_sample", [&]<class T>() {
    if (on_cpu("grid_sample", x, grid)) {
      kernels::grid_sample_forward_cpu(geometry, x.data<T>(), grid.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::grid_sample_forward_cuda(geometry, x.cuda_data<T>(), grid.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<GridSampleNode>(y, x0, grid0)) {
    node->geometry = geometry;
    node->grid = grid;
    node->x = node->needs_grad(1) ? x : Tensor();
  }
  return y;
}

}  // namespace helder
