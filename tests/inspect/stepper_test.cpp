#include "inspect/stepper.h"

#include <cstdlib>
#include <fstream>
#include <limits>
#include <memory>

#include "autograd/grad_mode.h"
#include "autograd/node.h"
#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/log.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/relu.h"
#include "inspect/op_formulas.h"
#include "inspect/op_sources.h"
#include "inspect/tensor_pictures.h"
#include "layers/linear.h"
#include "layers/sequential.h"
#include "models/mnist_cnn.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/paths.h"

using namespace helder;

namespace {

struct Session {
  bool finished = false;
  std::string text;
};

// What `step` writes of a session in which these commands are given.
template <class Step>
Session session(std::string commands, const Step& step) {
  char* text = nullptr;
  size_t size = 0;
  StepOptions options;
  options.in =
      commands.empty() ? std::fopen("/dev/null", "r") : fmemopen(commands.data(), commands.size(), "r");
  options.out = open_memstream(&text, &size);
  REQUIRE(options.in);
  REQUIRE(options.out);
  Session result;
  result.finished = step(options);
  std::fclose(options.in);
  std::fclose(options.out);
  result.text.assign(text, size);
  std::free(text);
  return result;
}

Session session(Module& model, const Tensor& x, const std::string& commands) {
  return session(commands, [&](const StepOptions& options) { return step_through(model, x, options); });
}

// A model of three lines.
struct TwoLayers : Module {
  Linear fc1{2, 2}, fc2{2, 1};
  TwoLayers() { register_modules({{"fc1", fc1}, {"fc2", fc2}}); }
  Tensor forward(const Tensor& x) override { return fc2(relu(fc1(x))); }
};

void fill(TwoLayers& net) {
  const NoGrad guard;
  net.fc1.weight.copy_(tensor<float>({1, -1, 2, 0}).reshape({2, 2}));
  net.fc1.bias.copy_(tensor<float>({0, 0.5}));
  net.fc2.weight.copy_(tensor<float>({3, 0.25}).reshape({1, 2}));
  net.fc2.bias.copy_(tensor<float>({-1}));
}

// Line numbers change, and are checked elsewhere.
std::string without_lines(std::string text) {
  for (size_t at = text.find(".cpp:"); at != std::string::npos; at = text.find(".cpp:", at + 1)) {
    text.erase(at + 4, text.find('\n', at) - at - 4);
  }
  for (size_t at = text.find(".h:"); at != std::string::npos; at = text.find(".h:", at + 1)) {
    text.erase(at + 2, text.find('\n', at) - at - 2);
  }
  return text;
}

std::string line_of(std::string_view place) {
  const size_t colon = place.rfind(':');
  std::ifstream file(testing::source_path(std::string(place.substr(0, colon))));
  std::string line;
  for (int i = std::stoi(std::string(place.substr(colon + 1))); i > 0; --i) {
    std::getline(file, line);
  }
  return line;
}

}  // namespace

