#include <array>

#include "layers/identity.h"
#include "layers/linear.h"
#include "layers/module_dict.h"
#include "layers/module_list.h"
#include "layers/residual.h"
#include "layers/sequential.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

/// A layer of two inputs.
class Mix : public Module {
 public:
  explicit Mix(int64_t n) : fc(n, n) { register_modules({{"fc", fc}}); }
  Linear fc;

  Tensor operator()(const Tensor& x, const Tensor& y) {
    return call(std::array{x, y}, [&] { return add(fc(x), y); });
  }
  std::string describe() const override { return "Mix"; }
};

class Net : public Module {
 public:
  Net() { register_modules({{"layers", layers}, {"heads", heads}}); }
  ModuleList<Mix> layers{make<Mix>(3), make<Mix>(3)};
  ModuleDict<> heads{{"boxes", make<Linear>(3, 4)}, {"classes", make<Linear>(3, 2)}};

  Tensor forward(const Tensor& x) override {
    Tensor y = x;
    for (Mix& layer : layers) {
      y = layer(y, x);
    }
    return heads["classes"](y);
  }
};

std::vector<std::string> names_of(const StateDict& state) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : state) {
    names.push_back(name);
  }
  return names;
}

}  // namespace

TEST_CASE("ModuleList and ModuleDict register their modules under PyTorch's names") {
  Net net;
  CHECK(names_of(net.state_dict()) == std::vector<std::string>{"layers.0.fc.weight", "layers.0.fc.bias",
                                                               "layers.1.fc.weight", "layers.1.fc.bias",
                                                               "heads.boxes.weight", "heads.boxes.bias",
                                                               "heads.classes.weight", "heads.classes.bias"});
  CHECK(net.layers.size() == 2);
  CHECK(&net.layers[-1] == &net.layers[1]);
  CHECK(net.heads.keys() == std::vector<std::string>{"boxes", "classes"});
  CHECK(net.heads.contains("boxes"));
  CHECK_FALSE(net.heads.contains("masks"));
  CHECK(net(ones({5, 3})).shape() == Shape{5, 2});
}

TEST_CASE("ModuleList and ModuleDict refuse what is not there") {
  Net net;
  CHECK_THROWS_WITH(net.layers[2], "ModuleList: there is no module 2 among 2");
  CHECK_THROWS_WITH(net.layers[-3], "ModuleList: there is no module -3 among 2");
  CHECK_THROWS_WITH(net.heads["masks"], "ModuleDict: there is no module 'masks' among [boxes, classes]");
  CHECK_THROWS_WITH(net.layers.push_back(nullptr), "ModuleList: module 2 is null");
  CHECK_THROWS_WITH(net.heads.insert("masks", nullptr), "ModuleDict: module 'masks' is null");
  CHECK_THROWS_WITH(net.heads.insert("boxes", make<Identity>()),
                    "register: 'boxes' is not a new name without a dot");
  CHECK_THROWS_WITH(net.layers(ones({1})), "ModuleList: is not computed from one tensor");
}

TEST_CASE("an error in a module of a list is named by the whole path") {
  Net net;
  net.layers[1].fc.weight.set_data(zeros({3, 7}));
  CHECK_THROWS_WITH(net(ones({5, 3})), Catch::Matchers::StartsWith("layers.1.fc: linear: "));
}

TEST_CASE("hooks of a module with several inputs see them all") {
  Net net;
  int calls = 0;
  net.layers[1].register_forward_hook(
      [&](const Module&, std::span<const Tensor> inputs, const Tensor& output) {
        REQUIRE(inputs.size() == 2);
        CHECK(inputs[1].shape() == Shape{5, 3});
        CHECK(output.shape() == Shape{5, 3});
        ++calls;
      });
  net(ones({5, 3}));
  CHECK(calls == 1);
}

TEST_CASE("Residual adds its input, or what the shortcut makes of it") {
  auto body = make<Linear>(3, 3);
  Residual plain(body);
  const Tensor x = randn({4, 3});
  CHECK(names_of(plain.state_dict()) == std::vector<std::string>{"body.weight", "body.bias"});
  CHECK(plain(x).to_vector<float>() == add(x, (*body)(x)).to_vector<float>());

  auto narrow = make<Linear>(3, 2), shortcut = make<Linear>(3, 2);
  Residual projected(narrow, shortcut);
  CHECK(projected(x).to_vector<float>() == add((*shortcut)(x), (*narrow)(x)).to_vector<float>());

  Residual wrong(make<Linear>(3, 2));
  CHECK_THROWS_WITH(wrong(x), "Residual: the body gives [4,2] and the shortcut [4,3]");
  CHECK_THROWS_WITH(Residual(nullptr), "Residual: the body is null");
}

TEST_CASE("Identity gives back what it gets") {
  Identity identity;
  const Tensor x = randn({2, 3});
  CHECK(identity(x).impl() == x.impl());
}

TEST_CASE("Sequential: modules by place and by name") {
  Sequential net{make<Linear>(2, 3), make<Identity>()};
  net.push_back("head", make<Linear>(3, 1));
  CHECK(net.size() == 3);
  CHECK_FALSE(net.empty());
  CHECK(net[0].describe() == "Linear(2, 3)");
  CHECK(&net[-1] == &net["head"]);
  CHECK(&net["1"] == &net[1]);
  CHECK_THROWS_WITH(net[3], "Sequential: there is no module 3 among 3");
  CHECK_THROWS_WITH(net[-4], "Sequential: there is no module -4 among 3");
  CHECK_THROWS_WITH(net["tail"], "Sequential: there is no module 'tail' among 3");
  std::string all;
  for (const auto& module : net.modules()) {
    all += module->describe() + " ";
  }
  CHECK(all == "Linear(2, 3) Identity Linear(3, 1) ");
}

TEST_CASE("containers are extended by the modules of others") {
  Sequential net{make<Linear>(2, 3)}, more{make<Linear>(3, 4), make<Linear>(4, 2)};
  net.extend(more).extend(net);
  CHECK(net.size() == 6);
  CHECK(&net[1] == &more[0]);
  CHECK(net(ones({1, 2})).shape() == Shape{1, 2});
  CHECK(net.named_parameters().size() == 6);

  ModuleList<Linear> list{make<Linear>(2, 3)};
  list.extend({make<Linear>(3, 1)});
  CHECK(list[1].weight.shape() == Shape{1, 3});
}

TEST_CASE("ModuleDict: names and modules in their order") {
  Net net;
  std::string all;
  for (const auto& [name, module] : net.heads.items()) {
    all += name + " " + module->describe() + ", ";
  }
  CHECK(all == "boxes Linear(3, 4), classes Linear(3, 2), ");
}
