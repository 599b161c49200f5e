#include "inspect/onnx/op_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string_view>

#include "inspect/onnx/layer_rules.h"
#include "tensor/factories.h"

// What each op is called in ONNX, and in what its conventions differ. Opset 17; Operators.md of ONNX says
// what each of these computes.

namespace helder {
namespace {

using Ints = std::vector<int64_t>;

Ints ints(const Shape& shape) { return {shape.begin(), shape.end()}; }

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
    {"adaptive_avg_pool2d", write_adaptive_avg_pool2d},
    {"avg_pool2d", write_avg_pool2d},
    {"batch_norm", write_batch_norm},
    {"cat", cat},
    {"clamp", [](OpWriter& w) { return clip(w, w.get<double>("min"), w.get<double>("max")); }},
    {"clone", [](OpWriter& w) { return w.input(0); }},
    {"conv2d", write_conv2d},
    {"elu",
     [](OpWriter& w) {
       return w.node("Elu", {w.input(0)}, {{"alpha", w.get<double>("alpha")}});
     }},
    {"expand", expand},
    {"gelu", gelu},
    {"hardtanh", [](OpWriter& w) { return clip(w, w.get<double>("min_val"), w.get<double>("max_val")); }},
    {"layer_norm", write_layer_norm},
    {"leaky_relu",
     [](OpWriter& w) {
       return w.node("LeakyRelu", {w.input(0)}, {{"alpha", w.get<double>("negative_slope")}});
     }},
    {"linear", write_linear},
    {"log_softmax",
     [](OpWriter& w) {
       return w.node("LogSoftmax", {w.input(0)}, {{"axis", w.get<int64_t>("dim")}});
     }},
    {"max_pool2d", write_max_pool2d},
    {"mean", mean},
    {"permute", permute},
    {"quick_gelu", quick_gelu},
    {"relu6", [](OpWriter& w) { return clip(w, 0, 6); }},
    {"reshape", reshape},
    {"scaled_dot_product_attention", write_attention},
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
