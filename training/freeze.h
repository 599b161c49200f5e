#pragma once

#include <string_view>
#include <vector>

#include "layers/module.h"

namespace helder {

/// Freezes a model but for the parameters that one of `leave_out` names, with `*` and `**` as in a name map
/// (`"fc.*"`): `requires_grad_(false)`. No gradient is computed for them, nor for what comes before the first
/// parameter that learns; an optimiser leaves them alone.
///
/// Returns the largest modules in which nothing learns any more, which are in eval() now and are to stay
/// there (TrainerOptions::frozen): batch norm would otherwise go on normalising by its batch and moving its
/// statistics, which are no parameters. Throws where none or all of the parameters would be frozen.
std::vector<Module*> freeze(Module& model, const std::vector<std::string_view>& leave_out);

/// The parameters that learn.
std::vector<Tensor> trainable_parameters(const Module& model);

}  // namespace helder
