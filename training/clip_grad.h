#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// Scales all gradients together so that their joint L2 norm is at most `max_norm` (Pascanu et al., 2013).
/// Returns the norm before. A norm that is not finite leaves them as they are.
double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm);

/// Clamps every element of every gradient to [-clip_value, clip_value].
void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value);

}  // namespace helder
