#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>

#include "autograd/grad_mode.h"
#include "autograd/ops.h"
#include "inspect/onnx/export_onnx.h"
#include "tensor/factories.h"
#include "tensor/random.h"
#include "tests/catch.h"
#include "weights/safetensors.h"

using namespace helder;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A function of pictures [N,4,6,6], and the operators that it becomes.
struct Case {
  std::string name;
  std::function<Tensor(const Tensor& x)> body;
  std::vector<std::string> operators;
};

struct Function : Module {
  std::function<Tensor(const Tensor&)> body;
  explicit Function(std::function<Tensor(const Tensor&)> f) : body(std::move(f)) {}
  Tensor forward(const Tensor& x) override { return body(x); }
};

// The same numbers each time.
Tensor fixed(const Shape& shape) {
  Generator generator(7);
  return randn(shape, DType::Float32, generator);
}

Tensor heads(const Tensor& x) { return reshape(x, {x.size(0), 2, 2, 36}).transpose(2, 3); }  // [N,2,36,2]

std::vector<Case> cases() {
  using T = const Tensor&;
  return {
      {"abs", [](T x) { return abs(x); }, {"Abs"}},
      {"adaptive_avg_pool2d",
       [](T x) {
         return adaptive_avg_pool2d(x, {3, 2});
       },
       {"AveragePool"}},
      {"adaptive_avg_pool2d_1", [](T x) { return adaptive_avg_pool2d(x, 1); }, {"GlobalAveragePool"}},
      {"add", [](T x) { return add(x, fixed({6})); }, {"Add"}},
      {"attention", [](T x) { return scaled_dot_product_attention(heads(x), heads(x), heads(x)); }, {}},
      {"attention_causal",
       [](T x) { return scaled_dot_product_attention(heads(x), heads(x), heads(x), {.is_causal = true}); },
       {}},
      {"attention_mask",
       [](T x) {
         return scaled_dot_product_attention(heads(x), heads(x), heads(x), {.attn_mask = fixed({36, 36})});
       },
       {}},
      {"attention_bool",
       [](T x) {
         return scaled_dot_product_attention(heads(x), heads(x), heads(x),
                                             {.attn_mask = gt(fixed({36, 36}), 0), .scale = 0.3});
       },
       {}},
      {"avg_pool2d", [](T x) { return avg_pool2d(x, 3, {.stride = 2, .padding = 1}); }, {"AveragePool"}},
      {"avg_pool2d_inside",
       [](T x) {
         return avg_pool2d(x, {3, 2}, {.stride = 2, .padding = 1, .count_include_pad = false});
       },
       {"AveragePool"}},
      {"batch_norm",
       [](T x) { return batch_norm(x, fixed({4}), abs(fixed({4})), {}, {}, false, 0.1, 1e-3); },
       {"BatchNormalization"}},
      {"cat",
       [](T x) {
         return cat({x, zeros({x.size(0), 1, 6, 6}), x}, 1);
       },
       {"Shape", "Slice", "Concat", "Expand", "Concat"}},
      {"ceil", [](T x) { return ceil(x); }, {"Ceil"}},
      {"clamp", [](T x) { return clamp(x, -0.5, 1); }, {"Clip"}},
      {"clamp_min", [](T x) { return clamp(x, 0.25, kInfinity); }, {"Clip"}},
      {"conv2d",
       [](T x) {
         return conv2d(x, fixed({6, 2, 3, 2}), fixed({6}),
                       {.stride = {2, 1}, .padding = {2, 1}, .dilation = {1, 2}, .groups = 2});
       },
       {"Conv"}},
      {"cos", [](T x) { return cos(x); }, {"Cos"}},
      {"div", [](T x) { return div(1.5, add(abs(x), 1)); }, {"Abs", "Add", "Div"}},
      {"elu", [](T x) { return elu(x, 0.7); }, {"Elu"}},
      {"erf", [](T x) { return erf(x); }, {"Erf"}},
      {"exp", [](T x) { return exp(x); }, {"Exp"}},
      {"expand",
       [](T x) {
         return unsqueeze(x, 1).expand({x.size(0), 3, 4, 6, 6});
       },
       {}},
      {"flatten", [](T x) { return flatten(x, 1); }, {"Flatten"}},
      {"floor", [](T x) { return floor(x); }, {"Floor"}},
      {"gelu", [](T x) { return gelu(x); }, {"Div", "Erf", "Add", "Mul", "Mul"}},
      {"gelu_tanh", [](T x) { return gelu(x, "tanh"); }, {}},
      {"hardswish", [](T x) { return hardswish(x); }, {"HardSwish"}},
      {"hardtanh", [](T x) { return hardtanh(x, -0.3, 0.6); }, {"Clip"}},
      {"layer_norm",
       [](T x) {
         return layer_norm(x, {6, 6}, fixed({6, 6}), fixed({6, 6}), 1e-3);
       },
       {"LayerNormalization"}},
      {"layer_norm_plain", [](T x) { return layer_norm(x, {6}); }, {"LayerNormalization"}},
      {"leaky_relu", [](T x) { return leaky_relu(x, 0.2); }, {"LeakyRelu"}},
      {"linear",
       [](T x) {
         return linear(x, fixed({5, 6}), fixed({5}));
       },
       {"Transpose", "MatMul", "Add"}},
      {"linear_rows",
       [](T x) {
         return linear(flatten(x, 1), fixed({5, 144}));
       },
       {"Flatten", "Gemm"}},
      {"log", [](T x) { return log(add(abs(x), 0.5)); }, {"Abs", "Add", "Log"}},
      {"log_softmax", [](T x) { return log_softmax(x, 1); }, {"LogSoftmax"}},
      {"matmul", [](T x) { return matmul(x, transpose(x, 2, 3)); }, {"Transpose", "MatMul"}},
      {"max_pool2d",
       [](T x) { return max_pool2d(x, 3, {.stride = 2, .padding = 1, .dilation = 2}); },
       {"MaxPool"}},
      {"max_pool2d_ceil",
       [](T x) { return max_pool2d(x, 3, {.stride = 2, .ceil_mode = true}); },
       {"MaxPool"}},
      {"maximum",
       [](T x) {
         return maximum(x, fixed({4, 6, 6}));
       },
       {"Max"}},
      {"mean",
       [](T x) {
         return mean(x, {2, -1});
       },
       {"ReduceMean"}},
      {"mean_keepdim", [](T x) { return mean(x, {1}, true); }, {"ReduceMean"}},
      {"minimum", [](T x) { return minimum(x, fixed({1})); }, {"Min"}},
      {"mul", [](T x) { return mul(x, 3); }, {"Mul"}},
      {"neg", [](T x) { return neg(x); }, {"Neg"}},
      {"permute",
       [](T x) {
         return permute(x, {0, -1, 1, 2});
       },
       {"Transpose"}},
      {"pow", [](T x) { return pow(x, 2); }, {"Pow"}},
      {"quick_gelu", [](T x) { return quick_gelu(x); }, {"Mul", "Sigmoid", "Mul"}},
      {"reciprocal", [](T x) { return reciprocal(add(abs(x), 1)); }, {"Abs", "Add", "Reciprocal"}},
      {"relu", [](T x) { return relu(x); }, {"Relu"}},
      {"relu6", [](T x) { return relu6(mul(x, 5)); }, {"Mul", "Clip"}},
      {"reshape",
       [](T x) {
         return reshape(x, {x.size(0) * 2, 8, 9});
       },
       {"Reshape"}},
      {"select", [](T x) { return select(x, 2, -2); }, {"Gather"}},
      {"sigmoid", [](T x) { return sigmoid(x); }, {"Sigmoid"}},
      {"sign", [](T x) { return sign(x); }, {"Sign"}},
      {"silu", [](T x) { return silu(x); }, {"Sigmoid", "Mul"}},
      {"sin", [](T x) { return sin(x); }, {"Sin"}},
      {"slice", [](T x) { return slice(x, -1, 1, {}, 2); }, {"Slice"}},
      {"slice_end", [](T x) { return slice(x, 2, {}, -2); }, {"Slice"}},
      {"softmax", [](T x) { return softmax(x, -2); }, {"Softmax"}},
      {"softsign", [](T x) { return softsign(x); }, {"Softsign"}},
      {"sqrt", [](T x) { return sqrt(abs(x)); }, {"Abs", "Sqrt"}},
      {"squeeze", [](T x) { return squeeze(mean(x, {1}, true), 1); }, {"ReduceMean", "Reshape"}},
      {"sub",
       [](T x) {
         return sub(fixed({4, 1, 6}), x);
       },
       {"Sub"}},
      {"sum",
       [](T x) {
         return sum(x, {1, 3});
       },
       {"ReduceSum"}},
      {"sum_keepdim", [](T x) { return sum(x, {3}, true); }, {"ReduceSum"}},
      {"tanh", [](T x) { return tanh(x); }, {"Tanh"}},
      {"transpose", [](T x) { return transpose(x, 1, -1); }, {"Transpose"}},
  };
}

}  // namespace

// HELDER_ONNX_FILES=DIR keeps the files, with pictures and answers, for scripts/check_onnx.py --files DIR.
TEST_CASE("onnx: each rule's operators", "[inspect]") {
  const char* folder = std::getenv("HELDER_ONNX_FILES");
  for (const Case& c : cases()) {
    INFO(c.name);
    Function function(c.body);
    const OnnxModel model = onnx_model(function, {4, 6, 6}, c.name);
    std::vector<std::string> operators;
    for (const OnnxNode& node : model.nodes) {
      operators.push_back(node.op_type);
    }
    if (!c.operators.empty()) {
      CHECK(operators == c.operators);
    }
    CHECK(model.nodes.back().output == "output");
    if (folder) {
      const NoGrad guard;
      Generator generator(1);
      const Tensor x = randn({3, 4, 6, 6}, DType::Float32, generator);
      const std::filesystem::path path = std::filesystem::path(folder) / c.name;
      write_onnx(path.string() + ".onnx", model);
      save_safetensors(path.string() + ".safetensors", {{"input", x}, {"output", c.body(x).contiguous()}});
    }
  }
}
