#include "autograd/ops/conv1d.h"

#include "autograd/ops/conv2d.h"
#include "autograd/ops/squeeze.h"
#include "autograd/ops/window_limits.h"

namespace helder {
namespace {

void check_arguments(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& o) {
  const std::string shapes =
      fmt::format("(input {}, weight {}, groups {})", x.shape().str(), weight.shape().str(), o.groups);
  check(x.rank() == 3 && weight.rank() == 3,
        "conv1d: expected input [N,C,L] or [C,L] and weight [O,C/groups,K] {}", shapes);
  check(x.dtype() == weight.dtype() && (!bias.defined() || bias.dtype() == x.dtype()),
        "conv1d: input is {}, weight {}{}", name_of(x.dtype()), name_of(weight.dtype()),
        bias.defined() ? fmt::format(", bias {}", name_of(bias.dtype())) : "");
  check(is_floating_point(x.dtype()), "conv1d: expected float32 or float64, got {}", name_of(x.dtype()));
  check(o.groups > 0 && weight.size(0) % o.groups == 0,
        "conv1d: {} output channels do not divide into {} groups {}", weight.size(0), o.groups, shapes);
  check(x.size(1) == weight.size(1) * o.groups, "conv1d: input has {} channels but weight expects {} {}",
        x.size(1), weight.size(1) * o.groups, shapes);
  check(!bias.defined() || bias.shape() == Shape{weight.size(0)}, "conv1d: bias must be [{}], got {}",
        weight.size(0), bias.defined() ? bias.shape().str() : "");
  check(o.stride > 0, "conv1d: stride must be positive, got {}", o.stride);
  check(o.dilation > 0, "conv1d: dilation must be positive, got {}", o.dilation);
  check(o.padding >= 0, "conv1d: padding must not be negative, got {}", o.padding);
  check_window_limits("conv1d", {{"input", {1, x.size(2)}},
                                 {"kernel", {1, weight.size(2)}},
                                 {"stride", {1, o.stride}},
                                 {"padding", {0, o.padding}},
                                 {"dilation", {1, o.dilation}}});
  const int64_t seen = o.dilation * (weight.size(2) - 1) + 1, padded = x.size(2) + 2 * o.padding;
  check(weight.size(2) > 0 && seen <= padded,
        "conv1d: a kernel of {} (with dilation) does not fit in the padded input of {} {}", seen, padded,
        shapes);
}

}  // namespace

// A sequence is an image of height 1.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& options) {
  if (x.rank() == 2) {
    return squeeze(conv1d(unsqueeze(x, 0), weight, bias, options), 0);
  }
  check_arguments(x, weight, bias, options);
  const Tensor y = conv2d(unsqueeze(x, 2), unsqueeze(weight, 2), bias,
                          {.stride = {1, options.stride},
                           .padding = {0, options.padding},
                           .dilation = {1, options.dilation},
                           .groups = options.groups});
  return squeeze(y, 2);
}

}  // namespace helder
