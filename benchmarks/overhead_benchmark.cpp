// What an op costs beside its arithmetic: a sum of one element, where all else is nothing.
//
//   ./helder bench overhead

#include "autograd/ops/add.h"
#include "benchmarks/row.h"
#include "tensor/factories.h"

namespace helder::bench {
namespace {

const bool registered = [] {
  add_row("overhead/helder/add/1/forward", 1, {}, [] {
    const Tensor a = randn({1}), b = randn({1});
    return [=] { add(a, b); };
  });
  // Two leaves: a node, the engine, two gradients.
  add_row("overhead/helder/add/1/forward+backward", 1, {}, [] {
    Tensor a = randn({1}).requires_grad_(), b = randn({1}).requires_grad_();
    return [=]() mutable {
      add(a, b).backward();
      a.set_grad({});
      b.set_grad({});
    };
  });
  return true;
}();

}  // namespace
}  // namespace helder::bench