TEST_CASE("stepper: a model of three lines, op by op and back", "[inspect][step]") {
  TwoLayers net;
  fill(net);
  const Tensor x = tensor<float>({2, 3}).reshape({1, 2});
  const Session s = session(net, x, "n\n\nn\nn\nn\np dw\nn\nn\nn");
  CHECK(s.finished);
  CHECK(without_lines(s.text) == R"(#0  fc1  linear
    y = x w^T + b
    x   float32 [1,2]  min 2  mean 2.5  max 3  (the input)
    w   float32 [2,2]  min -1  mean 0.5  max 2  (fc1.weight)
    b   float32 [2]  min 0  mean 0.25  max 0.5  (fc1.bias)
    y   float32 [1,2]  min -1  mean 1.75  max 4.5
    code  autograd/ops/linear.cpp
(step) n
#1  the model  relu
    y = max(x, 0)
    x   float32 [1,2]  min -1  mean 1.75  max 4.5  (#0 linear)
    y   float32 [1,2]  min 0  mean 2.25  max 4.5
    code  autograd/ops/relu.cpp
(step) 
#2  fc2  linear
    y = x w^T + b
    x   float32 [1,2]  min 0  mean 2.25  max 4.5  (#1 relu)
    w   float32 [1,2]  min 0.25  mean 1.625  max 3  (fc2.weight)
    b   float32 [1]  -1  (fc2.bias)
    y   float32 [1,1]  0.125
    code  autograd/ops/linear.cpp
(step) n
#3  outside the model  sum
    y = sum x
    x   float32 [1,1]  0.125  (#2 linear)
    y   float32 []  0.125
    code  autograd/ops/sum.cpp
(step) n
#3  outside the model  sum, backward
    dx = dy, stretched over what was summed
    dy  float32 []  1
    dx  float32 [1,1]  1  (to #2 linear)
    code  autograd/ops/sum.cpp
(step) n
#2  fc2  linear, backward
    dx = dy w,  dw = dy^T x,  db = sum of dy's rows
    dy  float32 [1,1]  1
    dx  float32 [1,2]  min 0.25  mean 1.625  max 3  (to #1 relu)
    dw  float32 [1,2]  min 0  mean 2.25  max 4.5  (to fc2.weight.grad)
    db  float32 [1]  1  (to fc2.bias.grad)
    code  autograd/ops/linear.cpp
(step) p dw
float32 [1,2]  min 0  mean 2.25  max 4.5
[[0.  4.5]]
(step) n
#1  the model  relu, backward
    dx = dy where y > 0, else 0
    dy  float32 [1,2]  min 0.25  mean 1.625  max 3
    dx  float32 [1,2]  min 0  mean 0.125  max 0.25  (to #0 linear)
    code  kernels/elementwise/relu.h
(step) n
#0  fc1  linear, backward
    dx = dy w,  dw = dy^T x,  db = sum of dy's rows
    dy  float32 [1,2]  min 0  mean 0.125  max 0.25
    dw  float32 [2,2]  min 0  mean 0.3125  max 0.75  (to fc1.weight.grad)
    db  float32 [2]  min 0  mean 0.125  max 0.25  (to fc1.bias.grad)
    code  autograd/ops/linear.cpp
(step) n
the end: 4 ops forward, 4 backward
)");
}

TEST_CASE("stepper: goes on to modules, ops, the way back and the end", "[inspect][step]") {
  MnistCnn net;
  net.eval();
  const Tensor x = zeros({1, 1, 28, 28});
  const Session s = session(net, x, "b conv?\nb fc*\nb linear\nl\nb backward\nb conv2\nb max_pool2d\nc\n");
  INFO(s.text);
  CHECK(s.finished);
  // Stops: the first op, conv2 (conv1 is where it was), fc1, fc2, cross entropy's backward, conv2's.
  for (const char* stop :
       {"#0  conv1  conv2d\n", "b conv?\n#2  conv2  conv2d\n", "b fc*\n#6  fc1  linear\n",
        "b linear\n#8  fc2  linear\n", "b backward\n#9  outside the model  cross_entropy, backward\n",
        "b conv2\n#2  conv2  conv2d, backward\n", "b max_pool2d\nthe end: 10 ops forward, 10 backward\n"}) {
    CHECK_THAT(s.text, ContainsSubstring(stop));
  }
  CHECK_THAT(s.text, ContainsSubstring("#4 max_pool2d"));
  CHECK(s.text.find("#1  ") == std::string::npos);
}

TEST_CASE("stepper: prints what has a name, and says what has none", "[inspect][step]") {
  TwoLayers net;
  fill(net);
  const Tensor x = tensor<float>({2, 3}).reshape({1, 2});
  const Session s =
      session(net, x,
              "p fc2\nn 2\np\np x\np #0\np fc1\np fc2.weight\np fc2.weight.grad\np nosuch\np #7\np #x\n"
              "b nosuch\nb\nn 0\nn x\nfoo\nh\ni\ni fc1.weight\ni fc1.weight 1\ni #0 5\nq\n");
  INFO(s.text);
  CHECK_FALSE(s.finished);
  for (const char* answer :
       {"p fc2\nthe module fc2 has no output yet\n", "p\nfloat32 [1,1]  0.125\n[[0.125]]\n",
        "p x\nfloat32 [1,2]  min 0  mean 2.25  max 4.5\n[[0.  4.5]]\n",
        "p #0\nfloat32 [1,2]  min -1  mean 1.75", "p fc1\nfloat32 [1,2]  min -1  mean 1.75",
        "p fc2.weight\nfloat32 [1,2]  min 0.25", "p fc2.weight.grad\nfc2.weight has no gradient yet\n",
        "there is no tensor 'nosuch' here; there are x, w, b, y, #0 to #2, and parameters and modules by "
        "name\n",
        "there is no op #7 yet; the last is #2\n", "there is no op #x yet",
        "there is no module and no op 'nosuch'", "b: which module or op? For example: b fc2\n",
        "n: expected a number of ops, got '0'\n", "n: expected a number of ops, got 'x'\n",
        "there is no command 'foo'; h lists them\n", "i [NAME] [K]", "(step) i\n     0       0.125  ########",
        "there is no picture 5 of a tensor [1,2]\n"}) {
    CHECK_THAT(s.text, ContainsSubstring(answer));
  }
}

TEST_CASE("stepper: finds where a NaN comes from, and flags it", "[inspect][step]") {
  struct Logarithm : Module {
    Linear fc{2, 2};
    Logarithm() { register_modules({{"fc", fc}}); }
    Tensor forward(const Tensor& x) override { return relu(log(fc(x))); }
  } net;
  const NoGrad guard;
  net.fc.weight.copy_(tensor<float>({1, 0, 0, 1}).reshape({2, 2}));
  net.fc.bias.zero_();
  const Session s = session(net, tensor<float>({-1, 0}).reshape({1, 2}), "nan\nq");
  INFO(s.text);
  CHECK_THAT(s.text, ContainsSubstring("nan\n#1  the model  log\n"));
  CHECK_THAT(s.text, ContainsSubstring("    y   float32 [1,2]  NaN 1  infinite 1\n"));
}

TEST_CASE("stepper: any computation, an op of one's own, and nothing left behind", "[inspect][step]") {
  struct TwiceNode final : Node {
    TwiceNode() : Node("twice") {}
    std::vector<Tensor> backward(const Tensor& dy) override { return {dy * 2.0}; }
  };
  TwoLayers net;
  fill(net);
  const Tensor x = tensor<float>({2, 3}).reshape({1, 2});
  const auto computation = [&] {
    const Tensor y = net(x);
    const Tensor z = full(y.shape(), 2 * y.item());
    record<TwiceNode>(z, y);
    z.backward();
  };
  const Session s = session("n 3\nb twice\nc\n", [&](const StepOptions& options) {
    return step_through(net, computation, options);
  });
  INFO(s.text);
  CHECK(s.finished);
  CHECK_THAT(s.text,
             ContainsSubstring("#3  outside the model  twice\n    x0  float32 [1,1]  0.125  (#2 linear)\n"
                               "    y   float32 [1,1]  0.25\n    code  not known\n"));
  CHECK_THAT(s.text, ContainsSubstring("    dx0  float32 [1,1]  2  (to #2 linear)\n"));
  CHECK(net.fc2.bias.grad().item() == 2);  // the caller's own step

  // The model and its input: gradients are as they were, however the session ends.
  for (const char* commands : {"c\n", "q\n", "b backward\nn\nq\n", ""}) {
    CHECK(session(net, x, commands).finished == (commands == std::string("c\n")));
    CHECK(net.fc2.bias.grad().item() == 2);
    CHECK(current_observer == nullptr);
    CHECK(grad_enabled());
  }
  // Without any parameter that wants a gradient there is no way back.
  for (Tensor parameter : net.parameters()) {
    parameter.requires_grad_(false);
  }
  CHECK_THAT(session(net, x, "c\n").text, ContainsSubstring("the end: 4 ops forward, 0 backward\n"));
}

TEST_CASE("stepper: each op's code is where it says, and formulas are of ops that exist", "[inspect][step]") {
  REQUIRE(op_sources().size() > 100);
  for (const OpSource& source : op_sources()) {
    INFO(source.op << " " << source.forward << " " << source.backward);
    const std::string name(source.op), line = line_of(source.forward);
    CHECK((line.find(" " + name + "(") != std::string::npos ||
           line.find('"' + name + '"') != std::string::npos));
    if (!source.backward.empty()) {
      const std::string back = line_of(source.backward);
      CHECK((back.find("backward(const Tensor& dy") != std::string::npos ||
             back.find("derivative(") != std::string::npos || back.find(" dx(T ") != std::string::npos));
    }
  }
  for (const OpFormula& formula : op_formulas()) {
    INFO(formula.op);
    CHECK(source_of(formula.op) != nullptr);
    CHECK(formula_of(formula.op) == &formula);  // no second one
  }
  CHECK(formula_of("nosuch") == nullptr);
  CHECK_THAT(std::string(source_of("conv2d")->forward), ContainsSubstring("autograd/ops/conv2d.cpp:"));
  CHECK_THAT(line_of(source_of("relu")->backward), ContainsSubstring("derivative(T y)"));
}

TEST_CASE("stepper: pictures of tensors of each rank", "[inspect][step]") {
  const Terminal plain{.width = 30};
  CHECK(draw_tensor(full({}, 2.5), {}, plain) == "2.5\n");
  CHECK(draw_tensor(tensor<float>({1, -2, 0}), {}, plain) ==
        "     0           1  ###   \n     1          -2  ######\n     2           0        \n");
  CHECK(draw_tensor(tensor<float>({1, -2, 0}), 1, plain) == "1  -2\n");
  CHECK_THAT(draw_tensor(arange(100), {}, plain), ContainsSubstring("    99          99  ######\n    98 "));
  CHECK_THAT(draw_tensor(arange(100), {}, plain), ContainsSubstring("the 12 largest of 100\n"));
  // Two of four channels in a row of 30 columns, each over its own range.
  const std::string channels = draw_tensor(arange(4 * 24).reshape({1, 4, 2, 12}), {}, plain);
  CHECK(channels ==
        ":--===+++**#   :--===+++**#\n0              1\n0 to 23        24 to 47\n\n"
        ":--===+++**#   :--===+++**#\n2              3\n48 to 71       72 to 95\n");
  CHECK(draw_tensor(arange(4 * 24).reshape({1, 4, 2, 12}), 3, plain) == ":--===+++**#\n3\n72 to 95\n");
  CHECK_THAT(draw_tensor(zeros({1, 9, 12, 12}), {}, plain), ContainsSubstring("4 of 9\n"));
  // Small ones are enlarged; filters of one channel are drawn one by one.
  CHECK_THAT(draw_tensor(arange(18).reshape({2, 1, 3, 3}), {}, plain),
             ContainsSubstring("0 to 8         9 to 17\n"));
  CHECK_THROWS_WITH(draw_tensor(zeros({1, 4, 2, 2}), 4, plain),
                    "there is no picture 4 of a tensor [1,4,2,2]");
  CHECK_THROWS_WITH(draw_tensor(zeros({0, 4}), {}, plain), "a tensor [0,4] has nothing to draw");
  CHECK_THROWS_WITH(draw_tensor(zeros({1, 1, 1, 1, 1}), {}, plain),
                    "a tensor [1,1,1,1,1] has too many dimensions for a picture");
}
