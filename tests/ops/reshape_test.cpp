#include "autograd/ops/reshape.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("reshape: values and derivatives", "[ops][reshape]") {
  check_op("reshape", {
                          {"merge", [](In x) { return reshape(x[0], {6}); }},
                          {"divide",
                           [](In x) {
                             return reshape(x[0], {2, 3, 2});
                           }},
                          {"regroup",
                           [](In x) {
                             return reshape(x[0], {4, 3});
                           }},
                          {"infer",
                           [](In x) {
                             return reshape(x[0], {2, -1});
                           }},
                          {"to scalar", [](In x) { return reshape(x[0], {}); }},
                          {"from scalar",
                           [](In x) {
                             return reshape(x[0], {1, 1});
                           }},
                          {"ones",
                           [](In x) {
                             return reshape(x[0], {1, 2, 1, 3});
                           }},
                          {"of transposed", [](In x) { return x[0].t().reshape({6}); }},
                          {"no elements",
                           [](In x) {
                             return reshape(x[0], {0, 5});
                           }},
                          {"int64",
                           [](In x) {
                             return x[0].reshape({3, 2});
                           }},
                          {"view",
                           [](In x) {
                             return view(x[0].contiguous(), {3, 4});
                           }},
                          {"view of slice",
                           [](In x) {
                             return x[0].slice(1, 1, {}).view({2, 2, 2});
                           }},
                          {"flatten all", [](In x) { return flatten(x[0]); }},
                          {"flatten from 1", [](In x) { return flatten(x[0], 1); }},
                          {"flatten 1 to 2", [](In x) { return flatten(x[0], 1, 2); }},
                          {"flatten to -2", [](In x) { return x[0].flatten(0, -2); }},
                          {"flatten scalar", [](In x) { return flatten(x[0]); }},
                          {"flatten no rows", [](In x) { return flatten(x[0], 1); }},
                      });
}

TEST_CASE("reshape: shares storage where the strides allow it", "[ops][reshape]") {
  const Tensor x = zeros({2, 3});
  CHECK(reshape(x, {3, 2}).shares_storage(x));
  CHECK_FALSE(reshape(x.t(), {6}).shares_storage(x));
}

TEST_CASE("reshape: errors", "[ops][reshape]") {
  check_errors({
      {"reshape: 6 elements do not fit in shape [4]",
       [] {
         reshape(zeros({2, 3}), {4});
       }},
      {"reshape: 6 elements do not fit in shape [4,-1]",
       [] {
         reshape(zeros({2, 3}), {4, -1});
       }},
      {"reshape: 0 elements do not fit in shape [0,-1]",
       [] {
         reshape(zeros({0, 3}), {0, -1});
       }},
      {"reshape: only one size may be -1, got [-1,-1]",
       [] {
         reshape(zeros({2, 3}), {-1, -1});
       }},
      {"reshape: sizes must be -1 or more, got [-2,3]",
       [] {
         reshape(zeros({2, 3}), {-2, 3});
       }},
      {"view: 6 elements do not fit in shape [5]",
       [] {
         view(zeros({2, 3}), {5});
       }},
      {"view: shape [6] of a tensor of shape [3,2] and strides [1,3] needs a copy; use reshape",
       [] {
         view(zeros({2, 3}).t(), {6});
       }},
      {"flatten: start_dim 2 comes after end_dim 1",
       [] {
         flatten(zeros({2, 3, 4}), 2, 1);
       }},
      {"flatten: dimension 3 is out of range for a tensor of 3 dimensions (expected -3 to 2)",
       [] {
         flatten(zeros({2, 3, 4}), 3);
       }},
      {"reshape: a tensor of shape [4294967296,4294967296,4] is too large to address",
       [] {
         reshape(zeros({4}), {int64_t{1} << 32, int64_t{1} << 32, 4});
       }},
      {"view: a tensor of shape [4294967296,4294967296] is too large to address",
       [] {
         view(zeros({0}), {int64_t{1} << 32, int64_t{1} << 32});
       }},
  });
}
