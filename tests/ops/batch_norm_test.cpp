#include "autograd/ops/batch_norm.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("batch_norm: values and derivatives", "[ops][batch_norm]") {
  check_op(
      "batch_norm",
      {
          {"train 2d", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true); }},
          {"train 3d", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true); }},
          {"train 4d", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true); }},
          {"train 2d not affine", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true); }},
          {"train 4d not affine", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true); }},
          {"train no running statistics",
           [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true); }},
          {"train momentum 0.5", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true, 0.5); }},
          {"train momentum 1", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true, 1); }},
          {"train large epsilon",
           [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true, 0.1, 0.5); }},
          {"train one channel", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true); }},
          {"train one image", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true); }},
          // Two values become -1 and 1 whatever they are: only eps leaves a gradient, below the rounding of
          // float32.
          {"train two elements", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], true); },
           kNoFloat32},
          {"eval 2d", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], false); }},
          {"eval 3d", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], false); }},
          {"eval 4d", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], false); }},
          {"eval not affine", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], false); }},
          {"eval one element", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], false); }},
          {"eval empty batch", [](In x) { return batch_norm(x[0], x[1], x[2], x[3], x[4], false); }},
      });
}

TEST_CASE("batch_norm: errors", "[ops][batch_norm]") {
  check_errors({
      {"batch_norm: expected an input [N,C], [N,C,L] or [N,C,H,W], got [3]",
       [] { batch_norm(zeros({3}), {}, {}, {}, {}, true); }},
      {"batch_norm: running_mean has shape [4] but the input has 3 channels (input [2,3])",
       [] {
         batch_norm(zeros({2, 3}), zeros({4}), zeros({3}));
       }},
      {"batch_norm: running_var has shape [1,3] but the input has 3 channels (input [2,3])",
       [] {
         batch_norm(zeros({2, 3}), zeros({3}), zeros({1, 3}));
       }},
      {"batch_norm: weight has shape [2] but the input has 3 channels (input [2,3])",
       [] {
         batch_norm(zeros({2, 3}), zeros({3}), zeros({3}), zeros({2}));
       }},
      {"batch_norm: bias is float64 but the input is float32",
       [] {
         batch_norm(zeros({2, 3}), zeros({3}), zeros({3}), zeros({3}), zeros({3}, DType::Float64));
       }},
      {"batch_norm: running_mean and running_var go together, but only running_mean is given",
       [] {
         batch_norm(zeros({2, 3}), zeros({3}), {});
       }},
      {"batch_norm: evaluation needs running_mean and running_var",
       [] {
         batch_norm(zeros({2, 3}), {}, {});
       }},
      {"batch_norm: training needs more than one value per channel to take a variance of (input [1,3])",
       [] {
         batch_norm(zeros({1, 3}), {}, {}, {}, {}, true);
       }},
      {"batch_norm: running_mean and running_var are changed in place and must be contiguous",
       [] {
         batch_norm(zeros({2, 3}), zeros({3, 2}).select(1, 0), zeros({3}), {}, {}, true);
       }},
      {"batch_norm: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         batch_norm(zeros({2, 3}, DType::Int64), {}, {}, {}, {}, true);
       }},
  });
}
