#include "inspect/onnx/layer_rules.h"

#include <cmath>
#include <numeric>

#include "autograd/ops/tril.h"
#include "tensor/factories.h"

namespace helder {
namespace {

using Ints = std::vector<int64_t>;

Ints ints(const Shape& shape) { return {shape.begin(), shape.end()}; }

// Padding before and behind along one axis. An output rounded up (ceil_mode) has windows that reach further:
// written as padding behind, which every runtime reads in one way.
int64_t padding_behind(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding,
                       int64_t dilation) {
  const int64_t seen = dilation * (kernel - 1) + 1;
  return (in + 2 * padding - seen) / stride + 1 == out ? padding : (out - 1) * stride + seen - in - padding;
}

struct Window {
  Shape kernel, stride, padding, dilation;

  // ONNX has the beginnings first, then the ends.
  Ints pads(const TracedShape& x, const TracedShape& y) const {
    Ints result = ints(padding);
    for (int d = 0; d < 2; ++d) {
      result.push_back(padding_behind(x.sizes[x.rank() - 2 + d], y.sizes[y.rank() - 2 + d], kernel[d],
                                      stride[d], padding[d], dilation[d]));
    }
    return result;
  }
};

Window pool_window(const OpWriter& w) {
  return {w.get<Shape>("kernel_size"), w.get<Shape>("stride"), w.get<Shape>("padding"),
          w.get<Shape>("dilation")};
}

void check_batched(const OpWriter& w) {
  if (w.shape(0).rank() != 4) {
    w.refuse("of an input without a batch dimension has no form in ONNX");
  }
}

// [L,S]: 0 where query i attends to key j <= i, else -infinity.
Tensor causal_mask(const OpWriter& w) {
  const TracedShape &q = w.shape(0), &k = w.shape(1);
  if (q.grows_at(q.rank() - 2) || k.grows_at(k.rank() - 2)) {
    w.refuse("with is_causal needs lengths that do not grow with the pictures");
  }
  const Tensor mask = full({q.sizes[q.rank() - 2], k.sizes[k.rank() - 2]}, -INFINITY, w.dtype());
  return triu(mask, 1);
}

}  // namespace

// ---- windows ----

std::string write_conv2d(OpWriter& w) {
  const Shape& weight = w.shape(1).sizes;
  const Window window{
      {weight[2], weight[3]}, w.get<Shape>("stride"), w.get<Shape>("padding"), w.get<Shape>("dilation")};
  std::vector<std::string> inputs = {w.input(0), w.input(1)};
  if (w.has(2)) {
    inputs.push_back(w.input(2));
  }
  return w.node("Conv", inputs,
                {{"dilations", ints(window.dilation)},
                 {"group", w.get<int64_t>("groups")},
                 {"kernel_shape", ints(window.kernel)},
                 {"pads", window.pads(w.shape(0), w.output_shape())},
                 {"strides", ints(window.stride)}});
}

std::string write_max_pool2d(OpWriter& w) {
  check_batched(w);
  const Window window = pool_window(w);
  return w.node("MaxPool", {w.input(0)},
                {{"dilations", ints(window.dilation)},
                 {"kernel_shape", ints(window.kernel)},
                 {"pads", window.pads(w.shape(0), w.output_shape())},
                 {"strides", ints(window.stride)}});
}

std::string write_avg_pool2d(OpWriter& w) {
  check_batched(w);
  const Window window = pool_window(w);
  const Ints pads = window.pads(w.shape(0), w.output_shape());
  if (pads[0] != pads[2] || pads[1] != pads[3]) {
    w.refuse("with windows beyond the padding (ceil_mode) divides by another number in ONNX");
  }
  return w.node("AveragePool", {w.input(0)},
                {{"count_include_pad", w.get<int64_t>("count_include_pad")},
                 {"kernel_shape", ints(window.kernel)},
                 {"pads", pads},
                 {"strides", ints(window.stride)}});
}

std::string write_adaptive_avg_pool2d(OpWriter& w) {
  check_batched(w);
  const Shape &x = w.shape(0).sizes, &y = w.output_shape().sizes;
  if (y[2] == 1 && y[3] == 1) {
    return w.node("GlobalAveragePool", {w.input(0)});
  }
  if (x[2] % y[2] != 0 || x[3] % y[3] != 0) {
    w.refuse(fmt::format("from {}x{} to {}x{} has windows of several sizes, for which ONNX has no operator",
                         x[2], x[3], y[2], y[3]));
  }
  const Ints window = {x[2] / y[2], x[3] / y[3]};
  return window == Ints{1, 1}
             ? w.input(0)
             : w.node("AveragePool", {w.input(0)}, {{"kernel_shape", window}, {"strides", window}});
}

// ---- products ----

std::string write_linear(OpWriter& w) {
  if (w.shape(0).rank() == 2) {
    std::vector<std::string> inputs = {w.input(0), w.input(1)};
    if (w.has(2)) {
      inputs.push_back(w.input(2));
    }
    return w.node("Gemm", inputs, {{"transB", int64_t{1}}});
  }
  const std::string weight = w.node("Transpose", {w.input(1)}, {{"perm", Ints{1, 0}}});
  const std::string product = w.node("MatMul", {w.input(0), weight});
  return w.has(2) ? w.node("Add", {product, w.input(2)}) : product;
}

// softmax(scale q k^T + mask) v
std::string write_attention(OpWriter& w) {
  if (w.get<double>("dropout_p") > 0) {
    w.refuse("with dropout draws random numbers");
  }
  Ints swapped(static_cast<size_t>(w.shape(1).rank()));
  std::iota(swapped.begin(), swapped.end(), 0);
  std::swap(swapped[swapped.size() - 1], swapped[swapped.size() - 2]);
  const std::string query = w.node("Mul", {w.input(0), w.number(w.get<double>("scale"))});
  std::string scores = w.node("MatMul", {query, w.node("Transpose", {w.input(1)}, {{"perm", swapped}})});
  if (w.get<int64_t>("is_causal") != 0) {
    scores = w.node("Add", {scores, w.constant("causal", causal_mask(w))});
  }
  if (w.has(3)) {
    if (w.input_type(3) == DType::Bool) {
      scores = w.node("Where", {w.input(3), scores, w.number(-INFINITY)});
    } else {
      scores = w.node("Add", {scores, w.input(3)});
    }
  }
  return w.node("MatMul", {w.node("Softmax", {scores}, {{"axis", int64_t{-1}}}), w.input(2)});
}

// ---- normalisation ----

std::string write_batch_norm(OpWriter& w) {
  if (w.get<int64_t>("training") != 0) {
    w.refuse("takes the mean of the batch, as in training; it has no running statistics");
  }
  const int64_t channels = w.shape(0).sizes[1];
  const std::string weight = w.has(1) ? w.input(1) : w.constant("weight", ones({channels}, w.dtype()));
  const std::string bias = w.has(2) ? w.input(2) : w.constant("bias", zeros({channels}, w.dtype()));
  return w.node("BatchNormalization",
                {w.input(0), weight, bias, w.buffer("running_mean"), w.buffer("running_var")},
                {{"epsilon", w.get<double>("eps")}});
}

std::string write_layer_norm(OpWriter& w) {
  const Shape& shape = w.get<Shape>("normalized_shape");
  std::vector<std::string> inputs = {w.input(0),
                                     w.has(1) ? w.input(1) : w.constant("weight", ones(shape, w.dtype()))};
  if (w.has(2)) {
    inputs.push_back(w.input(2));
  }
  return w.node("LayerNormalization", inputs,
                {{"axis", int64_t{-shape.rank()}}, {"epsilon", w.get<double>("eps")}});
}

}  // namespace helder
