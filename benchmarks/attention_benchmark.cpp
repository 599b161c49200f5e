// Attention: Helder's ladder on one head, and the whole op, without and with backward.
//
//   ./helder bench attention
//
// Each row reports GFLOP/s and its part of the multiply-add peak that was measured on as many threads, in
// this run; the softmax counts as nothing.

#include <fmt/core.h>

#include <string>

#include "autograd/ops/scaled_dot_product_attention.h"
#include "benchmarks/row.h"
#include "kernels/attention/attention.h"
#include "kernels/attention/ladder/ladder.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

namespace helder::bench {
namespace {

struct Attention {
  int64_t batch, heads, length, features;
  bool causal = false;

  std::string words() const {
    return fmt::format("{}x{}x{}x{}{}", batch, heads, length, features, causal ? "/causal" : "");
  }
  // Two products forward; backward computes the first again, and four more.
  double flops(bool backward) const {
    const double product = 2.0 * static_cast<double>(batch * heads * length * length * features);
    return product * (backward ? 7 : 2) * (causal ? 0.5 : 1);
  }
};

using Rung = void (*)(int64_t, int64_t, int64_t, int64_t, float, const float*, const float*, const float*,
                      float*);

void add_rung(const std::string& name, int64_t length, Rung rung) {
  constexpr int64_t kFeatures = 64;
  add_row(fmt::format("attention/ladder/{}/{}", name, length), 1,
          {.flops = Attention{1, 1, length, kFeatures}.flops(false)}, [=]() -> Step {
            const Shape shape = {length, kFeatures};
            const Tensor q = randn(shape), k = randn(shape), v = randn(shape), out = empty(shape);
            return [=] {
              rung(length, length, kFeatures, kFeatures, 0.125f, q.data<float>(), k.data<float>(),
                   v.data<float>(), out.data<float>());
            };
          });
}

void blocks(int64_t L, int64_t S, int64_t E, int64_t Ev, float scale, const float* q, const float* k,
            const float* v, float* out) {
  const int64_t first[] = {0};
  kernels::attention_forward_cpu<float>(
      {.batch = 1, .queries = L, .keys = S, .features = E, .value_features = Ev, .scale = scale},
      {q, first, E}, {k, first, E}, {v, first, Ev}, {}, {out, first, Ev}, nullptr);
}

// The op, on heads that lie in memory as those of a multi-head attention do.
void add_op(const Attention& a, bool backward) {
  add_row(fmt::format("attention/helder/{}/{}", a.words(), backward ? "forward+backward" : "forward"),
          num_threads(), {.flops = a.flops(backward)}, [=]() -> Step {
            const Shape shape = {a.batch, a.length, a.heads, a.features};
            const auto heads = [&] { return randn(shape).transpose(1, 2).detach(); };
            Tensor q = heads(), k = heads(), v = heads();
            const Tensor dy = heads();
            for (Tensor* x : {&q, &k, &v}) {
              x->requires_grad_(backward);
            }
            return [=] {
              const Tensor y = scaled_dot_product_attention(q, k, v, {.is_causal = a.causal});
              if (backward) {
                y.backward(dy);
                for (Tensor x : {q, k, v}) {
                  x.set_grad({});
                }
              }
            };
          });
}

const bool registered = [] {
  for (const int64_t length : {197, 2048}) {
    add_rung("01_naive", length, kernels::ladder::attention_naive<float>);
    add_rung("02_online_softmax", length, kernels::ladder::attention_online<float>);
    add_rung("03_blocks", length, blocks);
  }
  for (const Attention& a : {Attention{1, 12, 197, 64}, Attention{8, 12, 197, 64}, Attention{1, 12, 2048, 64},
                             Attention{1, 12, 2048, 64, true}}) {
    for (const bool backward : {false, true}) {
      add_op(a, backward);
    }
  }
  return true;
}();

}  // namespace
}  // namespace helder::bench
