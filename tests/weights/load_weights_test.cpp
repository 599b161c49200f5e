#include "weights/load_weights.h"

#include "layers/batch_norm.h"
#include "layers/linear.h"
#include "layers/sequential.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/weights/memory_file.h"

using namespace helder;

namespace {

// Three layers, the last of which has the first one's weight.
class Small : public Module {
 public:
  Linear fc1{3, 4}, fc2{4, 6};

  Small() { register_modules({{"fc1", fc1}, {"fc2", fc2}}); }
  std::string describe() const override { return "Small"; }
};

Tensor counting(const Shape& shape, double first = 0) {
  return arange(first, first + static_cast<double>(shape.numel()), 1, DType::Float32).reshape(shape);
}

StateDict small_state() {
  return {{"fc1.weight", counting({4, 3})},
          {"fc1.bias", counting({4}, 100)},
          {"fc2.weight", counting({6, 4}, 200)},
          {"fc2.bias", counting({6}, 300)}};
}

StateDict with_prefix(const std::string& prefix, StateDict state) {
  for (auto& [name, tensor] : state) {
    name = prefix + name;
  }
  return state;
}

void check_is_small_state(const Small& net) {
  const StateDict expected = small_state(), got = net.state_dict();
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    INFO(got[i].first);
    CHECK(got[i].first == expected[i].first);
    CHECK(got[i].second.to_vector<float>() == expected[i].second.to_vector<float>());
  }
}

// `load_weights` throws this, and the model is what it was.
std::string refusal(Module& net, const StateDict& state, std::span<const NameMap> maps = {}) {
  StateDict before;
  for (const auto& [name, tensor] : net.state_dict()) {
    before.emplace_back(name, tensor.clone());
  }
  try {
    load_weights(net, MemoryFile(state), maps);
  } catch (const Error& error) {
    const StateDict after = net.state_dict();
    for (size_t i = 0; i < before.size(); ++i) {
      CHECK(after[i].second.to_vector<float>() == before[i].second.to_vector<float>());
    }
    return error.what();
  }
  return "(accepted)";
}

}  // namespace

TEST_CASE("load_weights: a model's own names, behind any prefix", "[weights][names]") {
  for (const char* prefix : {"", "module.", "_orig_mod.", "_orig_mod.module.", "module._orig_mod."}) {
    INFO(prefix);
    Small net;
    CHECK(load_weights(net, MemoryFile(with_prefix(prefix, small_state()))).empty());
    check_is_small_state(net);
  }
}

TEST_CASE("load_weights: a prefix that is the model's own stays", "[weights][names]") {
  Sequential wrapper;
  const auto net = make<Small>();
  wrapper.push_back("module", net);
  load_weights(wrapper, MemoryFile(with_prefix("module.", small_state())));
  check_is_small_state(*net);
}

TEST_CASE("load_weights: takes the naming under which most names fit", "[weights][names]") {
  const std::vector<NameRule> of_a = {{"a.*", "fc1.*"}};
  const std::vector<NameRule> of_b = {{"a.*", "fc1.*"}, {"b.*", "fc2.*"}, {"step", ""}};
  const std::vector<NameMap> maps = {{"A", of_a}, {"B", of_b}};
  StateDict state = small_state();
  {
    Small net;
    CHECK(load_weights(net, MemoryFile(state), maps).empty());
    check_is_small_state(net);
  }
  state[0].first = "a.weight";
  state[1].first = "a.bias";
  {
    Small net;
    CHECK(load_weights(net, MemoryFile(state), maps) == "A");  // the first of two that fit
    check_is_small_state(net);
  }
  state[2].first = "b.weight";
  state[3].first = "b.bias";
  state.emplace_back("step", scalar(7));  // dropped
  Small net;
  CHECK(load_weights(net, MemoryFile(state), maps) == "B");
  check_is_small_state(net);
}

TEST_CASE("load_weights: parts, transposes and reshapes", "[weights][names]") {
  const std::vector<NameRule> rules = {{"query/kernel", "fc2.weight", Change::Transpose, 0, 2},
                                       {"key/kernel", "fc2.weight", Change::Transpose, 1, 2},
                                       {"query/bias", "fc2.bias", Change::None, 0, 2},
                                       {"key/bias", "fc2.bias", Change::None, 1, 2},
                                       {"dense/kernel", "fc1.weight", Change::HwioToOihw},
                                       {"dense/bias", "fc1.bias"}};
  const std::vector<NameMap> maps = {{"JAX", rules}};
  const StateDict own = small_state();
  const auto rows = [&](size_t i, int64_t from, int64_t to) { return own[i].second.slice(0, from, to); };
  const StateDict state = {{"key/bias", rows(3, 3, 6).reshape({3, 1})},
                           {"query/bias", rows(3, 0, 3)},
                           {"query/kernel", rows(2, 0, 3).t().contiguous().reshape({2, 2, 3})},
                           {"key/kernel", rows(2, 3, 6).t().contiguous()},
                           {"dense/bias", own[1].second.reshape({2, 2})},
                           {"dense/kernel", own[0].second.t().contiguous().reshape({1, 1, 3, 4})}};
  Small net;
  // As a convolution's kernel it does not fit; as a dense layer's it does.
  CHECK(refusal(net, state, maps) ==
        "load_weights: memory does not fit this Small, by the names of JAX:\n"
        "              tensor                      model  file       nearest\n"
        "  mis-shaped  fc1.weight <- dense/kernel  [4,3]  [1,1,3,4]  -");
  std::vector<NameRule> right = rules;
  right[4].change = Change::Transpose;
  const std::vector<NameMap> right_maps = {{"JAX", right}};
  CHECK(load_weights(net, MemoryFile(state), right_maps) == "JAX");
  check_is_small_state(net);

  StateDict without = state;
  without.erase(without.begin());
  CHECK(refusal(net, without, right_maps) ==
        "load_weights: memory does not fit this Small, by the names of JAX:\n"
        "           tensor             model  file  nearest\n"
        "  missing  fc2.bias (2 of 2)  [3]    -     -");
}

