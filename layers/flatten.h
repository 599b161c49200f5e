#pragma once

#include "autograd/ops/reshape.h"
#include "layers/module.h"

namespace helder {

/// Merges dimensions start_dim to end_dim; by default all but the batch: [N, C, H, W] -> [N, C*H*W].
class Flatten : public Module {
 public:
  explicit Flatten(int64_t start_dim = 1, int64_t end_dim = -1) : start_dim_(start_dim), end_dim_(end_dim) {}

  Tensor forward(const Tensor& x) override { return flatten(x, start_dim_, end_dim_); }
  std::string describe() const override {
    return fmt::format("Flatten(start_dim={}, end_dim={})", start_dim_, end_dim_);
  }

 private:
  int64_t start_dim_, end_dim_;
};

}  // namespace helder
