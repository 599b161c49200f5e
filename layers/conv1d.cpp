#include "layers/conv1d.h"

#include "autograd/ops/conv1d.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {

Conv1d::Conv1d(int64_t in_channels, int64_t out_channels, int64_t kernel_size,
               const Conv1dLayerOptions& options)
    : options_(options) {
  check(in_channels >= 0 && out_channels >= 0 && kernel_size > 0,
        "Conv1d: expected channels and a kernel, got {} input and {} output channels and a kernel of {}",
        in_channels, out_channels, kernel_size);
  check(options.groups > 0 && in_channels % options.groups == 0 && out_channels % options.groups == 0,
        "Conv1d: {} input and {} output channels do not divide into {} groups", in_channels, out_channels,
        options.groups);
  weight = register_parameter("weight", empty({out_channels, in_channels / options.groups, kernel_size}));
  if (options.bias) {
    bias = register_parameter("bias", empty({out_channels}));
  }
  init::default_linear_(weight, bias);
}

Tensor Conv1d::forward(const Tensor& x) {
  return conv1d(x, weight, bias,
                {.stride = options_.stride,
                 .padding = options_.padding,
                 .dilation = options_.dilation,
                 .groups = options_.groups});
}

std::string Conv1d::describe() const {
  const auto option = [](const char* name, int64_t value, int64_t usual) {
    return value == usual ? std::string() : fmt::format(", {}={}", name, value);
  };
  return fmt::format("Conv1d({}, {}, kernel_size={}{}{}{}{}{})", weight.size(1) * options_.groups,
                     weight.size(0), weight.size(2), option("stride", options_.stride, 1),
                     option("padding", options_.padding, 0), option("dilation", options_.dilation, 1),
                     option("groups", options_.groups, 1), bias.defined() ? "" : ", bias=false");
}

}  // namespace helder
