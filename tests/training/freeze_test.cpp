#include "training/freeze.h"

#include "data/digits.h"
#include "models/cifar_resnet.h"
#include "tensor/random.h"
#include "tests/catch.h"
#include "training/sgd.h"
#include "training/trainer.h"

using namespace helder;

namespace {

// What of the model is not what it was after a little training: names.
std::vector<std::string> changed_by_training(CifarResNet& model, const std::vector<Module*>& frozen) {
  StateDict before;
  for (const auto& [name, tensor] : model.state_dict()) {
    before.emplace_back(name, tensor.clone());
  }
  const DataLoader train(synthetic_digits(16, 1), {.batch_size = 8, .prefetch = 0});
  const DataLoader test(synthetic_digits(8, 2), {.batch_size = 8, .shuffle = false, .prefetch = 0});
  SGD optimizer(trainable_parameters(model), {.lr = 0.1, .momentum = 0.9, .weight_decay = 0.1});
  ConstantLR schedule(optimizer);
  Trainer trainer(model, optimizer, schedule, train, test,
                  {.epochs = 2, .show_progress = false, .frozen = frozen});
  REQUIRE(trainer.fit());
  std::vector<std::string> changed;
  for (const auto& [name, old] : before) {
    for (const auto& [new_name, tensor] : model.state_dict()) {
      if (name == new_name && tensor.to_vector<double>() != old.to_vector<double>()) {
        changed.push_back(name);
      }
    }
  }
  return changed;
}

}  // namespace

TEST_CASE("freeze: only what is left out learns, and batch norm's statistics stay", "[training][freeze]") {
  manual_seed(1);
  CifarResNet model({.depth = 8, .in_channels = 1});
  const std::vector<Module*> frozen = freeze(model, {"linear.*"});
  CHECK(frozen ==
        std::vector<Module*>{&model.conv1, &model.bn1, &model.layer1, &model.layer2, &model.layer3});
  CHECK(trainable_parameters(model).size() == 2);
  CHECK(changed_by_training(model, frozen) == std::vector<std::string>{"linear.weight", "linear.bias"});
  CHECK(model.is_training());
  CHECK_FALSE(model.bn1.is_training());
}

TEST_CASE("freeze: without eval() the statistics move", "[training][freeze]") {
  manual_seed(1);
  CifarResNet model({.depth = 8, .in_channels = 1});
  freeze(model, {"linear.*"});
  const auto changed = changed_by_training(model, {});
  CHECK(std::find(changed.begin(), changed.end(), "bn1.running_mean") != changed.end());
  CHECK(std::find(changed.begin(), changed.end(), "bn1.weight") == changed.end());
}

TEST_CASE("freeze: part of the body may go on learning", "[training][freeze]") {
  manual_seed(1);
  CifarResNet model({.depth = 8, .in_channels = 1});
  const std::vector<Module*> frozen = freeze(model, {"linear.*", "layer3.0.bn2.*"});
  REQUIRE(frozen.size() == 7);  // conv1, bn1, layer1, layer2; of layer3.0 conv1, bn1, conv2
  CHECK(changed_by_training(model, frozen) ==
        std::vector<std::string>{"layer3.0.bn2.weight", "layer3.0.bn2.bias", "layer3.0.bn2.running_mean",
                                 "layer3.0.bn2.running_var", "layer3.0.bn2.num_batches_tracked",
                                 "linear.weight", "linear.bias"});
}

TEST_CASE("freeze: refuses to freeze nothing or everything", "[training][freeze]") {
  CifarResNet model({.depth = 8, .in_channels = 1});
  CHECK_THROWS_WITH(freeze(model, {"fc.*", "head.*"}),
                    "freeze: 'fc.*', 'head.*' names 0 of the 23 parameters of CifarResNet");
  CHECK_THROWS_WITH(freeze(model, {"**"}), "freeze: '**' names 23 of the 23 parameters of CifarResNet");
  CHECK(trainable_parameters(model).size() == 23);
}
