#include "autograd/ops/rms_norm.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("rms_norm: values and derivatives", "[ops][rms_norm]") {
  constexpr auto last = [](In x) { return rms_norm(x[0], {x[0].size(-1)}, x[1]); };
  check_op("rms_norm", {
                           {"rows", last},
                           {"tokens", last},
                           {"two dimensions",
                            [](In x) {
                              return rms_norm(x[0], {3, 4}, x[1]);
                            }},
                           {"picture",
                            [](In x) {
                              return rms_norm(x[0], {2, 3, 3}, x[1]);
                            }},
                           {"whole input",
                            [](In x) {
                              return rms_norm(x[0], {3, 4}, x[1]);
                            }},
                           {"vector", last},
                           {"one row", last},
                           {"a vector and a tail", last},
                           {"all lanes and a tail", last},
                           {"long row", last},
                           {"not affine", last},
                           {"large epsilon", [](In x) { return rms_norm(x[0], {5}, x[1], 0.5); }},
                           {"sizes of one",
                            [](In x) {
                              return rms_norm(x[0], {1, 3}, x[1]);
                            }},
                           {"no rows", last},
                           {"no columns", last},
                           {"all zero", [](In x) { return rms_norm(x[0], {4}, x[1], 1e-3); }},
                           {"NaN", last},
                           {"one column", [](In x) { return rms_norm(x[0], {1}, x[1], 0.25); }},
                       });
}

TEST_CASE("rms_norm: threads change no bit", "[ops][rms_norm]") {
  check_threads({
      {"many rows", {{1000, 70}, {70}}, [](In x) { return rms_norm(x[0], {70}, x[1]); }},
      {"long rows", {{5, 20000}, {20000}}, [](In x) { return rms_norm(x[0], {20000}, x[1]); }},
  });
}

TEST_CASE("rms_norm: epsilon is that of the type unless it is given", "[ops][rms_norm]") {
  const Tensor x = full({1, 4}, 1e-8);  // far below either epsilon's root
  CHECK(rms_norm(x, {4}).at<float>({0, 0}) == Approx(1e-8 / std::sqrt(0x1p-23 + 1e-16)));
  CHECK(rms_norm(x.to(DType::Float64), {4}).at<double>({0, 0}) == Approx(1e-8 / std::sqrt(0x1p-52 + 1e-16)));
  CHECK(rms_norm(x, {4}, {}, 1e-16).at<float>({0, 0}) == Approx(std::sqrt(0.5)));
}

TEST_CASE("rms_norm: errors", "[ops][rms_norm]") {
  check_errors({
      {"rms_norm: normalized_shape is empty; expected the last sizes of the input [2,3]",
       [] {
         rms_norm(zeros({2, 3}), {});
       }},
      {"rms_norm: normalized_shape [2] is not how the shape of the input [2,3] ends",
       [] {
         rms_norm(zeros({2, 3}), {2});
       }},
      {"rms_norm: weight has shape [1,3] but normalized_shape is [3]",
       [] {
         rms_norm(zeros({2, 3}), {3}, zeros({1, 3}));
       }},
      {"rms_norm: weight is float64 but the input is float32",
       [] {
         rms_norm(zeros({2, 3}), {3}, zeros({3}, DType::Float64));
       }},
      {"rms_norm: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         rms_norm(zeros({2, 3}, DType::Int64), {3});
       }},
  });
}
