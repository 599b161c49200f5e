#include "layers/conv_transpose2d.h"

#include "autograd/ops/conv_transpose2d.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {

ConvTranspose2d::ConvTranspose2d(int64_t in_channels, int64_t out_channels, Pair kernel_size,
                                 const ConvTranspose2dLayerOptions& options)
    : options_(options) {
  check(in_channels >= 0 && out_channels >= 0 && kernel_size.h > 0 && kernel_size.w > 0,
        "ConvTranspose2d: expected channels and a kernel, got {} input and {} output channels and a kernel "
        "of {}x{}",
        in_channels, out_channels, kernel_size.h, kernel_size.w);
  check(options.groups > 0 && in_channels % options.groups == 0 && out_channels % options.groups == 0,
        "ConvTranspose2d: {} input and {} output channels do not divide into {} groups", in_channels,
        out_channels, options.groups);
  weight = register_parameter(
      "weight", empty({in_channels, out_channels / options.groups, kernel_size.h, kernel_size.w}));
  if (options.bias) {
    bias = register_parameter("bias", empty({out_channels}));
  }
  // PyTorch takes dimension 1 for the fan in here too, where it counts outputs.
  init::default_linear_(weight, bias);
}

Tensor ConvTranspose2d::forward(const Tensor& x) {
  return conv_transpose2d(x, weight, bias,
                          {.stride = options_.stride,
                           .padding = options_.padding,
                           .output_padding = options_.output_padding,
                           .groups = options_.groups,
                           .dilation = options_.dilation});
}

std::string ConvTranspose2d::describe() const {
  const auto option = [](const char* name, Pair value, int64_t usual) {
    return value == Pair(usual) ? std::string() : fmt::format(", {}={}x{}", name, value.h, value.w);
  };
  return fmt::format("ConvTranspose2d({}, {}, kernel_size={}x{}{}{}{}{}{}{})", weight.size(0),
                     weight.size(1) * options_.groups, weight.size(2), weight.size(3),
                     option("stride", options_.stride, 1), option("padding", options_.padding, 0),
                     option("output_padding", options_.output_padding, 0),
                     option("dilation", options_.dilation, 1),
                     options_.groups == 1 ? "" : fmt::format(", groups={}", options_.groups),
                     bias.defined() ? "" : ", bias=false");
}

}  // namespace helder
