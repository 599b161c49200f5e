#pragma once

#include <optional>

#include "autograd/ops/adaptive_avg_pool2d.h"
#include "autograd/ops/adaptive_max_pool2d.h"
#include "autograd/ops/avg_pool2d.h"
#include "autograd/ops/max_pool2d.h"
#include "layers/module.h"

namespace helder {

/// `, stride=2x2, padding=1x1` of a pooling's options, as far as they are not the usual ones.
template <class Options>
std::string describe_windows(Pair kernel, const Options& options) {
  const auto option = [](const char* name, Pair value, Pair usual) {
    return value == usual ? std::string() : fmt::format(", {}={}x{}", name, value.h, value.w);
  };
  std::string text = fmt::format("{}x{}", kernel.h, kernel.w) +
                     option("stride", options.stride.value_or(kernel), kernel) +
                     option("padding", options.padding, 0);
  if constexpr (requires { options.dilation; }) {
    text += option("dilation", options.dilation, 1);
  }
  text += options.ceil_mode ? ", ceil_mode=true" : "";
  if constexpr (requires { options.count_include_pad; }) {
    text += options.count_include_pad ? "" : ", count_include_pad=false";
  }
  return text;
}

/// The largest value of each window: [N, C, H, W] -> [N, C, H', W']. The stride is the window's size by
/// default.
class MaxPool2d : public Module {
 public:
  explicit MaxPool2d(Pair kernel_size, const MaxPool2dOptions& options = {})
      : kernel_size_(kernel_size), options_(options) {}

  Tensor forward(const Tensor& x) override { return max_pool2d(x, kernel_size_, options_); }
  std::string describe() const override {
    return fmt::format("MaxPool2d({})", describe_windows(kernel_size_, options_));
  }

  Pair kernel_size() const { return kernel_size_; }
  const MaxPool2dOptions& options() const { return options_; }

 private:
  Pair kernel_size_;
  MaxPool2dOptions options_;
};

/// The mean of each window: [N, C, H, W] -> [N, C, H', W']. The stride is the window's size by default.
class AvgPool2d : public Module {
 public:
  explicit AvgPool2d(Pair kernel_size, const AvgPool2dOptions& options = {})
      : kernel_size_(kernel_size), options_(options) {}

  Tensor forward(const Tensor& x) override { return avg_pool2d(x, kernel_size_, options_); }
  std::string describe() const override {
    return fmt::format("AvgPool2d({})", describe_windows(kernel_size_, options_));
  }

  Pair kernel_size() const { return kernel_size_; }
  const AvgPool2dOptions& options() const { return options_; }

 private:
  Pair kernel_size_;
  AvgPool2dOptions options_;
};

/// `7x7`; H or W where the input's size is kept.
inline std::string to_string(const AdaptiveSize& size) {
  return fmt::format("{}x{}", size.h ? std::to_string(*size.h) : "H", size.w ? std::to_string(*size.w) : "W");
}

/// The means of output_size windows that cover the image evenly: [N, C, H, W] -> [N, C, H', W']. Size 1 is
/// global average pooling; an absent size keeps the input's.
class AdaptiveAvgPool2d : public Module {
 public:
  explicit AdaptiveAvgPool2d(const AdaptiveSize& output_size) : output_size_(output_size) {}

  Tensor forward(const Tensor& x) override { return adaptive_avg_pool2d(x, output_size_); }
  std::string describe() const override {
    return fmt::format("AdaptiveAvgPool2d({})", to_string(output_size_));
  }

 private:
  AdaptiveSize output_size_;
};

/// The largest values of output_size windows that cover the image evenly: [N, C, H, W] -> [N, C, H', W'].
class AdaptiveMaxPool2d : public Module {
 public:
  explicit AdaptiveMaxPool2d(const AdaptiveSize& output_size) : output_size_(output_size) {}

  Tensor forward(const Tensor& x) override { return adaptive_max_pool2d(x, output_size_); }
  std::string describe() const override {
    return fmt::format("AdaptiveMaxPool2d({})", to_string(output_size_));
  }

 private:
  AdaptiveSize output_size_;
};

}  // namespace helder
