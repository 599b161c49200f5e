#include "autograd/ops/instance_norm.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("instance_norm: values and derivatives", "[ops][instance_norm]") {
  constexpr auto own = [](In x) { return instance_norm(x[0], x[1], x[2], x[3], x[4]); };
  constexpr auto running = [](In x) { return instance_norm(x[0], x[1], x[2], x[3], x[4], false); };
  check_op(
      "instance_norm",
      {
          {"4d", own},
          {"3d", own},
          {"5d", own},
          {"not affine", own},
          {"no running statistics", own},
          {"neither", own},
          {"momentum 0.5", [](In x) { return instance_norm(x[0], x[1], x[2], x[3], x[4], true, 0.5); }},
          {"momentum 1", [](In x) { return instance_norm(x[0], x[1], x[2], x[3], x[4], true, 1); }},
          {"large epsilon", [](In x) { return instance_norm(x[0], x[1], x[2], x[3], x[4], true, 0.1, 0.5); }},
          {"one picture", own},
          {"one channel", own},
          {"with running statistics", running},
          {"with running statistics, not affine", running},
          {"with running statistics, one pixel", running},
      });
}

// PyTorch has no answer for an empty batch.
TEST_CASE("instance_norm: no pictures and no pixels leave the running statistics alone",
          "[ops][instance_norm]") {
  const Tensor mean = full({3}, 2), variance = full({3}, 4);
  for (const Shape& shape : {Shape{0, 3, 4, 5}, Shape{2, 3, 0, 5}}) {
    CHECK(instance_norm(zeros(shape), mean, variance).shape() == shape);
    const Tensor weight = Tensor(ones({3})).requires_grad_();
    instance_norm(zeros(shape), mean, variance, weight).backward(zeros(shape));
    CHECK(same_bits(weight.grad(), zeros({3})));
  }
  CHECK(same_bits(mean, full({3}, 2)));
  CHECK(same_bits(variance, full({3}, 4)));
}

TEST_CASE("instance_norm: errors", "[ops][instance_norm]") {
  check_errors({
      {"instance_norm: expected an input [N,C,L], [N,C,H,W] or [N,C,D,H,W], got [2,3]",
       [] {
         instance_norm(zeros({2, 3}));
       }},
      {"instance_norm: a channel needs more than one value to take a variance of (input [2,3,1,1])",
       [] {
         instance_norm(zeros({2, 3, 1, 1}));
       }},
      {"instance_norm: running_mean has shape [4] but the input has 3 channels (input [2,3,5])",
       [] {
         instance_norm(zeros({2, 3, 5}), zeros({4}), zeros({3}));
       }},
      {"instance_norm: running_mean and running_var go together, but only running_var is given",
       [] {
         instance_norm(zeros({2, 3, 5}), {}, zeros({3}));
       }},
      {"instance_norm: without use_input_stats it needs running_mean and running_var",
       [] {
         instance_norm(zeros({2, 3, 5}), {}, {}, {}, {}, false);
       }},
      {"instance_norm: running_mean and running_var are changed in place and must be contiguous",
       [] {
         instance_norm(zeros({2, 3, 5}), zeros({3, 2}).select(1, 0), zeros({3}));
       }},
      {"instance_norm: weight has shape [3,1] but the input has 3 channels (input [2,3,5])",
       [] {
         instance_norm(zeros({2, 3, 5}), {}, {}, zeros({3, 1}));
       }},
      {"instance_norm: bias is float64 but the input is float32",
       [] {
         instance_norm(zeros({2, 3, 5}), {}, {}, zeros({3}), zeros({3}, DType::Float64));
       }},
      {"instance_norm: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         instance_norm(zeros({2, 3, 5}, DType::Int64));
       }},
  });
}
