#include "autograd/attributes.h"
#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/clamp.h"
#include "kernels/elementwise/elu.h"
#include "kernels/elementwise/gelu.h"
#include "kernels/elementwise/hardtanh.h"
#include "kernels/elementwise/leaky_relu.h"

namespace helder {
namespace {

// Of an op that is one functor over all elements: the numbers are in it.
template <class F>
const F* functor_of(const Node& node) {
  const auto* unary = dynamic_cast<const UnaryNode<F>*>(&node);
  return unary ? &unary->f : nullptr;
}

}  // namespace

Attributes attributes_of(const Node& node) {
  if (const auto* op = dynamic_cast<const HasAttributes*>(&node)) {
    return op->attributes();
  }
  if (const auto* f = functor_of<kernels::Clamp>(node)) {
    return {{"min", f->low}, {"max", f->high}};
  }
  if (const auto* f = functor_of<kernels::Hardtanh>(node)) {
    return {{"min_val", f->low}, {"max_val", f->high}};
  }
  if (const auto* f = functor_of<kernels::LeakyRelu>(node)) {
    return {{"negative_slope", f->negative_slope}};
  }
  if (const auto* f = functor_of<kernels::Elu>(node)) {
    return {{"alpha", f->alpha}};
  }
  if (functor_of<kernels::GeluTanh>(node)) {
    return {{"approximate", "tanh"}};
  }
  return {};
}

}  // namespace helder
