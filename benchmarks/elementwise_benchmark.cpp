// What does little arithmetic for each number that it reads: GELU, softmax, layer norm, batch norm, on
// tensors that fit into a core's cache and on tensors that fit into none.
//
//   ./helder bench gelu
//
// The ceiling is copying: as many bytes as have to be read and written at least, when each tensor comes from
// memory once.

#include <fmt/core.h>

#include <functional>
#include <string>
#include <vector>

#include "autograd/ops/batch_norm.h"
#include "autograd/ops/gelu.h"
#include "autograd/ops/layer_norm.h"
#include "autograd/ops/softmax.h"
#include "benchmarks/row.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

namespace helder::bench {
namespace {

double bytes_of(const Shape& shape) { return 4 * static_cast<double>(shape.numel()); }

std::string words(const Shape& shape) {
  std::string sizes;
  for (const int64_t size : shape) {
    sizes += fmt::format("{}{}", sizes.empty() ? "" : "x", size);
  }
  return sizes;
}

using Op = std::function<Tensor(const Tensor& x, const Tensor& weight, const Tensor& bias)>;

// A row of the forward pass, and one with the backward pass. weight and bias have `features` numbers each.
void add_rows(const std::string& op, const Shape& shape, int64_t features, const Op& forward) {
  const std::string name = op + "/helder/" + words(shape);
  add_row(name + "/forward", num_threads(), {.bytes = 2 * bytes_of(shape)}, [=] {
    const Tensor x = randn(shape), weight = randn({features}), bias = randn({features});
    return [=] { forward(x, weight, bias); };
  });
  // x is read and y written, then x (or y) and dy are read and dx is written.
  add_row(name + "/forward+backward", num_threads(), {.bytes = 5 * bytes_of(shape)}, [=] {
    Tensor x = randn(shape), weight = randn({features}), bias = randn({features});
    const Tensor dy = randn(shape);
    for (Tensor* leaf : {&x, &weight, &bias}) {
      leaf->requires_grad_();
    }
    return [=] {
      forward(x, weight, bias).backward(dy);
      for (Tensor leaf : {x, weight, bias}) {
        leaf.set_grad({});
      }
    };
  });
}

const bool registered = [] {
  constexpr int64_t kRow = 768;
  const Op softmax_of = [](const Tensor& x, const Tensor&, const Tensor&) { return softmax(x, -1); };
  const Op gelu_of = [](const Tensor& x, const Tensor&, const Tensor&) { return gelu(x); };
  const Op layer_norm_of = [](const Tensor& x, const Tensor& weight, const Tensor& bias) {
    return layer_norm(x, {x.size(-1)}, weight, bias);
  };
  const Op batch_norm_of = [](const Tensor& x, const Tensor& weight, const Tensor& bias) {
    return batch_norm(x, {}, {}, weight, bias, true);
  };
  for (const int64_t rows : {85, 21845}) {  // 256 KB, 64 MB
    add_rows("layer_norm", {rows, kRow}, kRow, layer_norm_of);
  }
  for (const int64_t rows : {64, 16384}) {
    add_rows("softmax", {rows, 1024}, 1, softmax_of);
    add_rows("gelu", {rows, 1024}, 1, gelu_of);
  }
  add_rows("batch_norm", {1, 64, 32, 32}, 64, batch_norm_of);
  add_rows("batch_norm", {64, 64, 64, 64}, 64, batch_norm_of);
  return true;
}();

}  // namespace
}  // namespace helder::bench
