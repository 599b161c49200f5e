#include "autograd/node.h"
#include "autograd/ops.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::check_errors;

namespace {

Tensor leaf(std::initializer_list<double> values) { return tensor<double>(values).requires_grad_(); }

}  // namespace

TEST_CASE("leaf: what is one", "[autograd]") {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  CHECK(x.is_leaf());
  CHECK(x.requires_grad());
  CHECK(x.grad_fn() == nullptr);
  CHECK_FALSE(y.is_leaf());
  CHECK(y.requires_grad());
  CHECK(std::string(y.grad_fn()->name()) == "mul");
  CHECK(ones({2}).is_leaf());
  CHECK_FALSE(ones({2}).requires_grad());
  CHECK_FALSE(leaf({1}).requires_grad_(false).requires_grad());
}

TEST_CASE("leaf: detach shares numbers, not history", "[autograd]") {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  const Tensor detached = y.detach();
  CHECK(detached.shares_storage(y));
  CHECK(detached.is_leaf());
  CHECK_FALSE(detached.requires_grad());
  (y * detached).sum().backward();  // detached is a constant: 2 * 2x, not 8x
  CHECK(x.grad().to_vector<double>() == std::vector<double>{4, 8});
  CHECK(y.requires_grad());
}

TEST_CASE("leaf: copies of the handle are the same tensor", "[autograd]") {
  Tensor x = ones({2}, DType::Float64);
  const Tensor same = x;
  x.requires_grad_();
  CHECK(same.requires_grad());
  (same * 3).sum().backward();
  CHECK(x.grad().to_vector<double>() == std::vector<double>{3, 3});
}

TEST_CASE("leaf: retain_grad keeps what passes in the middle", "[autograd]") {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2, unasked = y + 1;
  y.retain_grad();
  const Tensor z = (unasked * y).sum();  // dz/dy = 2y + 1
  z.backward({}, true);
  CHECK(y.grad().to_vector<double>() == std::vector<double>{5, 9});
  CHECK_FALSE(unasked.grad().defined());
  CHECK(x.grad().to_vector<double>() == std::vector<double>{10, 18});
  z.backward();
  CHECK(y.grad().to_vector<double>() == std::vector<double>{10, 18});
  CHECK_FALSE(y.grad().shares_storage(x.grad()));
}

TEST_CASE("leaf: in-place changes", "[autograd]") {
  Tensor x = leaf({1, 2});
  {
    NoGrad guard;
    x.fill_(5);
  }
  x.detach().slice(0, 0, 1).fill_(6);
  CHECK(x.to_vector<double>() == std::vector<double>{6, 5});
  CHECK(x.version() == 2);

  Tensor free = ones({2}, DType::Float64);
  const uint64_t version = free.version();
  free.fill_(2);
  add_(free, ones({2}, DType::Float64), 0.5);
  mul_(free, 2);
  free.copy_(free.clone());
  CHECK(free.to_vector<double>() == std::vector<double>{5, 5});
  CHECK(free.version() == version + 4);
}

TEST_CASE("leaf: errors", "[autograd]") {
  check_errors({
      {"requires_grad_: only leaves collect gradients, but this tensor was made by mul; use detach()",
       [] { (leaf({1}) * 2).requires_grad_(); }},
      {"requires_grad_: only leaves collect gradients, but this tensor was made by mul; use detach()",
       [] { (leaf({1}) * 2).requires_grad_(false); }},
      {"requires_grad_: only floating point tensors have gradients, not int64",
       [] { zeros({2}, DType::Int64).requires_grad_(); }},
      {"requires_grad_: only floating point tensors have gradients, not bool",
       [] { zeros({2}, DType::Bool).requires_grad_(); }},
      {"fill_: in-place changes are not recorded, and this tensor [2] requires grad; do it under NoGrad, or "
       "on detach()",
       [] {
         leaf({1, 2}).fill_(0);
       }},
      {"copy_: in-place changes are not recorded, and this tensor [2] requires grad; do it under NoGrad, or "
       "on detach()",
       [] {
         leaf({1, 2}).copy_(zeros({2}));
       }},
      {"add_: in-place changes are not recorded, and this tensor [2] requires grad; do it under NoGrad, or "
       "on detach()",
       [] {
         Tensor x = leaf({1, 2});
         add_(x, zeros({2}));
       }},
      {"mul_: in-place changes are not recorded, and this tensor [2] requires grad; do it under NoGrad, or "
       "on detach()",
       [] {
         Tensor y = leaf({1, 2}) + 1;
         mul_(y, 2);
       }},
      {"set_grad: a gradient of shape [2] for a tensor of shape [3]",
       [] {
         leaf({1, 2, 3}).set_grad(zeros({2}));
       }},
      {"retain_grad: the tensor does not require grad", [] { zeros({2}).retain_grad(); }},
  });
}
