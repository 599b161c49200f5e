#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tensor/random.h"
#include "tensor/tensor.h"

namespace helder {

struct GradcheckOptions {
  double epsilon = 1e-6;             ///< half the step of the central difference
  double absolute_tolerance = 1e-5;  ///< PyTorch's defaults
  double relative_tolerance = 1e-3;
  uint64_t seed = 1;  ///< of the cotangent
};

/// What `gradcheck` found. Converts to true when every derivative agreed.
struct GradcheckResult {
  bool ok = true;
  int64_t checked = 0;  ///< derivatives compared
  double worst = 0;     ///< the largest |analytic - numeric|
  std::string message;  ///< names input, element and both values of the first disagreement
  explicit operator bool() const { return ok; }
};

/// Compares backward with central differences, for every element of every float64 input that requires grad:
///
///   d/dx_i <v, f(x)>  against  (<v, f(x + h e_i)> - <v, f(x - h e_i)>) / 2h
///
/// with a random cotangent v. A cotangent of ones would hide mistakes: it makes the gradient of a softmax
/// vanish. f must be smooth within h of its inputs; inputs are changed during the call and restored.
GradcheckResult gradcheck(const std::function<Tensor(const std::vector<Tensor>&)>& f,
                          const std::vector<Tensor>& inputs, const GradcheckOptions& options = {});

}  // namespace helder
