#include "autograd/ops/conv2d.h"

#include "autograd/attributes.h"
#include "autograd/grad_mode.h"
#include "autograd/node.h"
#include "autograd/ops/product_operand.h"
#include "autograd/ops/squeeze.h"
#include "autograd/ops/window_limits.h"
#include "kernels/conv2d/conv2d.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

// y[n,o,i,j] = b[o] + sum over c,p,q of w[o,c,p,q] x[n, c, i stride + p dilation - padding, j ...].
// The formulas of dx, dw and db are in kernels/conv2d/conv2d.h. Not in an anonymous namespace: a debugger
// should find it by this name.
struct Conv2dNode final : Node, HasAttributes {
  Conv2dNode() : Node("conv2d") {}
  kernels::Conv2dGeometry geometry{};
  Saved x{*this, "input"}, weight{*this, "weight"};

  Attributes attributes() const override {
    return {{"stride", Shape{geometry.stride_h, geometry.stride_w}},
            {"padding", Shape{geometry.padding_h, geometry.padding_w}},
            {"dilation", Shape{geometry.dilation_h, geometry.dilation_w}},
            {"groups", geometry.groups}};
  }

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const bool cpu = on_cpu(name(), dy, x.get(), weight.get());
    const Tensor factor = product_operand(dy), x_factor = product_operand(x),
                 weight_factor = product_operand(weight);
    Tensor dx, dw, db;
    visit_floating(dtype(), name(), [&]<class T>() {
      if (needs_grad(0)) {
        dx = empty(input_shape(0), dtype(), device());
        if (cpu) {
          kernels::conv2d_backward_input_cpu(geometry, weight_factor.data<T>(), factor.data<T>(),
                                             dx.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::conv2d_backward_input_cuda(geometry, weight_factor.cuda_data<T>(), factor.cuda_data<T>(),
                                              dx.cuda_data<T>());
        }
      }
      if (needs_grad(1)) {
        dw = empty(input_shape(1), dtype(), device());
        if (cpu) {
          kernels::conv2d_backward_weight_cpu(geometry, x_factor.data<T>(), factor.data<T>(), dw.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::conv2d_backward_weight_cuda(geometry, x_factor.cuda_data<T>(), factor.cuda_data<T>(),
                                               dw.cuda_data<T>());
        }
      }
      if (needs_grad(2)) {
        db = empty(input_shape(2), dtype(), device());
        if (cpu) {
          kernels::conv2d_backward_bias_cpu(geometry, dy.data<T>(), db.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::conv2d_backward_bias_cuda(geometry, dy.cuda_data<T>(), db.cuda_data<T>());
        }
      }
    });
    return {dx, dw, db};
  }
};

namespace {

kernels::Conv2dGeometry check_arguments(const Tensor& x, const Tensor& weight, const Tensor& bias,
                                        const Conv2dOptions& o) {
  const std::string shapes =
      fmt::format("(input {}, weight {}, groups {})", x.shape().str(), weight.shape().str(), o.groups);
  check(x.rank() == 4 && weight.rank() == 4,
        "conv2d: expected input [N,C,H,W] or [C,H,W] and weight [O,C/groups,KH,KW] {}", shapes);
  check(x.dtype() == weight.dtype() && (!bias.defined() || bias.dtype() == x.dtype()),
        "conv2d: input is {}, weight {}{}", name_of(x.dtype()), name_of(weight.dtype()),
        bias.defined() ? fmt::format(", bias {}", name_of(bias.dtype())) : "");
  check(o.groups > 0 && weight.size(0) % o.groups == 0,
        "conv2d: {} output channels do not divide into {} groups {}", weight.size(0), o.groups, shapes);
  check(x.size(1) == weight.size(1) * o.groups, "conv2d: input has {} channels but weight expects {} {}",
        x.size(1), weight.size(1) * o.groups, shapes);
  check(!bias.defined() || bias.shape() == Shape{weight.size(0)}, "conv2d: bias must be [{}], got {}",
        weight.size(0), bias.defined() ? bias.shape().str() : "");
  check(o.stride.h > 0 && o.stride.w > 0, "conv2d: stride must be positive, got {}x{}", o.stride.h,
        o.stride.w);
  check(o.dilation.h > 0 && o.dilation.w > 0, "conv2d: dilation must be positive, got {}x{}", o.dilation.h,
        o.dilation.w);
  check(o.padding.h >= 0 && o.padding.w >= 0, "conv2d: padding must not be negative, got {}x{}", o.padding.h,
        o.padding.w);
  check_window_limits("conv2d", {{"input", {x.size(2), x.size(3)}},
                                 {"kernel", {weight.size(2), weight.size(3)}},
                                 {"stride", o.stride},
                                 {"padding", o.padding},
                                 {"dilation", o.dilation}});
  const int64_t seen_h = o.dilation.h * (weight.size(2) - 1) + 1;
  const int64_t seen_w = o.dilation.w * (weight.size(3) - 1) + 1;
  const int64_t padded_h = x.size(2) + 2 * o.padding.h;
  const int64_t padded_w = x.size(3) + 2 * o.padding.w;
  check(weight.size(2) > 0 && weight.size(3) > 0 && seen_h <= padded_h && seen_w <= padded_w,
        "conv2d: a kernel of {}x{} (with dilation) does not fit in the padded input of {}x{} {}", seen_h,
        seen_w, padded_h, padded_w, shapes);
  return {.N = x.size(0),
          .C = x.size(1),
          .H = x.size(2),
          .W = x.size(3),
          .O = weight.size(0),
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

}  // namespace

Tensor conv2d(const Tensor& x0, const Tensor& weight0, const Tensor& bias0, const Conv2dOptions& options) {
  if (x0.rank() == 3) {
    return squeeze(conv2d(unsqueeze(x0, 0), weight0, bias0, options), 0);
  }
  const kernels::Conv2dGeometry geometry = check_arguments(x0, weight0, bias0, options);
  const Tensor x = x0.contiguous();
  const Tensor weight = weight0.contiguous();
  const Tensor bias = bias0.defined() ? bias0.contiguous() : Tensor();

  Tensor y = empty({geometry.N, geometry.O, geometry.OH(), geometry.OW()}, x.dtype(), x.device());
  visit_floating(x.dtype(), "conv2d", [&]<class T>() {
    const Tensor a = product_operand(x), w = product_operand(weight);
    if (on_cpu("conv2d", x, weight, bias)) {
      kernels::conv2d_forward_cpu<T>(geometry, a.data<T>(), w.data<T>(),
                                     bias.defined() ? bias.data<T>() : nullptr, y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::conv2d_forward_cuda<T>(geometry, a.cuda_data<T>(), w.cuda_data<T>(),
                                      bias.defined() ? bias.cuda_data<T>() : nullptr, y.cuda_data<T>());
    }
  });
  if (auto* node = record<Conv2dNode>(y, x, weight, bias)) {
    node->geometry = geometry;
    node->x = node->needs_grad(1) ? x : Tensor();
    node->weight = node->needs_grad(0) ? weight : Tensor();
  }
  return y;
}

Tensor conv2d_fused(const Tensor& x0, const Tensor& weight0, const Conv2dOptions& options,
                    const Conv2dEpilogue& e) {
  if (x0.rank() == 3) {
    Conv2dEpilogue batched = e;
    batched.residual = e.residual.defined() ? unsqueeze(e.residual, 0) : Tensor();
    return squeeze(conv2d_fused(unsqueeze(x0, 0), weight0, options, batched), 0);
  }
  const kernels::Conv2dGeometry geometry = check_arguments(x0, weight0, {}, options);
  const Shape shape = {geometry.N, geometry.O, geometry.OH(), geometry.OW()};
  for (const Tensor* t : {&x0, &weight0, &e.scale, &e.shift, &e.residual}) {
    check(!grad_enabled() || !wants_grad(*t), "conv2d_fused: has no gradient; use it under NoGrad");
  }
  check(0 <= e.slope && e.slope <= 1, "conv2d_fused: the slope must be from 0 to 1, got {}", e.slope);
  const auto contiguous = [&](const Tensor& t, const char* name, const Shape& expected) {
    check(!t.defined() || (t.shape() == expected && t.dtype() == x0.dtype()),
          "conv2d_fused: {} must be {} {}, got {} {}", name, name_of(x0.dtype()), expected,
          t.defined() ? name_of(t.dtype()) : "", t.defined() ? t.shape() : Shape{});
    return t.defined() ? t.contiguous() : Tensor();
  };
  const Tensor x = product_operand(x0.contiguous()), weight = product_operand(weight0.contiguous());
  const Tensor scale = contiguous(e.scale, "scale", {geometry.O});
  const Tensor shift = contiguous(e.shift, "shift", {geometry.O});
  const Tensor residual = contiguous(e.residual, "residual", shape);
  Tensor y = empty(shape, x.dtype(), x.device());
  visit_floating(x.dtype(), "conv2d_fused", [&]<class T>() {
    const bool cpu = on_cpu("conv2d_fused", x, weight, scale, shift, residual);
    const auto data = [cpu](const Tensor& t) -> const T* {
      return !t.defined() ? nullptr : cpu ? t.data<T>() : t.cuda_data<T>();
    };
    kernels::Epilogue<T> end;
    end.scale = data(scale);
    end.shift = data(shift);
    end.residual = data(residual);
    end.slope = static_cast<T>(e.slope);
    end.low = static_cast<T>(e.low);
    end.high = static_cast<T>(e.high);
    if (cpu) {
      kernels::conv2d_forward_cpu(geometry, x.data<T>(), weight.data<T>(), end, y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::conv2d_forward_cuda(geometry, x.cuda_data<T>(), weight.cuda_data<T>(), end, y.cuda_data<T>());
    }
  });
  return y;
}

}  // namespace helder
