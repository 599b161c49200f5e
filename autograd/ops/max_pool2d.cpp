#include "autograd/ops/max_pool2d.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "autograd/ops/pool2d_geometry.h"
#include "kernels/pool2d/max_pool2d.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// Calls `body` with the C++ type in which the place of a window's maximum is stored.
template <class Body>
void visit_tap(DType dtype, Body&& body) {
  if (dtype == DType::UInt8) {
    body.template operator()<uint8_t>();
  } else {
    body.template operator()<int64_t>();
  }
}

// y = max over the window.  dx = dy where the maximum was, else 0.
struct MaxPool2dNode final : Node, HasAttributes {
  MaxPool2dNode() : Node("max_pool2d") {}
  kernels::Pool2dGeometry geometry;
  Saved tap{*this, "tap"};  // which tap of each window was the maximum

  Attributes attributes() const override { return pool2d_attributes(geometry); }

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const Tensor& taps = tap;
    Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      visit_tap(taps.dtype(), [&]<class Tap>() {
        if (on_cpu(name(), dy, taps)) {
          kernels::max_pool2d_backward_cpu(geometry, dy.data<T>(), taps.data<Tap>(), dx.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::max_pool2d_backward_cuda(geometry, dy.cuda_data<T>(), taps.cuda_data<Tap>(),
                                            dx.cuda_data<T>());
        }
      });
    });
    return {dx};
  }
};

// The maxima, and `indices` when they are asked for.
Tensor pool(const Tensor& input, Pair kernel, const MaxPool2dOptions& options, Tensor* indices) {
  const auto geometry = pool2d_geometry("max_pool2d", input, kernel, options.stride.value_or(kernel),
                                        options.padding, options.dilation, options.ceil_mode);
  const Tensor x = contiguous_copy(input);
  Tensor y = empty(pool2d_shape(x, geometry), x.dtype(), x.device());
  auto* node = record<MaxPool2dNode>(y, input);
  const DType tap_type = geometry.taps() <= 256 ? DType::UInt8 : DType::Int64;
  const Tensor tap = node || indices ? empty(y.shape(), tap_type, x.device()) : Tensor();
  if (indices) {
    *indices = empty(y.shape(), DType::Int64, x.device());
  }
  visit_floating(x.dtype(), "max_pool2d", [&]<class T>() {
    visit_tap(tap_type, [&]<class Tap>() {
      if (x.is_cpu()) {
        Tap* taps = tap.defined() ? tap.data<Tap>() : nullptr;
        kernels::max_pool2d_forward_cpu(geometry, x.data<T>(), y.data<T>(), taps);
        if (indices) {
          kernels::max_pool2d_indices_cpu(geometry, taps, indices->data<int64_t>());
        }
      } else if constexpr (kCudaBuilt) {
        Tap* taps = tap.defined() ? tap.cuda_data<Tap>() : nullptr;
        kernels::max_pool2d_forward_cuda(geometry, x.cuda_data<T>(), y.cuda_data<T>(), taps);
        if (indices) {
          kernels::max_pool2d_indices_cuda(geometry, taps, indices->cuda_data<int64_t>());
        }
      }
    });
  });
  if (node) {
    node->geometry = geometry;
    node->tap = tap;
  }
  return y;
}

}  // namespace

Tensor max_pool2d(const Tensor& x, Pair kernel, const MaxPool2dOptions& options) {
  return pool(x, kernel, options, nullptr);
}

MaxPool2dResult max_pool2d_with_indices(const Tensor& x, Pair kernel, const MaxPool2dOptions& options) {
  MaxPool2dResult result;
  result.values = pool(x, kernel, options, &result.indices);
  return result;
}

}  // namespace helder
