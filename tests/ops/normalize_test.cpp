#include "autograd/ops/normalize.h"

#include <cmath>
#include <limits>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();
}

TEST_CASE("normalize: values and derivatives", "[ops][normalize]") {
  constexpr auto rows = [](In x) { return normalize(x[0]); };
  constexpr auto first = [](In x) { return normalize(x[0], 2, 0); };
  check_op("normalize", {
                            {"rows", rows},
                            {"long rows", rows},
                            {"columns", first},
                            {"channels", rows},
                            {"many columns", first},
                            {"last of three", [](In x) { return normalize(x[0], 2, -1); }},
                            {"vector", first},
                            {"scalar", [](In x) { return normalize(x[0], 2, 0, 5); }},
                            {"one element", [](In x) { return normalize(x[0], 2, 1, 5); }},
                            {"p = 1", [](In x) { return normalize(x[0], 1); }},
                            {"p = 1 columns", [](In x) { return normalize(x[0], 1, 0); }},
                            {"p = 3", [](In x) { return normalize(x[0], 3); }},
                            {"p = 0.5", [](In x) { return normalize(x[0], 0.5); }},
                            {"p = 0", [](In x) { return normalize(x[0], 0); }, kNoQuotient},
                            {"p = infinity", [](In x) { return normalize(x[0], kInfinity); }},
                            {"p = -infinity", [](In x) { return normalize(x[0], -kInfinity); }},
                            {"large epsilon", [](In x) { return normalize(x[0], 2, 1, 2.5); }},
                            {"p = 1 large epsilon", [](In x) { return normalize(x[0], 1, 1, 3); }},
                            {"zero vector", [](In x) { return normalize(x[0], 2, 1, 0.5); }},
                            {"p = 1 zeros", [](In x) { return normalize(x[0], 1, 1, 0.5); }, kNoQuotient},
                            {"p = 3 zeros", [](In x) { return normalize(x[0], 3, 1, 0.5); }},
                            {"NaN", rows},
                            {"no rows", rows},
                            {"no columns", rows},
                        });
}

TEST_CASE("normalize: threads change no bit", "[ops][normalize]") {
  check_threads({
      {"rows", {{700, 70}}, [](In x) { return normalize(x[0]); }},
      {"columns", {{70, 700}}, [](In x) { return normalize(x[0], 3, 0); }},
  });
}

TEST_CASE("normalize: a length whose square float32 cannot hold", "[ops][normalize]") {
  const Tensor y = normalize(tensor<float>({3e30f, -4e30f}), 2, 0);
  CHECK(y.at<float>({0}) == Approx(0.6));
  CHECK(y.at<float>({1}) == Approx(-0.8));
}

TEST_CASE("normalize: errors", "[ops][normalize]") {
  check_errors({
      {"normalize: dimension 1 is out of range for a tensor of 1 dimensions (expected -1 to 0)",
       [] { normalize(zeros({3})); }},
      {"normalize: p must be a number, got nan",
       [] {
         normalize(zeros({2, 3}), std::nan(""));
       }},
      {"normalize: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         normalize(zeros({2, 3}, DType::Int64));
       }},
  });
}
