#include "autograd/ops/max_unpool2d.h"

#include <cstdlib>

#include "autograd/node.h"
#include "autograd/ops/window_limits.h"
#include "kernels/indexing/indexing.h"
#include "kernels/pool2d/max_unpool2d.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y[index] = x.  dx = dy[index].
struct MaxUnpool2dNode final : Node {
  MaxUnpool2dNode() : Node("max_unpool2d") {}
  kernels::IndexGeometry geometry;
  Saved indices{*this, "indices"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), dy, indices.get())) {
        kernels::gather_cpu(geometry, indices.get().data<int64_t>(), dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::max_unpool2d_backward_cuda(geometry.outer, geometry.count, geometry.size,
                                            indices.get().cuda_data<int64_t>(), dy.cuda_data<T>(),
                                            dx.cuda_data<T>());
      }
    });
    return {dx, Tensor()};
  }
};

}  // namespace

Tensor max_unpool2d(const Tensor& x0, const Tensor& indices0, Pair kernel,
                    const MaxUnpool2dOptions& options) {
  check(x0.rank() == 3 || x0.rank() == 4, "max_unpool2d: expected an input [C,H,W] or [N,C,H,W], got {}",
        x0.shape());
  check(indices0.dtype() == DType::Int64 && indices0.shape() == x0.shape(),
        "max_unpool2d: indices must be int64 and of the input's shape {}, got {} {}", x0.shape(),
        name_of(indices0.dtype()), indices0.shape());
  const Pair stride = options.stride.value_or(kernel);
  check(kernel.h > 0 && kernel.w > 0 && stride.h > 0 && stride.w > 0,
        "max_unpool2d: kernel and stride must be at least 1, got kernel {}x{} and stride {}x{}", kernel.h,
        kernel.w, stride.h, stride.w);
  check_window_limits("max_unpool2d", {{"input", {x0.size(-2), x0.size(-1)}},
                                       {"kernel", kernel},
                                       {"stride", stride},
                                       {"padding", options.padding}});
  const Pair usual = {(x0.size(-2) - 1) * stride.h - 2 * options.padding.h + kernel.h,
                      (x0.size(-1) - 1) * stride.w - 2 * options.padding.w + kernel.w};
  const Pair size = options.output_size.value_or(usual);
  // Pooling drops less than a stride: another size cannot have been pooled to this one.
  check(
      size.h > 0 && size.w > 0 && std::abs(size.h - usual.h) < stride.h &&
          std::abs(size.w - usual.w) < stride.w,
      "max_unpool2d: the output size must be positive and less than a stride of {}x{} from {}x{}, got {}x{}",
      stride.h, stride.w, usual.h, usual.w, size.h, size.w);

  const Tensor x = contiguous_copy(x0), indices = contiguous_copy(indices0);
  const int64_t planes = x.rank() == 4 ? x.size(0) * x.size(1) : x.size(0);
  const kernels::IndexGeometry geometry{
      .outer = planes, .size = size.h * size.w, .count = x.size(-2) * x.size(-1), .inner = 1};
  const bool cpu = on_cpu("max_unpool2d", x, indices);
  const Tensor checked = cpu ? indices : copied_to(indices, Device::Cpu);
  kernels::check_indices("max_unpool2d", checked.data<int64_t>(), checked.numel(), geometry.size);

  Shape shape = x.shape();
  shape[x.rank() - 2] = size.h;
  shape[x.rank() - 1] = size.w;
  Tensor y = empty(shape, x.dtype(), x.device());
  visit_floating(x.dtype(), "max_unpool2d", [&]<class T>() {
    if (cpu) {
      kernels::max_unpool2d_forward_cpu(planes, geometry.count, geometry.size, indices.data<int64_t>(),
                                        x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::max_unpool2d_forward_cuda(planes, geometry.count, geometry.size, indices.cuda_data<int64_t>(),
                                         x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<MaxUnpool2dNode>(y, x0, indices)) {
    node->geometry = geometry;
    node->indices = indices;
  }
  return y;
}

}  // namespace helder
