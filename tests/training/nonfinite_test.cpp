#include "training/nonfinite.h"

#include <cmath>

#include "autograd/ops/log.h"
#include "layers/linear.h"
#include "layers/sequential.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

struct Log : Module {
  Tensor forward(const Tensor& x) override { return log(x); }
  std::string describe() const override { return "Log"; }
};

}  // namespace

TEST_CASE("the first module with a bad output is named, inside before outside") {
  Sequential model{make<Linear>(2, 2),
                   make<Sequential>(std::initializer_list<std::shared_ptr<Module>>{make<Log>()}),
                   make<Linear>(2, 2)};
  auto& first = dynamic_cast<Linear&>(model[0]);
  first.weight.detach().fill_(-1);
  first.bias.detach().fill_(0);
  CHECK(explain_nonfinite(model, ones({1, 2})) ==
        "the first module whose output is not finite is 1.0, a Log");
  CHECK(explain_nonfinite(model, full({1, 2}, INFINITY)) == "the input itself is not finite");
  CHECK(explain_nonfinite(model, full({1, 2}, -1)) ==
        "every module's output is finite; the loss function made it");

  SECTION("bad weights are named too") {
    first.bias.detach().fill_(NAN);
    CHECK(explain_nonfinite(model, ones({1, 2})) ==
          "the first module whose output is not finite is 0, a Linear(2, 2); the weights went before it: "
          "0.bias is not "
          "finite");
  }
}
