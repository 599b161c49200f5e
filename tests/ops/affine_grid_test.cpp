#include "autograd/ops/affine_grid.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("affine_grid: values and derivatives", "[ops][affine_grid]") {
  check_op("affine_grid", {
                              {"identity",
                               [](In x) {
                                 return affine_grid(x[0], {1, 1, 3, 4});
                               }},
                              {"two images",
                               [](In x) {
                                 return affine_grid(x[0], {2, 3, 3, 4});
                               }},
                              {"align corners",
                               [](In x) {
                                 return affine_grid(x[0], {2, 3, 4, 3}, true);
                               }},
                              {"one row",
                               [](In x) {
                                 return affine_grid(x[0], {2, 1, 1, 5});
                               }},
                              {"one pixel",
                               [](In x) {
                                 return affine_grid(x[0], {2, 1, 1, 1}, true);
                               }},
                          });
}

TEST_CASE("affine_grid: errors", "[ops][affine_grid]") {
  check_errors({
      {"affine_grid: expected theta [N,2,3] and size [N,C,H,W], got [1,3,3] and [1,1,4,4]",
       [] {
         affine_grid(zeros({1, 3, 3}), {1, 1, 4, 4});
       }},
      {"affine_grid: expected theta [N,2,3] and size [N,C,H,W], got [1,2,3] and [2,1,4,4]",
       [] {
         affine_grid(zeros({1, 2, 3}), {2, 1, 4, 4});
       }},
      {"affine_grid: the size must have pixels, got [1,1,0,4]",
       [] {
         affine_grid(zeros({1, 2, 3}), {1, 1, 0, 4});
       }},
      {"affine_grid: expected float32 or float64, got int64",
       [] {
         affine_grid(zeros({1, 2, 3}, DType::Int64), {1, 1, 4, 4});
       }},
  });
}
