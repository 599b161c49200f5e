#pragma once

#include "layers/module.h"

namespace helder {

/// While training, zeroes each element with probability p and scales the others by 1 / (1 - p)
/// (Srivastava et al., 2014); in eval() it changes nothing.
class Dropout : public Module {
 public:
  explicit Dropout(double p = 0.5);

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return fmt::format("Dropout({})", p_); }

 private:
  double p_;
};

}  // namespace helder
