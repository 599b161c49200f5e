#include "autograd/ops/conv_transpose2d.h"

#include <algorithm>

#include "autograd/node.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/product_operand.h"
#include "autograd/ops/squeeze.h"
#include "autograd/ops/window_limits.h"
#include "kernels/conv2d/conv2d.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

// There is a convolution whose input is our output y, and whose output is our input x: `geometry` is its.
// With A for what it does to y, as a matrix:
//
//   conv2d:            x = A y         dL/dy = A^T dL/dx
//   conv_transpose2d:  y = A^T x       dL/dx = A dL/dy
//
// So each of the two is the other's backward, and no loop is new here. Not in an anonymous namespace: a
// debugger should find it by this name.
struct ConvTranspose2dNode final : Node {
  ConvTranspose2dNode() : Node("conv_transpose2d") {}
  kernels::Conv2dGeometry geometry{};
  Saved x{*this, "input"}, weight{*this, "weight"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const kernels::Conv2dGeometry& g = geometry;
    const bool cpu = on_cpu(name(), dy, x.get(), weight.get());
    const Tensor factor = product_operand(dy), x_factor = product_operand(x),
                 weight_factor = product_operand(weight);
    Tensor dx, dw, db;
    visit_floating(dtype(), name(), [&]<class T>() {
      if (needs_grad(0)) {
        dx = empty(input_shape(0), dtype(), device());
        if (cpu) {
          kernels::conv2d_forward_cpu<T>(g, factor.data<T>(), weight_factor.data<T>(), nullptr, dx.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::conv2d_forward_cuda<T>(g, factor.cuda_data<T>(), weight_factor.cuda_data<T>(), nullptr,
                                          dx.cuda_data<T>());
        }
      }
      if (needs_grad(1)) {
        dw = empty(input_shape(1), dtype(), device());
        if (cpu) {
          kernels::conv2d_backward_weight_cpu(g, factor.data<T>(), x_factor.data<T>(), dw.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::conv2d_backward_weight_cuda(g, factor.cuda_data<T>(), x_factor.cuda_data<T>(),
                                               dw.cuda_data<T>());
        }
      }
      if (needs_grad(2)) {
        db = empty(input_shape(2), dtype(), device());
        const kernels::Conv2dGeometry sum{.N = g.N, .C = 1, .H = g.H, .W = g.W, .O = g.C, .KH = 1, .KW = 1};
        if (cpu) {
          kernels::conv2d_backward_bias_cpu(sum, dy.data<T>(), db.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::conv2d_backward_bias_cuda(sum, dy.cuda_data<T>(), db.cuda_data<T>());
        }
      }
    });
    return {dx, dw, db};
  }
};

namespace {

kernels::Conv2dGeometry check_arguments(const Tensor& x, const Tensor& weight, const Tensor& bias,
                                        const ConvTranspose2dOptions& o) {
  const std::string shapes =
      fmt::format("(input {}, weight {}, groups {})", x.shape().str(), weight.shape().str(), o.groups);
  check(x.rank() == 4 && weight.rank() == 4,
        "conv_transpose2d: expected input [N,C,H,W] or [C,H,W] and weight [C,O/groups,KH,KW] {}", shapes);
  check(x.dtype() == weight.dtype() && (!bias.defined() || bias.dtype() == x.dtype()),
        "conv_transpose2d: input is {}, weight {}{}", name_of(x.dtype()), name_of(weight.dtype()),
        bias.defined() ? fmt::format(", bias {}", name_of(bias.dtype())) : "");
  check(x.size(1) == weight.size(0), "conv_transpose2d: input has {} channels but weight expects {} {}",
        x.size(1), weight.size(0), shapes);
  check(o.groups > 0 && x.size(1) % o.groups == 0,
        "conv_transpose2d: {} input channels do not divide into {} groups {}", x.size(1), o.groups, shapes);
  check(x.size(2) > 0 && x.size(3) > 0 && weight.numel() > 0,
        "conv_transpose2d: only the batch may be empty {}", shapes);
  const int64_t outputs = weight.size(1) * o.groups;
  check(!bias.defined() || bias.shape() == Shape{outputs}, "conv_transpose2d: bias must be [{}], got {}",
        outputs, bias.defined() ? bias.shape().str() : "");
  check(o.stride.h > 0 && o.stride.w > 0, "conv_transpose2d: stride must be positive, got {}x{}", o.stride.h,
        o.stride.w);
  check(o.dilation.h > 0 && o.dilation.w > 0, "conv_transpose2d: dilation must be positive, got {}x{}",
        o.dilation.h, o.dilation.w);
  check(o.padding.h >= 0 && o.padding.w >= 0, "conv_transpose2d: padding must not be negative, got {}x{}",
        o.padding.h, o.padding.w);
  check(o.output_padding.h >= 0 && o.output_padding.h < std::max(o.stride.h, o.dilation.h) &&
            o.output_padding.w >= 0 && o.output_padding.w < std::max(o.stride.w, o.dilation.w),
        "conv_transpose2d: output_padding must be at least 0 and less than stride or dilation, got {}x{} for "
        "stride {}x{} and dilation {}x{}",
        o.output_padding.h, o.output_padding.w, o.stride.h, o.stride.w, o.dilation.h, o.dilation.w);
  check_window_limits("conv_transpose2d", {{"input", {x.size(2), x.size(3)}},
                                           {"kernel", {weight.size(2), weight.size(3)}},
                                           {"stride", o.stride},
                                           {"padding", o.padding},
                                           {"dilation", o.dilation}});
  const int64_t out_h = (x.size(2) - 1) * o.stride.h - 2 * o.padding.h + o.dilation.h * (weight.size(2) - 1) +
                        o.output_padding.h + 1;
  const int64_t out_w = (x.size(3) - 1) * o.stride.w - 2 * o.padding.w + o.dilation.w * (weight.size(3) - 1) +
                        o.output_padding.w + 1;
  check(out_h > 0 && out_w > 0, "conv_transpose2d: a padding of {}x{} leaves an output of {}x{} {}",
        o.padding.h, o.padding.w, out_h, out_w, shapes);
  return {.N = x.size(0),
          .C = outputs,
          .H = out_h,
          .W = out_w,
          .O = x.size(1),
          .KH = weight.size(2),
          .KW = weight.size(3),
          .stride_h = o.stride.h,
          .stride_w = o.stride.w,
          .padding_h = o.padding.h,
          .padding_w = o.padding.w,
          .dilation_h = o.dilation.h,
          .dilation_w = o.dilation.w,
          .groups = o.groups};
}

// x with `rows` rows and `columns` columns of zeros at its end.
Tensor extended(const Tensor& x, int64_t rows, int64_t columns) {
  const Tensor taller =
      rows == 0 ? x : cat({x, zeros({x.size(0), x.size(1), rows, x.size(3)}, x.dtype(), x.device())}, 2);
  return columns == 0
             ? taller
             : cat({taller, zeros({x.size(0), x.size(1), taller.size(2), columns}, x.dtype(), x.device())},
                   3);
}

}  // namespace

Tensor conv_transpose2d(const Tensor& x0, const Tensor& weight0, const Tensor& bias0,
                        const ConvTranspose2dOptions& options) {
  if (x0.rank() == 3) {
    return squeeze(conv_transpose2d(unsqueeze(x0, 0), weight0, bias0, options), 0);
  }
  const kernels::Conv2dGeometry geometry = check_arguments(x0, weight0, bias0, options);
  if (geometry.OH() != x0.size(2) || geometry.OW() != x0.size(3)) {
    // An output padding of a stride or more (with dilation): as if x had more rows, of zeros.
    const Tensor x = extended(x0, geometry.OH() - x0.size(2), geometry.OW() - x0.size(3));
    ConvTranspose2dOptions rest = options;
    rest.output_padding = {options.output_padding.h % options.stride.h,
                           options.output_padding.w % options.stride.w};
    return conv_transpose2d(x, weight0, bias0, rest);
  }
  const Tensor x = x0.contiguous();
  const Tensor weight = weight0.contiguous();
  const Tensor bias = bias0.defined() ? bias0.contiguous() : Tensor();

  Tensor y = empty({geometry.N, geometry.C, geometry.H, geometry.W}, x.dtype(), x.device());
  visit_floating(x.dtype(), "conv_transpose2d", [&]<class T>() {
    const Tensor a = product_operand(x), w = product_operand(weight);
    if (on_cpu("conv_transpose2d", x, weight, bias)) {
      kernels::conv2d_backward_input_cpu<T>(geometry, w.data<T>(), a.data<T>(), y.data<T>(),
                                            bias.defined() ? bias.data<T>() : nullptr);
    } else if constexpr (kCudaBuilt) {
      kernels::conv2d_backward_input_cuda<T>(geometry, w.cuda_data<T>(), a.cuda_data<T>(), y.cuda_data<T>(),
                                             bias.defined() ? bias.cuda_data<T>() : nullptr);
    }
  });
  if (auto* node = record<ConvTranspose2dNode>(y, x, weight, bias)) {
    node->geometry = geometry;
    node->x = node->needs_grad(1) ? x : Tensor();
    node->weight = node->needs_grad(0) ? weight : Tensor();
  }
  return y;
}

}  // namespace helder
