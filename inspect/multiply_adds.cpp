#include "inspect/multiply_adds.h"

#include <algorithm>

namespace helder {

int64_t multiply_adds(const OpRecord& op) {
  const auto numel = [&](size_t i) { return i < op.inputs.size() ? op.inputs[i].numel() : 0; };
  // An absent tensor's shape is [], and so is a scalar's, which no bias has.
  const auto is_there = [&](size_t i) { return i < op.inputs.size() && op.inputs[i].rank() > 0; };
  const int64_t results = op.output.numel();
  if (op.name == "conv1d" || op.name == "conv2d") {  // weight [O, C / groups, ...]
    return results * (numel(1) / std::max<int64_t>(op.inputs[1][0], 1)) + (is_there(2) ? results : 0);
  }
  if (op.name == "conv_transpose2d") {  // weight [C, O / groups, ...]
    return numel(0) * (numel(1) / std::max<int64_t>(op.inputs[1][0], 1)) + (is_there(2) ? results : 0);
  }
  if (op.name == "linear") {  // weight [out, in]
    return results * op.inputs[1][1] + (is_there(2) ? results : 0);
  }
  if (op.name == "matmul") {  // [..., M, K] and [..., K, N] or [K]
    return op.inputs[0].rank() == 0 ? 0 : results * op.inputs[0][op.inputs[0].rank() - 1];
  }
  if (op.name == "scaled_dot_product_attention") {  // query [..., L, E], key [..., S, E], value [..., S, Ev]
    const Shape &query = op.inputs[0], &value = op.inputs[2];
    const int64_t keys = value[value.rank() - 2];
    const int64_t rows = results / std::max<int64_t>(op.output[op.output.rank() - 1], 1);
    return rows * keys * (query[query.rank() - 1] + value[value.rank() - 1]);
  }
  if (op.name.ends_with("_norm")) {  // input, weight, bias
    return (op.output.rank() > 0 ? op.output[0] : 1) *
           ((is_there(1) ? numel(1) : 0) + (is_there(2) ? numel(2) : 0));
  }
  return 0;
}

}  // namespace helder
