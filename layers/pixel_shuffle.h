#pragma once

#include "autograd/ops/pixel_shuffle.h"
#include "layers/module.h"

namespace helder {

/// Channels become pixels: [N, C r^2, H, W] -> [N, C, H r, W r].
class PixelShuffle : public Module {
 public:
  explicit PixelShuffle(int64_t upscale_factor) : factor_(upscale_factor) {}

  Tensor forward(const Tensor& x) override { return pixel_shuffle(x, factor_); }
  std::string describe() const override { return fmt::format("PixelShuffle(upscale_factor={})", factor_); }

 private:
  int64_t factor_;
};

/// Pixels become channels: [N, C, H r, W r] -> [N, C r^2, H, W].
class PixelUnshuffle : public Module {
 public:
  explicit PixelUnshuffle(int64_t downscale_factor) : factor_(downscale_factor) {}

  Tensor forward(const Tensor& x) override { return pixel_unshuffle(x, factor_); }
  std::string describe() const override {
    return fmt::format("PixelUnshuffle(downscale_factor={})", factor_);
  }

 private:
  int64_t factor_;
};

}  // namespace helder
