#pragma once

// What maximum and minimum share. Private to autograd/ops/.

#include "autograd/ops/compare.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/where.h"

namespace helder {

/// Records y = f(a, b) for an f that chooses one of them. dy goes to the chosen side; where both are equal,
/// half to each.
template <class F>
struct ChosenSideNode final : Node {
  ChosenSideNode() : Node(F::name) {}
  Saved a{*this, "a"}, b{*this, "b"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor y = binary<F>(name(), a, b);
    const Tensor zero = scalar(0, dtype(), device());
    const Tensor share = where(eq(a, b), mul(dy, 0.5), dy);
    return {needs_grad(0) ? sum_to(where(eq(a, y), share, zero), input_shape(0)) : Tensor(),
            needs_grad(1) ? sum_to(where(eq(b, y), share, zero), input_shape(1)) : Tensor()};
  }
};

template <class F>
Tensor chosen_side(const Tensor& a0, const Tensor& b0) {
  const auto [a, b] = promoted(a0, b0);
  Tensor y = binary<F>(F::name, a, b);
  if (auto* node = record<ChosenSideNode<F>>(y, a, b)) {
    node->a = a;
    node->b = b;
  }
  return y;
}

}  // namespace helder
