#pragma once

#include <string>

#include "layers/module.h"

namespace helder {

/// Whether every element is a finite number.
bool all_finite(const Tensor& x);

/// Runs the model once more on `x` and says where numbers first stopped being finite: one sentence that names
/// the module by its dotted path, or the input, or nothing.
std::string explain_nonfinite(Module& model, const Tensor& x);

}  // namespace helder
