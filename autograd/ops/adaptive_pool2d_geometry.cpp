#include "autograd/ops/adaptive_pool2d_geometry.h"

namespace helder {

kernels::AdaptivePool2dGeometry adaptive_pool2d_geometry(const char* operation, const Tensor& x,
                                                         const AdaptiveSize& size) {
  check(x.rank() == 3 || x.rank() == 4, "{}: expected an input [C,H,W] or [N,C,H,W], got {}", operation,
        x.shape());
  for (int d = x.rank() - 3; d < x.rank(); ++d) {
    check(x.shape()[d] > 0, "{}: only the batch may be empty, got an input of shape {}", operation,
          x.shape());
  }
  kernels::AdaptivePool2dGeometry g;
  g.planes = x.rank() == 4 ? x.size(0) * x.size(1) : x.size(0);
  g.in_h = x.size(-2);
  g.in_w = x.size(-1);
  g.out_h = size.h.value_or(g.in_h);
  g.out_w = size.w.value_or(g.in_w);
  check(g.out_h >= 0 && g.out_w >= 0, "{}: the output size must not be negative, got {}x{}", operation,
        g.out_h, g.out_w);
  return g;
}

Shape adaptive_pool2d_shape(const Tensor& x, const kernels::AdaptivePool2dGeometry& geometry) {
  Shape shape = x.shape();
  shape[x.rank() - 2] = geometry.out_h;
  shape[x.rank() - 1] = geometry.out_w;
  return shape;
}

}  // namespace helder