TEST_CASE("load_weights: numbers of another type are converted", "[weights][names]") {
  StateDict state = small_state();
  state[0].second = state[0].second.to(DType::Float16);
  state[1].second = state[1].second.to(DType::Float64);
  Small net;
  load_weights(net, MemoryFile(state));
  check_is_small_state(net);
  CHECK(net.fc1.weight.dtype() == DType::Float32);
}

TEST_CASE("load_weights: what does not fit is one table", "[weights][names]") {
  StateDict state = small_state();
  state[0].first = "fc.weight";                    // a letter is missing
  state[2].second = counting({4, 6}, 200);         // not transposed
  state[3].first = "head.bias";                    // another name
  state.emplace_back("fc1.weight_v", zeros({2}));  // of no use
  Small net;
  CHECK(refusal(net, state) ==
        "load_weights: memory does not fit this Small:\n"
        "              tensor        model  file   nearest\n"
        "  missing     fc1.weight    [4,3]  -      fc.weight [4,3]\n"
        "  missing     fc2.bias      [6]    -      head.bias [6]\n"
        "  mis-shaped  fc2.weight    [6,4]  [4,6]  fc.weight [4,3]\n"
        "  unexpected  fc.weight     -      [4,3]  fc1.weight [4,3]\n"
        "  unexpected  head.bias     -      [6]    fc2.bias [6]\n"
        "  unexpected  fc1.weight_v  -      [2]    fc1.weight [4,3]");
}

TEST_CASE("load_weights: two tensors for one place", "[weights][names]") {
  const std::vector<NameRule> rules = {{"old.bias", "fc1.bias"}, {"old.weight", "fc1.weight"}};
  const std::vector<NameMap> maps = {{"old", rules}};
  StateDict state = small_state();
  state.emplace_back("old.bias", zeros({4}));
  Small net;
  CHECK(refusal(net, state, maps) ==
        "load_weights: memory does not fit this Small:\n"
        "              tensor    model  file  nearest\n"
        "  unexpected  old.bias  -      [4]   -");
}

TEST_CASE("load_weights: a naming that knows what to drop is taken before the model's own",
          "[weights][names]") {
  const NameRule drop_mask[] = {{"mask_token", ""}};
  const std::vector<NameMap> maps = {{"Meta", drop_mask}};
  Small net;
  CHECK(load_weights(net, MemoryFile(small_state()), maps).empty());
  StateDict state = small_state();
  state.emplace_back("mask_token", zeros({3}));
  CHECK(load_weights(net, MemoryFile(state), maps) == "Meta");
  check_is_small_state(net);
}

TEST_CASE("load_weights: a long table is cut short", "[weights][names]") {
  Sequential net;
  for (int i = 0; i < 30; ++i) {
    net.push_back(make<Linear>(2, 2));
  }
  const std::string text = refusal(net, {});
  CHECK_THAT(text, StartsWith("load_weights: memory does not fit this Sequential:\n"
                              "           tensor           model  file  nearest\n"
                              "  missing  0.weight         [2,2]  -     -\n"));
  CHECK_THAT(text, EndsWith("  missing  9.bias           [2]    -     -\n"
                            "  missing  ... and 40 more"));
}

TEST_CASE("load_weights: tied weights need be there once", "[weights][names]") {
  class Tied : public Module {
   public:
    Linear encoder{3, 2, {.bias = false}}, decoder{3, 2, {.bias = false}};
    Tied() {
      register_modules({{"encoder", encoder}, {"decoder", decoder}});
      decoder.weight.set_data(encoder.weight.detach());  // one storage, two names
    }
  };
  for (const char* name : {"encoder.weight", "decoder.weight"}) {
    INFO(name);
    Tied net;
    load_weights(net, MemoryFile({{name, counting({2, 3})}}));
    CHECK(net.encoder.weight.to_vector<int64_t>() == std::vector<int64_t>{0, 1, 2, 3, 4, 5});
    CHECK(net.decoder.weight.to_vector<int64_t>() == std::vector<int64_t>{0, 1, 2, 3, 4, 5});
  }
  Tied net;
  CHECK_THAT(refusal(net, {}), ContainsSubstring("missing  decoder.weight"));
}

TEST_CASE("load_weights: files from before num_batches_tracked", "[weights][names]") {
  Sequential net{make<BatchNorm2d>(2)};
  load_weights(net, MemoryFile({{"0.weight", ones({2})},
                                {"0.bias", zeros({2})},
                                {"0.running_mean", full({2}, 3)},
                                {"0.running_var", ones({2})}}));
  CHECK(dynamic_cast<BatchNorm2d&>(net[0]).running_mean.to_vector<int64_t>() == std::vector<int64_t>{3, 3});
}

TEST_CASE("load_weights: what is left out stays, whatever the file has for it", "[weights][names]") {
  Small net;
  const auto before = net.fc2.weight.to_vector<float>();
  StateDict state = small_state();
  state[2].second = zeros({1000, 4});
  state.pop_back();
  load_weights(net, MemoryFile(state), {}, {"fc2.*"});
  CHECK(net.fc1.bias.to_vector<int64_t>() == std::vector<int64_t>{100, 101, 102, 103});
  CHECK(net.fc2.weight.to_vector<float>() == before);
}
