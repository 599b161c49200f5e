#include "inspect/onnx/op_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string_view>

#include "autograd/ops/tril.h"
#include "tensor/factories.h"

// What each op is called in ONNX, and in what its conventions differ. Opset 17; Operators.md of ONNX says
// what each of these computes.

namespace helder {
namespace {

using Ints = std::vector<int64_t>;

Ints ints(const Shape& shape) { return {shape.begin(), shape.end()}; }

// ---- windows ----

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

std::string conv2d(OpWriter& w) {
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

void check_batched(const OpWriter& w) {
  if (w.shape(0).rank() != 4) {
    w.refuse("of an input without a batch dimension has no form in ONNX");
  }
}

std::string max_pool2d(OpWriter& w) {
  check_batched(w);
  const Window window = pool_window(w);
  return w.node("MaxPool", {w.input(0)},
                {{"dilations", ints(window.dilation)},
                 {"kernel_shape", ints(window.kernel)},
                 {"pads", window.pads(w.shape(0), w.output_shape())},
                 {"strides", ints(window.stride)}});
}

std::string avg_pool2d(OpWriter& w) {
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

std::string adaptive_avg_pool2d(OpWriter& w) {
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

std::string linear(OpWriter& w) {
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

// [L,S]: 0 where query i attends to key j <= i, else -infinity.
Tensor causal_mask(const OpWriter& w) {
  const TracedShape &q = w.shape(0), &k = w.shape(1);
  if (q.grows_at(q.rank() - 2) || k.grows_at(k.rank() - 2)) {
    w.refuse("with is_causal needs lengths that do not grow with the pictures");
  }
  const Tensor mask = full({q.sizes[q.rank() - 2], k.sizes[k.rank() - 2]}, -INFINITY, w.dtype());
  return triu(mask, 1);
}

// softmax(scale q k^T + mask) v
std::string attention(OpWriter& w) {
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

std::string batch_norm(OpWriter& w) {
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

std::string layer_norm(OpWriter& w) {
  const Shape& shape = w.get<Shape>("normalized_shape");
  std::vector<std::string> inputs = {w.input(0),
                                     w.has(1) ? w.input(1) : w.constant("weight", ones(shape, w.dtype()))};
  if (w.has(2)) {
    inputs.push_back(w.input(2));
  }
  return w.node("LayerNormalization", inputs,
                {{"axis", int64_t{-shape.rank()}}, {"epsilon", w.get<double>("eps")}});
}

// ---- elementwise ----

std::string clip(OpWriter& w, double low, double high) {
  return w.node("Clip", {w.input(0), std::isfinite(low) ? w.number(low) : "",
                         std::isfinite(high) ? w.number(high) : ""});
}

// x/2 (1 + erf(x / sqrt 2)), or the tanh that is near to that; Gelu is an operator only from opset 20 on.
std::string gelu(OpWriter& w) {
  const std::string x = w.input(0);
  std::string inner;
  if (w.has_attribute("approximate")) {
    const std::string cube = w.node("Mul", {w.node("Mul", {x, x}), x});
    const std::string sum = w.node("Add", {x, w.node("Mul", {cube, w.number(0.044715)})});
    inner = w.node("Tanh", {w.node("Mul", {sum, w.number(std::numbers::sqrt2 * std::numbers::inv_sqrtpi)})});
  } else {
    inner = w.node("Erf", {w.node("Div", {x, w.number(std::numbers::sqrt2)})});
  }
  return w.node("Mul", {w.node("Mul", {x, w.node("Add", {inner, w.number(1)})}), w.number(0.5)});
}

std::string quick_gelu(OpWriter& w) {
  return w.node("Mul", {w.input(0), w.node("Sigmoid", {w.node("Mul", {w.input(0), w.number(1.702)})})});
}

std::string silu(OpWriter& w) { return w.node("Mul", {w.input(0), w.node("Sigmoid", {w.input(0)})}); }

// ---- shapes ----

// The same elements in another shape. At most one dimension may grow with the pictures: ONNX works it out,
// -1.
std::string reshape(OpWriter& w) {
  const TracedShape &x = w.shape(0), &y = w.output_shape();
  if (y.growing() > 1) {
    w.refuse(fmt::format("to {} has two sizes that grow with the pictures, and ONNX works out only one",
                         y.sizes.str()));
  }
  if (y.rank() == 2 && x.rank() > 2 && x.grows_at(0) && y.grows_at(0) && x.sizes[0] == y.sizes[0]) {
    return w.node("Flatten", {w.input(0)}, {{"axis", int64_t{1}}});
  }
  Ints shape = ints(y.sizes);
  for (int d = 0; d < y.rank(); ++d) {
    if (y.grows_at(d)) {
      shape[static_cast<size_t>(d)] = -1;
    }
  }
  return w.node("Reshape", {w.input(0), w.integers(shape)});
}

std::string expand(OpWriter& w) { return w.node("Expand", {w.input(0), w.sizes(w.output_shape())}); }

std::string permute(OpWriter& w) {
  Ints perm;
  for (const int64_t dim : w.get<Shape>("dims")) {
    perm.push_back(normalize_dim("permute", dim, w.shape(0).rank()));
  }
  return w.node("Transpose", {w.input(0)}, {{"perm", perm}});
}

std::string transpose(OpWriter& w) {
  const int rank = w.shape(0).rank();
  Ints perm(static_cast<size_t>(rank));
  std::iota(perm.begin(), perm.end(), 0);
  if (rank > 0) {
    std::swap(perm[static_cast<size_t>(normalize_dim("transpose", w.get<int64_t>("dim0"), rank))],
              perm[static_cast<size_t>(normalize_dim("transpose", w.get<int64_t>("dim1"), rank))]);
  }
  return w.node("Transpose", {w.input(0)}, {{"perm", perm}});
}

// Sizes that grow are not cut at a place that was right for one batch.
void check_fixed(const OpWriter& w, int64_t dim) {
  if (w.shape(0).grows_at(normalize_dim(w.op().name.c_str(), dim, w.shape(0).rank()))) {
    w.refuse("takes single pictures out of the batch, whose size may vary");
  }
}

std::string select(OpWriter& w) {
  check_fixed(w, w.get<int64_t>("dim"));
  const std::string index =
      w.constant("index", scalar(static_cast<double>(w.get<int64_t>("index")), DType::Int64));
  return w.node("Gather", {w.input(0), index}, {{"axis", w.get<int64_t>("dim")}});
}

std::string slice(OpWriter& w) {
  check_fixed(w, w.get<int64_t>("dim"));
  return w.node("Slice",
                {w.input(0), w.integers({w.get<int64_t>("start")}), w.integers({w.get<int64_t>("end")}),
                 w.integers({w.get<int64_t>("dim")}), w.integers({w.get<int64_t>("step")})});
}

std::string cat(OpWriter& w) {
  std::vector<std::string> inputs;
  for (size_t i = 0; i < w.op().inputs.size(); ++i) {
    inputs.push_back(w.input(i));
  }
  return w.node("Concat", inputs, {{"axis", w.get<int64_t>("dim")}});
}

// ---- reductions ----

Ints axes(const OpWriter& w) {
  Ints result;
  for (const int64_t dim : w.get<Shape>("dim")) {
    result.push_back(normalize_dim(w.op().name.c_str(), dim, w.shape(0).rank()));
  }
  if (result.empty()) {  // all
    result.resize(static_cast<size_t>(w.shape(0).rank()));
    std::iota(result.begin(), result.end(), 0);
  }
  return result;
}

std::string mean(OpWriter& w) {
  return w.node("ReduceMean", {w.input(0)}, {{"axes", axes(w)}, {"keepdims", w.get<int64_t>("keepdim")}});
}

std::string sum(OpWriter& w) {  // the axes of this one are an input already in opset 13
  return w.node("ReduceSum", {w.input(0), w.integers(axes(w))}, {{"keepdims", w.get<int64_t>("keepdim")}});
}

// ---- all of them ----

struct Rule {
  std::string_view op;
  std::string (*write)(OpWriter& w);
};

constexpr auto kRules = std::to_array<Rule>({
    {"adaptive_avg_pool2d", adaptive_avg_pool2d},
    {"avg_pool2d", avg_pool2d},
    {"batch_norm", batch_norm},
    {"cat", cat},
    {"clamp", [](OpWriter& w) { return clip(w, w.get<double>("min"), w.get<double>("max")); }},
    {"clone", [](OpWriter& w) { return w.input(0); }},
    {"conv2d", conv2d},
    {"elu",
     [](OpWriter& w) {
       return w.node("Elu", {w.input(0)}, {{"alpha", w.get<double>("alpha")}});
     }},
    {"expand", expand},
    {"gelu", gelu},
    {"hardtanh", [](OpWriter& w) { return clip(w, w.get<double>("min_val"), w.get<double>("max_val")); }},
    {"layer_norm", layer_norm},
    {"leaky_relu",
     [](OpWriter& w) {
       return w.node("LeakyRelu", {w.input(0)}, {{"alpha", w.get<double>("negative_slope")}});
     }},
    {"linear", linear},
    {"log_softmax",
     [](OpWriter& w) {
       return w.node("LogSoftmax", {w.input(0)}, {{"axis", w.get<int64_t>("dim")}});
     }},
    {"max_pool2d", max_pool2d},
    {"mean", mean},
    {"permute", permute},
    {"quick_gelu", quick_gelu},
    {"relu6", [](OpWriter& w) { return clip(w, 0, 6); }},
    {"reshape", reshape},
    {"scaled_dot_product_attention", attention},
    {"select", select},
    {"silu", silu},
    {"slice", slice},
    {"softmax",
     [](OpWriter& w) {
       return w.node("Softmax", {w.input(0)}, {{"axis", w.get<int64_t>("dim")}});
     }},
    {"squeeze", reshape},
    {"sum", sum},
    {"transpose", transpose},
    {"unsqueeze", reshape},
});

// Ops that take their inputs as they are, and have no attributes.
struct PlainRule {
  std::string_view op;
  const char* op_type;
};

constexpr auto kPlainRules = std::to_array<PlainRule>({
    {"abs", "Abs"},
    {"add", "Add"},
    {"ceil", "Ceil"},
    {"cos", "Cos"},
    {"div", "Div"},
    {"erf", "Erf"},
    {"exp", "Exp"},
    {"floor", "Floor"},
    {"hardswish", "HardSwish"},
    {"log", "Log"},
    {"matmul", "MatMul"},
    {"maximum", "Max"},
    {"minimum", "Min"},
    {"mul", "Mul"},
    {"neg", "Neg"},
    {"pow", "Pow"},
    {"reciprocal", "Reciprocal"},
    {"relu", "Relu"},
    {"sigmoid", "Sigmoid"},
    {"sign", "Sign"},
    {"sin", "Sin"},
    {"softsign", "Softsign"},
    {"sqrt", "Sqrt"},
    {"sub", "Sub"},
    {"tanh", "Tanh"},
});

}  // namespace

std::string write_op(OpWriter& w) {
  const std::string& name = w.op().name;
  const auto rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& r) { return r.op == name; });
  if (rule != kRules.end()) {
    return rule->write(w);
  }
  const auto plain =
      std::find_if(kPlainRules.begin(), kPlainRules.end(), [&](const PlainRule& r) { return r.op == name; });
  if (plain == kPlainRules.end()) {
    w.refuse("has no ONNX form here (inspect/onnx/op_rules.cpp lists those that have)");
  }
  std::vector<std::string> inputs;
  for (size_t i = 0; i < w.op().inputs.size(); ++i) {
    inputs.push_back(w.input(i));
  }
  return w.node(plain->op_type, inputs);
}

}  // namespace helder
