#include "autograd/grad_mode.h"

#include <thread>

#include "autograd/ops.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

TEST_CASE("grad_mode: NoGrad nests", "[autograd]") {
  CHECK(grad_enabled());
  {
    NoGrad outer;
    CHECK_FALSE(grad_enabled());
    {
      NoGrad inner;
      CHECK_FALSE(grad_enabled());
    }
    CHECK_FALSE(grad_enabled());
  }
  CHECK(grad_enabled());
}

TEST_CASE("grad_mode: an exception ends NoGrad", "[autograd]") {
  try {
    NoGrad guard;
    reshape(ones({2}), {3});
  } catch (const Error&) {
  }
  CHECK(grad_enabled());
}

TEST_CASE("grad_mode: nothing is recorded under NoGrad", "[autograd]") {
  const Tensor x = Tensor(ones({2})).requires_grad_();
  NoGrad guard;
  const Tensor y = exp(x * 2).sum();
  CHECK_FALSE(y.requires_grad());
  CHECK(y.is_leaf());
  CHECK(y.grad_fn() == nullptr);
  CHECK(x.requires_grad());
}

TEST_CASE("grad_mode: each thread has its own", "[autograd]") {
  NoGrad guard;
  bool enabled_there = false;
  std::thread([&] { enabled_there = grad_enabled(); }).join();
  CHECK(enabled_there);
  CHECK_FALSE(grad_enabled());
}

TEST_CASE("grad_mode: backward leaves it as it was", "[autograd]") {
  const Tensor x = Tensor(ones({1})).requires_grad_();
  (x * 2).backward();
  CHECK(grad_enabled());
  const Tensor y = x * 2;
  y.register_hook([](const Tensor&) -> Tensor { fail("from a hook"); });
  CHECK_THROWS_AS(y.backward(), Error);
  CHECK(grad_enabled());
}
