#include "layers/attention_masks.h"

#include <limits>

#include "autograd/ops/add.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/logical.h"
#include "autograd/ops/masked_fill.h"
#include "autograd/ops/reshape.h"
#include "tensor/factories.h"

namespace helder {
namespace {

constexpr double kForbidden = -std::numeric_limits<double>::infinity();

Tensor added(const Tensor& mask, DType dtype) {
  return mask.dtype() == DType::Bool
             ? masked_fill(zeros(mask.shape(), dtype, mask.device()), mask, kForbidden)
             : mask;
}

void check_type(const char* name, const Tensor& mask, DType dtype) {
  check(mask.dtype() == DType::Bool || mask.dtype() == dtype,
        "MultiheadAttention: {} must be bool or {} like the query, got {}", name, name_of(dtype),
        name_of(mask.dtype()));
}

// Both in the convention of the layer: true forbids.
Tensor either(const Tensor& a, const Tensor& b, DType dtype) {
  if (!a.defined() || !b.defined()) {
    return a.defined() ? a : b;
  }
  return a.dtype() == DType::Bool && b.dtype() == DType::Bool ? logical_or(a, b)
                                                              : add(added(a, dtype), added(b, dtype));
}

}  // namespace

Tensor merge_masks(const AttentionMasks& masks, int64_t N, int64_t heads, int64_t L, int64_t S, DType dtype,
                   Device device, bool with_causal) {
  Tensor attn = masks.attn_mask, padding = masks.key_padding_mask;
  if (attn.defined()) {
    check_type("attn_mask", attn, dtype);
    check(attn.shape() == Shape{L, S} || attn.shape() == Shape{N * heads, L, S},
          "MultiheadAttention: attn_mask must be [{},{}] or [{},{},{}], got {}", L, S, N * heads, L, S,
          attn.shape());
    attn = attn.rank() == 3 ? reshape(attn, {N, heads, L, S}) : attn;
  }
  if (padding.defined()) {
    check_type("key_padding_mask", padding, dtype);
    check(padding.shape() == Shape{N, S}, "MultiheadAttention: key_padding_mask must be [{},{}], got {}", N,
          S, padding.shape());
    padding = reshape(padding, {N, 1, 1, S});
  }
  Tensor mask = either(attn, padding, dtype);
  if (masks.is_causal && (mask.defined() || with_causal)) {
    mask = either(mask, gt(reshape(arange(S, device), {1, S}), reshape(arange(L, device), {L, 1})), dtype);
  }
  return mask.defined() && mask.dtype() == DType::Bool ? logical_not(mask) : mask;
}

}  // namespace helder
