#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layers/module.h"

namespace helder {

/// The output of each module that is called for `x`, by its dotted name, in the order in which they are
/// ready: a layer before the module around it. The model itself is called "output". Of a module that is
/// called twice, the first output. In eval mode, without fusing.
StateDict named_activations(Module& model, const Tensor& x);

/// How one activation differs between two runs.
struct ActivationDifference {
  std::string name;
  double largest = 0;   ///< of the absolute differences; infinity where one side is not finite and the other
                        ///< is, or another number that is not finite
  double relative = 0;  ///< that, over the largest absolute value of the second run
  int64_t where = 0;    ///< the element, in row-major order
  double a = 0, b = 0;  ///< its values
};

struct ActivationComparison {
  std::vector<ActivationDifference> layers;  ///< those that both runs have, in the order of the first
  std::vector<std::string> missing;          ///< those that the second run has not

  /// The first whose relative difference is larger; null where none is.
  const ActivationDifference* first_above(double tolerance) const;
};

/// Compares two runs of a network, or a run with one of another framework. Throws where a name means tensors
/// of different shapes, or where no name is in both.
ActivationComparison compare_activations(const StateDict& a, const StateDict& b);

}  // namespace helder
