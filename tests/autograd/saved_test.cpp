#include "autograd/saved.h"

#include "autograd/grad_mode.h"
#include "autograd/ops.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::check_errors;

namespace {

Tensor leaf(std::initializer_list<double> values) { return tensor<double>(values).requires_grad_(); }

}  // namespace

TEST_CASE("saved: a second backward over freed tensors is refused", "[autograd]") {
  check_errors({
      {"backward: the tensors that mul saved were freed by an earlier backward; give that one retain_graph = "
       "true to go "
       "through the graph twice",
       [] {
         const Tensor x = leaf({2});
         const Tensor y = x * x;
         y.backward();
         y.backward();
       }},
      {"backward: the tensors that exp saved were freed by an earlier backward; give that one retain_graph = "
       "true to go "
       "through the graph twice",
       [] {  // a part of the graph is shared
         const Tensor shared = exp(leaf({2}));
         (shared * 2).backward();
         (shared * 3).backward();
       }},
  });
}

TEST_CASE("saved: retain_graph keeps them", "[autograd]") {
  const Tensor x = leaf({3});
  const Tensor y = x * x;
  y.backward({}, true);
  y.backward({}, true);
  y.backward();
  CHECK(x.grad().item() == 18);
}

TEST_CASE("saved: a graph that saves nothing may be passed again", "[autograd]") {
  const Tensor x = leaf({3});
  const Tensor y = x + x;
  y.backward();
  y.backward();
  CHECK(x.grad().item() == 4);
}

TEST_CASE("saved: backward frees the memory", "[autograd]") {
  const Tensor x = leaf({1, 2});
  const Tensor hidden = exp(x);
  const Tensor y = (hidden * hidden).sum();
  const auto uses = [&] { return hidden.impl()->storage.use_count(); };
  CHECK(uses() > 1);
  y.backward();
  CHECK(uses() == 1);
}

TEST_CASE("saved: a tensor changed in place since is refused", "[autograd]") {
  check_errors({
      {"backward: 'a' of shape [2], saved by mul, was changed in place after the forward pass (version 1, "
       "saved at 0)",
       [] {
         const Tensor x = leaf({1, 2});
         const Tensor a = tensor<double>({3, 4});
         const Tensor y = (a * x).sum();
         Tensor(a).fill_(5);
         y.backward();
       }},
      {"backward: 'output' of shape [2], saved by exp, was changed in place after the forward pass (version "
       "1, saved at "
       "0)",
       [] {
         const Tensor y = exp(leaf({1, 2}));
         NoGrad guard;
         Tensor(y).fill_(0);
         y.backward(ones({2}, DType::Float64));
       }},
      {"backward: 'b' of shape [2], saved by mul, was changed in place after the forward pass (version 1, "
       "saved at 0)",
       [] {  // through a view of a part
         const Tensor b = tensor<double>({3, 4});
         const Tensor y = leaf({1, 2}) * b;
         b.slice(0, 1, 2).zero_();
         y.sum().backward();
       }},
      {"backward: 'input' of shape [2,1], saved by linear, was changed in place after the forward pass "
       "(version 2, saved "
       "at 1)",
       [] {  // the parent of the view that was saved
         const Tensor parent = zeros({2, 3}, DType::Float64);
         const Tensor x = parent.reshape({6, 1}).slice(0, 0, 2);
         const Tensor y = linear(x, leaf({1}).reshape({1, 1}));
         Tensor(parent).fill_(1);
         y.sum().backward();
       }},
  });
}

TEST_CASE("saved: a change that does not touch what was saved is fine", "[autograd]") {
  const Tensor x = leaf({1, 2});
  const Tensor other = tensor<double>({3, 4});
  const Tensor y = (x + other).sum();  // add saves nothing
  Tensor(other).fill_(0);
  y.backward();
  CHECK(x.grad().to_vector<double>() == std::vector<double>{1, 1});

  // mul keeps only what the inputs that need a gradient ask for.
  const Tensor z = (x * other).sum();
  {
    NoGrad guard;
    Tensor(x).fill_(9);
  }
  z.backward();
  CHECK(x.grad().to_vector<double>() == std::vector<double>{1, 1});  // 1 + 0
}
