#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "layers/module.h"
#include "weights/name_map.h"
#include "weights/weight_file.h"

namespace helder {

/// Copies a file's tensors into `model`, converted to its types. Prefixes that training code leaves in front
/// of every name (`module.`, `_orig_mod.`) are ignored. The names may be the model's own, or those of one of
/// `maps`: the one is taken under which most names fit, and of equal ones that which leaves least over.
///
/// A tensor that the model has under two names (tied weights) need be there only once, and batch norm's
/// `num_batches_tracked` not at all: files from before 2018 have none. What `leave_out` names, with `*` and
/// `**` as in a map, stays as it is: a new head, `{"fc.**"}`.
///
/// Nothing is changed on an error, which is one table of what is missing, unexpected and mis-shaped, with the
/// nearest candidate for each. Returns the naming that fitted; "" for the model's own.
std::string_view load_weights(Module& model, const WeightFile& file, std::span<const NameMap> maps = {},
                              const std::vector<std::string_view>& leave_out = {});

}  // namespace helder
