#include "autograd/ops/roll.h"

#include "autograd/node.h"
#include "autograd/ops/reshape.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

Tensor rolled_copy(const Tensor& x, int64_t shift, int d) {
  const int64_t size = x.shape()[d];
  const int64_t moved = size == 0 ? 0 : (shift % size + size) % size;
  Tensor y = empty_like(x);
  copy_elements(views::slice(y, d, moved, {}), views::slice(x, d, 0, size - moved));
  copy_elements(views::slice(y, d, 0, moved), views::slice(x, d, size - moved, {}));
  return y;
}

// dx is dy rolled back.
struct RollNode final : Node {
  RollNode() : Node("roll") {}
  int64_t shift = 0;
  int dim = 0;

  std::vector<Tensor> backward(const Tensor& dy) override { return {rolled_copy(dy, -shift, dim)}; }
};

Tensor roll_along(const Tensor& x, int64_t shift, int d) {
  Tensor y = rolled_copy(x, shift, d);
  if (auto* node = record<RollNode>(y, x)) {
    node->shift = x.numel() == 0 ? 0 : shift % x.shape()[d];
    node->dim = d;
  }
  return y;
}

}  // namespace

Tensor roll(const Tensor& x, const Shape& shifts, const Shape& dims) {
  check(!shifts.empty(), "roll: expected at least one shift");
  if (dims.empty()) {
    check(shifts.rank() == 1, "roll: {} shifts need {} dims, got none", shifts.rank(), shifts.rank());
    return reshape(roll_along(reshape(x, {x.numel()}), shifts[0], 0), x.shape());
  }
  check(shifts.rank() == dims.rank(), "roll: shifts {} and dims {} differ in length", shifts, dims);
  check(x.rank() > 0, "roll: a scalar has no dimension to roll along");
  Shape chosen;
  for (int64_t dim : dims) {
    chosen.push_back(normalize_dim("roll", dim, x.rank()));
  }
  Tensor y = x;
  for (int i = 0; i < dims.rank(); ++i) {
    y = roll_along(y, shifts[i], static_cast<int>(chosen[i]));
  }
  return y;
}

}  // namespace helder
