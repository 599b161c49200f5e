// What it costs to be able to look inside: training steps that nobody watches, and that a Recorder keeps all
// of. `none` is also what instructions are counted of (scripts/observer_instructions.sh).
//
//   ./helder bench observer

#include "autograd/ops/cross_entropy.h"
#include "benchmarks/row.h"
#include "inspect/recorder.h"
#include "models/cifar_resnet.h"
#include "models/lenet.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "training/sgd.h"

namespace helder::bench {
namespace {

void train(Module& model, SGD& sgd, const Tensor& x, const Tensor& labels) {
  model.zero_grad();
  cross_entropy(model(x), labels).backward();
  sgd.step();
}

/// A step with and without somebody who watches all of it.
void add_rows(const std::string& name, const Shape& input,
              const std::function<std::shared_ptr<Module>()>& make_model) {
  for (const bool recorded : {false, true}) {
    add_row(fmt::format("observer/helder/{}/{}/{}", name, input[0], recorded ? "recorded" : "none"),
            num_threads(), {}, [=]() -> Step {
              const std::shared_ptr<Module> model = make_model();
              const auto sgd =
                  std::make_shared<SGD>(model->parameters(), SGDOptions{.lr = 0.01, .momentum = 0.9});
              const Tensor x = randn(input), labels = zeros({input[0]}, DType::Int64);
              return [=] {
                if (recorded) {
                  Recorder recorder(*model, {.watch = "*"});
                  const ObserverGuard guard(recorder);
                  train(*model, *sgd, x, labels);
                } else {
                  train(*model, *sgd, x, labels);
                }
              };
            });
  }
}

const bool registered = [] {
  add_rows("lenet", {64, 1, 28, 28}, [] { return make<LeNet>(); });
  add_rows("resnet20", {32, 3, 32, 32}, [] { return make<CifarResNet>(CifarResNetOptions{.depth = 20}); });
  return true;
}();

}  // namespace
}  // namespace helder::bench
