#include "layers/activations.h"

#include "autograd/ops/sum.h"
#include "layers/sequential.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::same_bits;

namespace {

struct Row {
  std::shared_ptr<Module> layer;
  const char* described;
  Tensor expected;
};

}  // namespace

TEST_CASE("activation layers are the ops of the same names", "[layers]") {
  Generator generator(3);
  const Tensor x = randn({4, 6}, DType::Float32, generator);
  for (const Row& row : {
           Row{make<ReLU>(), "ReLU", relu(x)},
           Row{make<LeakyReLU>(), "LeakyReLU(negative_slope=0.01)", leaky_relu(x, 0.01)},
           Row{make<Sigmoid>(), "Sigmoid", sigmoid(x)},
           Row{make<Tanh>(), "Tanh", tanh(x)},
           Row{make<GELU>(), "GELU(approximate='none')", gelu(x)},
           Row{make<GELU>("tanh"), "GELU(approximate='tanh')", gelu(x, "tanh")},
           Row{make<ELU>(), "ELU(alpha=1)", elu(x, 1)},
           Row{make<ELU>(0.5), "ELU(alpha=0.5)", elu(x, 0.5)},
           Row{make<SELU>(), "SELU", selu(x)},
           Row{make<CELU>(), "CELU(alpha=1)", celu(x, 1)},
           Row{make<CELU>(2.5), "CELU(alpha=2.5)", celu(x, 2.5)},
           Row{make<SiLU>(), "SiLU", silu(x)},
           Row{make<Mish>(), "Mish", mish(x)},
           Row{make<QuickGELU>(), "QuickGELU", quick_gelu(x)},
           Row{make<Softplus>(), "Softplus(beta=1, threshold=20)", softplus(x, 1, 20)},
           Row{make<Softplus>(2, 0.5), "Softplus(beta=2, threshold=0.5)", softplus(x, 2, 0.5)},
           Row{make<Softsign>(), "Softsign", softsign(x)},
           Row{make<Hardswish>(), "Hardswish", hardswish(x)},
           Row{make<Hardsigmoid>(), "Hardsigmoid", hardsigmoid(x)},
           Row{make<Hardtanh>(), "Hardtanh(min_val=-1, max_val=1)", hardtanh(x, -1, 1)},
           Row{make<Hardtanh>(-0.5, 0.25), "Hardtanh(min_val=-0.5, max_val=0.25)", hardtanh(x, -0.5, 0.25)},
           Row{make<ReLU6>(), "ReLU6", relu6(x)},
           Row{make<GLU>(), "GLU(dim=-1)", glu(x, -1)},
           Row{make<GLU>(0), "GLU(dim=0)", glu(x, 0)},
           Row{make<Softmax>(1), "Softmax(dim=1)", softmax(x, 1)},
           Row{make<LogSoftmax>(1), "LogSoftmax(dim=1)", log_softmax(x, 1)},
       }) {
    INFO(row.described);
    CHECK(row.layer->describe() == row.described);
    CHECK(row.layer->parameters().empty());
    CHECK(same_bits((*row.layer)(x), row.expected));
  }
}

TEST_CASE("PReLU has one parameter, called weight, that starts at 0.25", "[layers]") {
  PReLU one;
  CHECK(one.describe() == "PReLU(num_parameters=1)");
  REQUIRE(one.state_dict().size() == 1);
  CHECK(one.state_dict()[0].first == "weight");
  CHECK(one.weight.shape() == Shape{1});
  CHECK(one.weight.to_vector<float>() == std::vector<float>{0.25f});

  PReLU three(3, 0.5);
  CHECK(three.weight.shape() == Shape{3});
  CHECK(three.weight.to_vector<float>() == std::vector<float>(3, 0.5f));
  const Tensor x = tensor<float>({-1, -2, -4}).reshape({1, 3});
  sum(three(x)).backward();
  CHECK(three.weight.grad().to_vector<float>() == std::vector<float>{-1, -2, -4});
  CHECK_THROWS_WITH(PReLU(0), "PReLU: num_parameters must be positive, got 0");
}
