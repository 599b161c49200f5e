#pragma once

#include "tensor/random.h"
#include "tensor/tensor.h"

namespace helder {

/// Stochastic depth (Huang et al., "Deep networks with stochastic depth", 2016): sets each sample of x [N,
/// ...] to 0 as a whole with probability `drop_prob`, and with `scale_by_keep` scales the others by 1 / (1 -
/// drop_prob). In a residual block, x + drop_path(body(x)), that sample then skips the block. The names,
/// their order and their defaults are timm's. Returns x itself when not `training` or when drop_prob is 0.
///
/// Takes the generator's next (N + 3) / 4 Philox counters, a word for each sample.
Tensor drop_path(const Tensor& x, double drop_prob = 0, bool training = false, bool scale_by_keep = true,
                 Generator& generator = default_generator());

}  // namespace helder
