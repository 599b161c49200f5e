#include "inspect/recording_dot.h"

#include "autograd/ops/add.h"
#include "autograd/ops/relu.h"
#include "layers/activations.h"
#include "layers/linear.h"
#include "layers/sequential.h"
#include "models/cifar_resnet.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/shell.h"
#include "tests/temporary_directory.h"

using namespace helder;
using helder::testing::run_in_shell;

namespace {

// y = body(x) + x, a residual connection.
struct Past : Module {
  Sequential body{make<Linear>(3, 3), make<ReLU>()};
  Past() { register_modules({{"body", body}}); }
  Tensor forward(const Tensor& x) override { return body(x) + x; }
  std::string describe() const override { return "Pa\"st(3)"; }
};

std::string dot_of(Module& model, const Tensor& x, int depth) {
  Recorder recorder(model);
  const ObserverGuard guard(recorder);
  relu(model(x));
  return recording_dot(recorder, depth);
}

constexpr const char* kHead =
    "digraph recording {\n  rankdir=TB;\n  node [shape=box, fontname=\"sans-serif\"];\n"
    "  graph [fontname=\"sans-serif\", color=gray];\n";

}  // namespace

TEST_CASE("recording_dot: ops in frames of modules, and the way past them", "[inspect]") {
  Past net;
  CHECK(dot_of(net, zeros({1, 3}), 0) == std::string(kHead) + R"(  subgraph cluster_0 {
    label="Pa\"st";
    subgraph cluster_1 {
      label="body: Sequential";
      subgraph cluster_2 {
        label="body.0: Linear";
        op0 [label="linear\n[1,3]"];
      }
      subgraph cluster_3 {
        label="body.1: ReLU";
        op1 [label="relu\n[1,3]"];
      }
    }
    op2 [label="add\n[1,3]"];
  }
  op3 [label="relu\n[1,3]"];
  input [shape=ellipse];
  input -> op0;
  op0 -> op1;
  op1 -> op2;
  input -> op2;
  op2 -> op3;
}
)");
  CHECK(dot_of(net, zeros({1, 3}), 1) == std::string(kHead) + R"(  subgraph cluster_0 {
    label="Pa\"st";
    call1 [label="body: Sequential\n[1,3]"];
    op2 [label="add\n[1,3]"];
  }
  op3 [label="relu\n[1,3]"];
  input [shape=ellipse];
  input -> call1;
  call1 -> op2;
  input -> op2;
  op2 -> op3;
}
)");
}

TEST_CASE("recording_dot: Graphviz reads it", "[inspect]") {
  if (run_in_shell("command -v dot").status != 0) {
    WARN("skipped: Graphviz is not installed");
    return;
  }
  CifarResNet net({.depth = 8});
  const TemporaryDirectory folder;
  std::ofstream(folder / "net.dot") << dot_of(net, zeros({1, 3, 8, 8}), 0);
  const auto run = run_in_shell("dot -Tplain " + (folder / "net.dot").string());
  INFO(run.output);
  CHECK(run.status == 0);
  CHECK_THAT(run.output, ContainsSubstring("\nnode op0 "));
}
