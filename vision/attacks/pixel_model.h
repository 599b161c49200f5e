#pragma once

#include <memory>
#include <vector>

#include "layers/module.h"
#include "models/preprocessing.h"

namespace helder {

/// A network together with the normalisation that it was trained with: pixels [N, C, H, W] in [0, 1] in,
/// net((x - mean) / std) out. Its gradient is one with respect to pixels. Mean and deviation are buffers.
class PixelModel : public Module {
 public:
  /// A number each for C channels. Throws unless there are as many of both and no deviation is 0.
  PixelModel(std::shared_ptr<Module> net, const std::vector<float>& mean, const std::vector<float>& std);
  PixelModel(std::shared_ptr<Module> net, const Preprocessing& preprocessing);

  Tensor mean, std;  // [C, 1, 1]

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "PixelModel"; }
  Module& net() { return *net_; }

 private:
  std::shared_ptr<Module> net_;
};

}  // namespace helder
