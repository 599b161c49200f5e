#include "inspect/trace.h"

#include <map>
#include <nlohmann/json.hpp>

#include "autograd/ops/cross_entropy.h"
#include "data/digits.h"
#include "inspect/training_trace.h"
#include "models/cifar_resnet.h"
#include "models/lenet.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/examples/json_of.h"
#include "tests/temporary_directory.h"
#include "training/sgd.h"
#include "training/trainer.h"

using namespace helder;

namespace {

// A bar of a trace, in whole nanoseconds.
struct Bar {
  std::string name, category;
  int64_t start, end;
  nlohmann::json arguments;
  int parent = -1;  // the smallest bar that it lies in
};

// In the order in which they begin, the outer before the inner.
std::vector<Bar> bars_in(const nlohmann::json& trace) {
  std::vector<Bar> bars;
  for (const auto& event : trace.at("traceEvents")) {
    if (event.at("ph") == "X") {
      const auto start = std::llround(event.at("ts").get<double>() * 1e3);
      const auto length = std::llround(event.at("dur").get<double>() * 1e3);
      REQUIRE(length >= 0);
      bars.push_back({event.at("name"), event.at("cat"), start, start + length, event.at("args")});
    }
  }
  std::stable_sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) {
    return a.start != b.start ? a.start < b.start : a.end > b.end;  // else as in the file
  });
  std::vector<int> open;
  for (size_t i = 0; i < bars.size(); ++i) {
    while (!open.empty() && bars[static_cast<size_t>(open.back())].end <= bars[i].start) {
      open.pop_back();
    }
    if (!open.empty()) {
      bars[i].parent = open.back();
      INFO(bars[i].name << " in " << bars[static_cast<size_t>(open.back())].name);
      REQUIRE(bars[i].end <= bars[static_cast<size_t>(open.back())].end);  // wholly in it
    }
    open.push_back(static_cast<int>(i));
  }
  return bars;
}

std::vector<std::string> names_of(const std::vector<Bar>& bars, const std::string& category) {
  std::vector<std::string> names;
  for (const Bar& bar : bars) {
    if (bar.category == category) {
      names.push_back(bar.name);
    }
  }
  return names;
}

const Bar& bar_named(const std::vector<Bar>& bars, const std::string& category, const std::string& name) {
  const auto found = std::find_if(
      bars.begin(), bars.end(), [&](const Bar& bar) { return bar.category == category && bar.name == name; });
  INFO(category << " " << name);
  REQUIRE(found != bars.end());
  return *found;
}

}  // namespace

TEST_CASE("a trace: modules and ops inside each other, forward and backward", "[inspect]") {
  manual_seed(1);
  CifarResNet net({.depth = 8});
  Recorder recorder(net);
  {
    const ObserverGuard guard(recorder);
    cross_entropy(net(ones({2, 3, 8, 8})), tensor<int64_t>({1, 2})).backward();
  }
  const nlohmann::json trace = nlohmann::json::parse(trace_json(recorder));
  const std::vector<Bar> bars = bars_in(trace);
  const auto parent = [&](const Bar& bar) -> const Bar& {
    REQUIRE(bar.parent >= 0);
    return bars[static_cast<size_t>(bar.parent)];
  };

  CHECK(names_of(bars, "module").size() == recorder.calls().size());
  CHECK(names_of(bars, "op").size() == recorder.ops().size());
  CHECK(names_of(bars, "op backward").size() == recorder.ops().size());
  const Bar& conv = bar_named(bars, "module", "layer1.0.conv1");
  CHECK(parent(conv).name == "layer1.0");
  CHECK(parent(parent(conv)).name == "layer1");
  CHECK(parent(parent(parent(conv))).parent == -1);  // the network
  CHECK(conv.arguments.at("inputs") == nlohmann::json{"[2,16,8,8]"});
  CHECK(conv.arguments.at("module").get<std::string>().starts_with("Conv2d(16, 16"));
  for (const Bar& bar : bars) {
    if (bar.name == "conv2d") {
      CHECK(parent(bar).name.find("conv") != std::string::npos);
    }
  }
  const Bar& loss = bar_named(bars, "op", "cross_entropy");
  CHECK(loss.parent == -1);
  CHECK(bar_named(bars, "op", "conv2d").arguments.at("bytes") == 2 * 16 * 8 * 8 * 4);
  CHECK(bar_named(bars, "op", "conv2d").arguments.at("saved bytes") == 2 * 3 * 8 * 8 * 4);

  // Backward runs in reverse, in the same modules.
  const Bar& back = bar_named(bars, "module backward", "layer1.0.conv1");
  CHECK(parent(back).name == "layer1.0");
  CHECK(parent(back).category == "module backward");
  CHECK(back.start > loss.end);
  CHECK(back.start > bar_named(bars, "module backward", "layer1.0.conv2").end);
  CHECK(names_of(bars, "op backward").front() == "cross_entropy");

  std::map<int, std::string> arrows;
  for (const auto& event : trace.at("traceEvents")) {
    if (event.at("ph") == "s" || event.at("ph") == "f") {
      arrows[event.at("id")] += event.at("ph").get<std::string>();
    }
  }
  CHECK(arrows.size() == recorder.ops().size());
  for (const auto& [id, ends] : arrows) {
    CHECK(ends == "sf");
  }
}

TEST_CASE("a trace of a training: a few steps, each with its optimiser", "[inspect]") {
  const TemporaryDirectory folder;
  manual_seed(1);
  LeNet model;
  const DataLoader train(synthetic_digits(64, 1), {.batch_size = 8, .prefetch = 0});
  const DataLoader test(synthetic_digits(8, 2), {.batch_size = 8, .shuffle = false, .prefetch = 0});
  SGD optimizer(model.parameters(), {.lr = 0.01});
  ConstantLR schedule(optimizer);
  TrainingTrace watcher(folder / "trace.json", model);
  Trainer trainer(model, optimizer, schedule, train, test,
                  {.epochs = 1, .show_progress = false, .watchers = {&watcher}});
  REQUIRE(trainer.fit());
  REQUIRE(watcher.written());
  CHECK(current_observer == nullptr);
  CHECK(folder.names() == std::vector<std::string>{"trace.json"});

  const std::vector<Bar> bars = bars_in(json_of(folder / "trace.json"));
  CHECK(names_of(bars, "step") ==
        std::vector<std::string>{"step 3", "optimizer", "step 4", "optimizer", "step 5", "optimizer"});
  std::vector<std::string> ops = names_of(bars, "op");
  CHECK(std::erase(ops, "sum") == 3);  // which counts the right answers, and has no backward
  CHECK(ops.size() == 3 * 13);
  CHECK(names_of(bars, "op backward").size() == ops.size());
  for (const Bar& bar : bars) {
    if (bar.parent == -1) {
      CHECK(bar.name.starts_with("step "));
    }
    if (bar.category == "step" && bar.name == "optimizer") {
      CHECK(bars[static_cast<size_t>(bar.parent)].name.starts_with("step "));
    }
  }
}
