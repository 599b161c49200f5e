#include "layers/module_guards.h"

#include "layers/activations.h"
#include "layers/batch_norm.h"
#include "layers/sequential.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

TEST_CASE("EvalGuard: each module goes back to its own mode", "[layers][module]") {
  Sequential body{make<BatchNorm2d>(2), make<ReLU>()};
  Sequential model{make<BatchNorm2d>(2)};
  model.register_module("body", body);
  body.eval();  // frozen
  {
    const EvalGuard guard(model);
    CHECK_FALSE(model.is_training());
  }
  CHECK(model.is_training());
  for (const auto& [path, module] : model.named_modules()) {
    INFO(path);
    CHECK(module->is_training() == !path.starts_with("body"));
  }
}

TEST_CASE("EvalGuard, ForwardHooks: an exception undoes them as well", "[layers][module]") {
  BatchNorm2d norm(2);
  int calls = 0;
  try {
    const EvalGuard guard(norm);
    ForwardHooks hooks;
    hooks.add(norm, [&](const Module&, std::span<const Tensor>, const Tensor&) { ++calls; });
    norm(ones({1, 2, 1, 1}));
    norm(ones({1, 3, 1, 1}));
    FAIL("three channels fit a norm of two");
  } catch (const Error&) {
  }
  CHECK(calls == 1);
  CHECK(norm.is_training());
  norm(ones({2, 2, 1, 1}));
  CHECK(calls == 1);
}
