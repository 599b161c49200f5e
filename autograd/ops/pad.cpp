#include "autograd/ops/pad.h"

#include <algorithm>

#include "autograd/node.h"
#include "autograd/ops/index_select.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

struct Amount {
  int64_t before = 0, after = 0;
};
using Amounts = std::array<Amount, kMaxRank>;

// The part of x that is left, and the part of y in which it lies.
std::pair<Tensor, Tensor> overlap(Tensor x, Tensor y, const Amounts& amounts) {
  for (int d = 0; d < x.rank(); ++d) {
    const auto [before, after] = amounts[static_cast<size_t>(d)];
    const int64_t size = x.shape()[d];
    x = views::slice(x, d, std::min(size, std::max<int64_t>(0, -before)),
                     std::max<int64_t>(0, size - std::max<int64_t>(0, -after)));
    y = views::slice(y, d, std::max<int64_t>(0, before),
                     std::max<int64_t>(0, y.shape()[d] - std::max<int64_t>(0, after)));
  }
  return {x, y};
}

// dx is the part of dy in which x lies, and zero where x was cut off.
struct PadNode final : Node {
  PadNode() : Node("pad") {}
  Amounts amounts;

  std::vector<Tensor> backward(const Tensor& dy) override {
    Tensor dx = zeros(input_shape(0), dtype(), device());
    const auto [inner_dx, inner_dy] = overlap(dx, dy, amounts);
    copy_elements(inner_dx, inner_dy);
    return {dx};
  }
};

// Where element i of a padded dimension comes from; i = 0 is x's first element.
int64_t source(PadMode mode, int64_t i, int64_t size, const Amount& amount) {
  if (mode == PadMode::Replicate) {
    return std::clamp<int64_t>(i, 0, size - 1);
  }
  if (mode == PadMode::Reflect) {
    return i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i;
  }
  const int64_t first = std::max<int64_t>(0, -amount.before);  // circular: round what was not cut off
  const int64_t count = size - first - std::max<int64_t>(0, -amount.after);
  return i < first ? i + count : i >= first + count ? i - count : i;
}

void check_amount(PadMode mode, const Tensor& x, int d, const Amount& amount) {
  const int64_t size = x.shape()[d];
  const int64_t most = std::max(amount.before, amount.after);
  if (mode == PadMode::Reflect) {
    check(most < size || most <= 0,
          "pad: reflect needs less padding than the size {} of dimension {}, got {} and {} (input {})", size,
          d, amount.before, amount.after, x.shape());
  } else if (mode == PadMode::Replicate) {
    check(size > 0 || most <= 0, "pad: there is nothing to replicate along dimension {} (input {})", d,
          x.shape());
  } else if (mode == PadMode::Circular) {
    const int64_t left = size + std::min<int64_t>(0, amount.before) + std::min<int64_t>(0, amount.after);
    check(most <= left || most <= 0,
          "pad: circular goes round once, {} elements of dimension {} at most, got {} and {} (input {})",
          left, d, amount.before, amount.after, x.shape());
  }
}

}  // namespace

Tensor pad(const Tensor& x, const std::vector<int64_t>& padding, const PadOptions& options) {
  check(padding.size() % 2 == 0, "pad: expected two numbers for each dimension, got {}", padding.size());
  check(padding.size() / 2 <= static_cast<size_t>(x.rank()),
        "pad: {} numbers are for {} dimensions, but the input is {}", padding.size(), padding.size() / 2,
        x.shape());
  Amounts amounts{};
  Shape shape = x.shape();
  for (size_t i = 0; i < padding.size() / 2; ++i) {
    const int d = x.rank() - 1 - static_cast<int>(i);
    const Amount amount{padding[2 * i], padding[2 * i + 1]};
    constexpr int64_t most = int64_t{1} << 60;
    check(std::max(amount.before, amount.after) <= most && std::min(amount.before, amount.after) >= -most,
          "pad: {} and {} are too large for dimension {} (input {})", amount.before, amount.after, d,
          x.shape().str());
    shape[d] += amount.before + amount.after;
    check(shape[d] >= 0, "pad: {} and {} cut more off dimension {} than its size {} (input {})",
          amount.before, amount.after, d, x.shape()[d], x.shape());
    check_amount(options.mode, x, d, amount);
    amounts[static_cast<size_t>(d)] = amount;
  }

  if (options.mode == PadMode::Constant) {
    Tensor y = full(shape, options.value, x.dtype(), x.device());
    const auto [inner_x, inner_y] = overlap(x.detach(), y, amounts);
    copy_elements(inner_y, inner_x);
    if (auto* node = record<PadNode>(y, x)) {
      node->amounts = amounts;
    }
    return y;
  }

  // The other modes look elements up, a dimension at a time. The gradient of looking up adds what was read
  // twice.
  Tensor y = x;
  for (int d = 0; d < x.rank(); ++d) {
    const Amount& amount = amounts[static_cast<size_t>(d)];
    if (amount.before != 0 || amount.after != 0) {
      const Tensor from = empty({shape[d]}, DType::Int64);
      int64_t* places = from.data<int64_t>();
      for (int64_t i = 0; i < shape[d]; ++i) {
        places[i] = source(options.mode, i - amount.before, x.shape()[d], amount);
      }
      y = index_select(y, d, copied_to(from, x.device()));
    }
  }
  return y;
}

}  // namespace helder
