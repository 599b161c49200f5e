#include "autograd/ops/grid_sample.h"

#include <iterator>
#include <list>
#include <utility>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

namespace {

constexpr const char* kModes[] = {"bilinear", "nearest", "bicubic"};
constexpr const char* kPaddings[] = {"zeros", "border", "reflection"};

template <int M, bool AlignCorners>
Tensor run(In x) {
  return grid_sample(
      x[0], x[1], {.mode = kModes[M / 3], .padding_mode = kPaddings[M % 3], .align_corners = AlignCorners});
}

// A case's name has to outlive the table.
const char* kept(const std::string& name) {
  static std::list<std::string> names;
  return names.emplace_back(name).c_str();
}

// `grids` in op_cases/sampling.py.
template <int M>
void add_cases(std::vector<OpCase>& cases) {
  const std::string title = fmt::format("{}, {}", kModes[M / 3], kPaddings[M % 3]);
  for (const char* name : {": inside", "", ": far away", ": not finite"}) {
    cases.push_back({kept(title + name), run<M, false>});
  }
  for (const char* name : {": align corners", ": far away, align corners"}) {
    cases.push_back({kept(title + name), run<M, true>});
  }
  // A bicubic pixel that repeats for ever has slopes whose sum is 0, but for rounding.
  const int flags = M > 6 ? kNoFloat32 : 0;
  cases.push_back({kept(title + ": one pixel"), run<M, false>, flags});
  cases.push_back({kept(title + ": one pixel, align corners"), run<M, true>, flags});
}

template <int... M>
std::vector<OpCase> cases_of_modes(std::integer_sequence<int, M...>) {
  std::vector<OpCase> cases;
  (add_cases<M>(cases), ...);
  return cases;
}

}  // namespace

TEST_CASE("grid_sample: values and derivatives", "[ops][grid_sample]") {
  constexpr auto f = [](In x) { return grid_sample(x[0], x[1]); };
  check_op("grid_sample", cases_of_modes(std::make_integer_sequence<int, 9>()),
           {
               {"past a block", f},
               {"many channels", f},
               {"empty batch", f},
           });
}

TEST_CASE("grid_sample: the number of threads changes no bit", "[ops][grid_sample][threads]") {
  check_threads({
      {"bilinear", {{2, 37, 20, 21}, {2, 30, 31, 2}}, run<0, false>},
      {"bicubic reflection", {{2, 5, 20, 21}, {2, 30, 31, 2}}, run<8, true>},
  });
}

TEST_CASE("grid_sample: errors", "[ops][grid_sample]") {
  check_errors({
      {"grid_sample: expected input [N,C,H,W] and grid [N,OH,OW,2], got [1,1,4,4] and [1,3,3,3]",
       [] {
         grid_sample(zeros({1, 1, 4, 4}), zeros({1, 3, 3, 3}));
       }},
      {"grid_sample: expected input [N,C,H,W] and grid [N,OH,OW,2], got [2,1,4,4] and [1,3,3,2]",
       [] {
         grid_sample(zeros({2, 1, 4, 4}), zeros({1, 3, 3, 2}));
       }},
      {"grid_sample: the image must have pixels, got an input of shape [1,1,0,4]",
       [] {
         grid_sample(zeros({1, 1, 0, 4}), zeros({1, 3, 3, 2}));
       }},
      {"grid_sample: input is float32, grid float64",
       [] {
         grid_sample(zeros({1, 1, 4, 4}), zeros({1, 3, 3, 2}, DType::Float64));
       }},
      {"grid_sample: mode must be bilinear, nearest or bicubic, got 'linear'",
       [] {
         grid_sample(zeros({1, 1, 4, 4}), zeros({1, 3, 3, 2}), {.mode = "linear"});
       }},
      {"grid_sample: padding_mode must be zeros, border or reflection, got 'reflect'",
       [] {
         grid_sample(zeros({1, 1, 4, 4}), zeros({1, 3, 3, 2}), {.padding_mode = "reflect"});
       }},
      {"grid_sample: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         grid_sample(zeros({1, 1, 4, 4}, DType::Int64), zeros({1, 3, 3, 2}, DType::Int64));
       }},
  });
}
