// Negative controls: what the harness is there to find, it finds.

#include "tests/ops/op_case.h"

#include <cmath>
#include <limits>

#include "autograd/node.h"
#include "autograd/ops/add.h"
#include "autograd/ops/exp.h"
#include "autograd/ops/mul.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;
using namespace helder::testing;

namespace {

// What is said about one row of exp's or mul's table.
std::vector<std::string> problems_of(const char* op, const OpCase& row) {
  std::vector<std::string> found;
  for (const std::string& problem : compare_op(op, {row}).problems) {
    if (problem.find(std::string("case '") + row.name + "': ") != std::string::npos) {
      found.push_back(problem);
    }
  }
  return found;
}

bool any_has(const std::vector<std::string>& problems, const std::string& text) {
  for (const std::string& problem : problems) {
    if (problem.find(text) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// y = e^x, whose backward is off by one percent.
struct WrongExpNode final : Node {
  WrongExpNode() : Node("wrong exp") {}
  Saved y{*this, "output"};
  std::vector<Tensor> backward(const Tensor& dy) override { return {mul(mul(dy, y), 1.01)}; }
};

Tensor wrong_exp(const Tensor& x) {
  Tensor y = exp(x.detach());
  if (auto* node = record<WrongExpNode>(y, x)) {
    node->y = y;
  }
  return y;
}

}  // namespace

TEST_CASE("op_case: nothing to say about a right op", "[ops][op_case]") {
  CHECK(problems_of("exp", {"matrix", [](In x) { return exp(x[0]); }}).empty());
  CHECK(problems_of("mul", {"row", [](In x) { return x[0] * x[1]; }}).empty());
}

TEST_CASE("op_case: finds a wrong output", "[ops][op_case]") {
  const auto problems = problems_of("exp", {"matrix", [](In x) { return exp(x[0]) * (1 + 1e-9); }});
  CHECK(any_has(problems, "float64, contiguous: output: element "));
  CHECK_FALSE(any_has(problems, "float32"));  // where that is right
}

TEST_CASE("op_case: finds a wrong gradient", "[ops][op_case]") {
  const auto problems = problems_of("exp", {"matrix", [](In x) { return wrong_exp(x[0]); }});
  CHECK_FALSE(any_has(problems, "output"));
  CHECK(any_has(problems, "float64, contiguous: gradient 0: element "));
  CHECK(any_has(problems, "float32, scattered: gradient 0: element "));
  CHECK(any_has(problems, "gradcheck: input 0 of shape [3,5], element 0: backward gives "));
}

TEST_CASE("op_case: finds what is wrong in one layout", "[ops][op_case]") {
  const auto problems = problems_of(
      "exp", {"matrix", [](In x) {
                const Tensor& a = x[0];
                return a.is_contiguous() ? exp(a) : exp(a.detach().clone().t().reshape(a.shape()));
              }});
  CHECK_FALSE(any_has(problems, "float64, contiguous"));
  CHECK(any_has(problems, "float64, scattered: output"));
  CHECK(any_has(problems, "float64, padded rows: output"));
}

TEST_CASE("op_case: gaps are NaN, so what reads them is found", "[ops][op_case]") {
  const auto problems = problems_of("exp", {"vector", [](In x) {
                                              // The elements that would be there if the tensor were
                                              // contiguous.
                                              const double* from = static_cast<double*>(x[0].raw_data());
                                              if (x[0].dtype() != DType::Float64) {
                                                return exp(x[0]);
                                              }
                                              return exp(from_data(std::span(from, 70), {70})) + x[0] * 0.0;
                                            }});
  CHECK(any_has(problems, "scattered: output: element 1 is nan"));
}

TEST_CASE("op_case: finds what is wrong in float32", "[ops][op_case]") {
  const auto problems = problems_of(
      "exp", {"matrix", [](In x) { return exp(x[0]) * (x[0].dtype() == DType::Float32 ? 1.0002 : 1.0); }});
  CHECK(any_has(problems, "float32, contiguous: output"));
  CHECK_FALSE(any_has(problems, "float64"));
}

TEST_CASE("op_case: finds a gradient that only comes together with another", "[ops][op_case]") {
  const auto problems = problems_of(
      "mul", {"row", [](In x) { return x[0].requires_grad() ? x[0] * x[1] : x[0] * x[1].detach(); }});
  REQUIRE(problems.size() == 1);
  CHECK(problems[0] == "mul, case 'row': only input 1 requires grad: nothing was recorded for backward");
}

TEST_CASE("op_case: finds a changed input, a lost graph, another type, an exception", "[ops][op_case]") {
  CHECK(any_has(problems_of("exp", {"matrix",
                                    [](In x) {
                                      const Tensor y = exp(x[0].clone());
                                      x[0].detach().fill_(0);
                                      return y;
                                    }}),
                "input 0, afterwards: element 0 is 0 instead of"));
  CHECK(any_has(problems_of("exp", {"matrix", [](In x) { return exp(x[0].detach()); }}),
                "nothing was recorded for backward"));
  CHECK(any_has(problems_of("exp", {"matrix", [](In x) { return exp(x[0]).to(DType::Float32); }}),
                "output: float32 [3,5] instead of float64 [3,5]"));
  CHECK(any_has(problems_of("exp", {"matrix", [](In) -> Tensor { fail("oh no"); }}), "threw 'oh no'"));
}

TEST_CASE("op_case: table and fixture have the same cases", "[ops][op_case]") {
  constexpr auto f = [](In x) { return exp(x[0]); };
  const auto problems = compare_op("exp", {{"matrix", f}, {"matrix", f}, {"no such case", f}}).problems;
  CHECK(any_has(problems, "exp: the fixture has no case 'no such case', or the table has it twice"));
  CHECK(any_has(problems, "exp: the fixture has no case 'matrix', or the table has it twice"));
  CHECK(any_has(problems, "exp: the table has no row for the fixture's case 'scalar'"));
}

TEST_CASE("op_case: what counts as a difference", "[ops][op_case]") {
  const double nan = std::nan("");
  const double inf = std::numeric_limits<double>::infinity();
  const auto difference = [](double got, double expected) {
    return first_difference(scalar(got, DType::Float64), scalar(expected, DType::Float64), 1e-10);
  };
  CHECK(difference(1, 1 + 1e-12).empty());
  CHECK(difference(1, 1 + 1e-8) == "element 0 is 1 instead of 1.00000001");
  CHECK(difference(nan, nan).empty());
  CHECK(difference(inf, inf).empty());
  CHECK(difference(nan, 1) == "element 0 is nan instead of 1");
  CHECK(difference(1, nan) == "element 0 is 1 instead of nan");
  CHECK(difference(inf, -inf) == "element 0 is inf instead of -inf");
  CHECK(difference(1e300, inf) == "element 0 is 1e+300 instead of inf");
  CHECK(difference(inf, 1e300) == "element 0 is inf instead of 1e+300");
  CHECK(first_difference(Tensor(), zeros({2}), 1) == "undefined");
  CHECK(first_difference(zeros({2}), zeros({2, 1}), 1) == "float32 [2] instead of float32 [2,1]");
  const int64_t large = (int64_t{1} << 53) + 1;  // not a double
  CHECK(first_difference(tensor<int64_t>({large}), tensor<int64_t>({large - 1}), 1) ==
        "element 0 is 9007199254740993 instead of 9007199254740992");
}
