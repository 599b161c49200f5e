#pragma once

#include "layers/module.h"

// A place for each token of a sequence [..., length, features], added to it.

namespace helder {

/// x + sine_positions: fixed codes (Vaswani et al., 2017, section 3.5). Buffer: pe [max_length, features].
class SineEncoding1d : public Module {
 public:
  explicit SineEncoding1d(int64_t features, int64_t max_length = 5000);

  Tensor pe;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;
};

/// x + weight: a code for each place that is learned, normal with standard deviation 0.02 at first (as in
/// BERT, GPT-2 and ViT). Parameter: weight [max_length, features].
class LearnedEncoding1d : public Module {
 public:
  LearnedEncoding1d(int64_t max_length, int64_t features);

  Tensor weight;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;
};

}  // namespace helder
