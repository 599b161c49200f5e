// Linear layers of small batches: little work for each weight, so that reading W once is the limit.
//
//   ./helder bench linear

#include <fmt/core.h>

#include "autograd/ops/linear.h"
#include "benchmarks/row.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

namespace helder::bench {
namespace {

const bool registered = [] {
  struct Sizes {
    int64_t in, out;
  };
  for (const Sizes& s : {Sizes{2048, 1000}, Sizes{768, 3072}}) {
    for (const int64_t batch : {1, 8, 32}) {
      const Work work = {.flops = 2.0 * static_cast<double>(batch * s.in * s.out),
                         .bytes = 4.0 * static_cast<double>(s.in * s.out)};
      add_row(fmt::format("linear/helder/{}x{}x{}/forward", batch, s.in, s.out), num_threads(), work, [=] {
        const Tensor x = randn({batch, s.in}), weight = randn({s.out, s.in}), bias = randn({s.out});
        return [=] { linear(x, weight, bias); };
      });
    }
  }
  return true;
}();

}  // namespace
}  // namespace helder::bench
