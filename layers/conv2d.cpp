#include "layers/conv2d.h"

#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {

Conv2d::Conv2d(int64_t in_channels, int64_t out_channels, Pair kernel_size, const Conv2dLayerOptions& options)
    : options_(options) {
  check(in_channels >= 0 && out_channels >= 0 && kernel_size.h > 0 && kernel_size.w > 0,
        "Conv2d: expected channels and a kernel, got {} input and {} output channels and a kernel of {}x{}",
        in_channels, out_channels, kernel_size.h, kernel_size.w);
  check(options.groups > 0 && in_channels % options.groups == 0 && out_channels % options.groups == 0,
        "Conv2d: {} input and {} output channels do not divide into {} groups", in_channels, out_channels,
        options.groups);
  weight = register_parameter(
      "weight", empty({out_channels, in_channels / options.groups, kernel_size.h, kernel_size.w}));
  if (options.bias) {
    bias = register_parameter("bias", empty({out_channels}));
  }
  init::default_linear_(weight, bias);
}

namespace {

Conv2dOptions op_options(const Conv2dLayerOptions& o) {
  return {.stride = o.stride, .padding = o.padding, .dilation = o.dilation, .groups = o.groups};
}

}  // namespace

Tensor Conv2d::forward(const Tensor& x) { return conv2d(x, weight, bias, op_options(options_)); }

Tensor Conv2d::forward_fused(const Tensor& x, const Conv2dEpilogue& epilogue) const {
  return call({&x, 1}, [&] { return conv2d_fused(x, weight, op_options(options_), epilogue); });
}

std::string Conv2d::describe() const {
  const auto option = [](const char* name, Pair value, int64_t usual) {
    const bool is_usual = value.h == usual && value.w == usual;
    return is_usual ? std::string() : fmt::format(", {}={}x{}", name, value.h, value.w);
  };
  return fmt::format("Conv2d({}, {}, kernel_size={}x{}{}{}{}{}{})", weight.size(1) * options_.groups,
                     weight.size(0), weight.size(2), weight.size(3), option("stride", options_.stride, 1),
                     option("padding", options_.padding, 0), option("dilation", options_.dilation, 1),
                     options_.groups == 1 ? "" : fmt::format(", groups={}", options_.groups),
                     bias.defined() ? "" : ", bias=false");
}

}  // namespace helder
