#pragma once

#include <optional>

#include "autograd/ops/avg_pool2d.h"
#include "autograd/ops/max_pool2d.h"
#include "layers/module.h"

namespace helder {

/// The largest value of each window: [N, C, H, W] -> [N, C, H', W']. The stride is the window's size by
/// default.
class MaxPool2d : public Module {
 public:
  explicit MaxPool2d(Pair kernel_size, const MaxPool2dOptions& options = {})
      : kernel_size_(kernel_size), options_(options) {}

  Tensor forward(const Tensor& x) override { return max_pool2d(x, kernel_size_, options_); }
  std::string describe() const override {
    return fmt::format("MaxPool2d({}x{})", kernel_size_.h, kernel_size_.w);
  }

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
    return fmt::format("AvgPool2d({}x{})", kernel_size_.h, kernel_size_.w);
  }

 private:
  Pair kernel_size_;
  AvgPool2dOptions options_;
};

}  // namespace helder
