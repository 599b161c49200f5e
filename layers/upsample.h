#pragma once

#include "autograd/ops/interpolate.h"
#include "layers/module.h"

namespace helder {

/// Images of another size: [N, C, H, W] -> [N, C, H', W']. `Upsample({.scale_factor = 2.0})`.
class Upsample : public Module {
 public:
  explicit Upsample(const InterpolateOptions& options) : options_(options) {}

  Tensor forward(const Tensor& x) override { return interpolate(x, options_); }
  std::string describe() const override {
    const auto& [size, scale, mode, align_corners, antialias] = options_;
    return fmt::format("Upsample({}mode={}{}{})",
                       size    ? fmt::format("size={}x{}, ", size->h, size->w)
                       : scale ? fmt::format("scale_factor={}x{}, ", scale->h, scale->w)
                               : "",
                       mode, align_corners ? ", align_corners=true" : "",
                       antialias ? ", antialias=true" : "");
  }

 private:
  InterpolateOptions options_;
};

}  // namespace helder
