#include "autograd/ops/interpolate.h"

#include <iterator>
#include <list>
#include <string>
#include <utility>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

namespace {

struct Mode {
  const char* title;
  const char* mode;
  bool align_corners, antialias;
};
constexpr Mode kModes[] = {
    {"nearest", "nearest", false, false},
    {"nearest-exact", "nearest-exact", false, false},
    {"bilinear", "bilinear", false, false},
    {"bilinear, align_corners", "bilinear", true, false},
    {"bilinear, antialias", "bilinear", false, true},
    {"bicubic", "bicubic", false, false},
    {"bicubic, align_corners", "bicubic", true, false},
    {"bicubic, antialias", "bicubic", false, true},
    {"area", "area", false, false},
};

template <int M>
Tensor sized(In x, Pair size) {
  return interpolate(x[0], {.size = size,
                            .mode = kModes[M].mode,
                            .align_corners = kModes[M].align_corners,
                            .antialias = kModes[M].antialias});
}

template <int M>
Tensor scaled(In x, ScaleFactor scale) {
  return interpolate(x[0], {.scale_factor = scale,
                            .mode = kModes[M].mode,
                            .align_corners = kModes[M].align_corners,
                            .antialias = kModes[M].antialias});
}

// A case's name has to outlive the table.
const char* kept(const std::string& name) {
  static std::list<std::string> names;
  return names.emplace_back(name).c_str();
}

// `interpolates` in op_cases/sampling.py.
template <int M>
void add_cases(std::vector<OpCase>& cases) {
  const auto add = [&](const char* name, Tensor (*run)(In)) {
    cases.push_back({kept(fmt::format("{}: {}", kModes[M].title, name)), run});
  };
  add("larger", [](In x) { return sized<M>(x, {7, 9}); });
  add("twice", [](In x) { return scaled<M>(x, 2); });
  add("smaller", [](In x) { return sized<M>(x, {3, 4}); });
  add("much smaller", [](In x) { return sized<M>(x, {1, 2}); });
  add("taller and narrower", [](In x) { return sized<M>(x, {9, 3}); });
  add("same size", [](In x) { return sized<M>(x, {3, 4}); });
  add("factor 1.7", [](In x) { return scaled<M>(x, 1.7); });
  add("factor 0.6 0.4", [](In x) { return scaled<M>(x, {0.6, 0.4}); });
  add("one pixel", [](In x) { return sized<M>(x, {3, 2}); });
  add("two pixels", [](In x) { return sized<M>(x, {5, 4}); });
  add("to one pixel", [](In x) { return sized<M>(x, 1); });
  add("empty batch", [](In x) { return sized<M>(x, {5, 2}); });
}

template <int... M>
std::vector<OpCase> cases_of_modes(std::integer_sequence<int, M...>) {
  std::vector<OpCase> cases;
  (add_cases<M>(cases), ...);
  return cases;
}

Tensor both(In x, Pair size) {
  return interpolate(x[0], {.size = size, .mode = "bilinear", .align_corners = true, .antialias = true});
}

}  // namespace

TEST_CASE("interpolate: values and derivatives", "[ops][interpolate]") {
  check_op("interpolate", cases_of_modes(std::make_integer_sequence<int, int(std::size(kModes))>()),
           {
               {"bilinear, both: larger",
                [](In x) {
                  return both(x, {7, 8});
                }},
               {"bilinear, both: smaller",
                [](In x) {
                  return both(x, {4, 3});
                }},
               {"nearest: a factor that keeps the width",
                [](In x) {
                  return scaled<0>(x, {0.5, 1.3});
                }},
               {"nearest: a factor that doubles", [](In x) { return scaled<0>(x, 2.3); }},
               {"bilinear: a factor that keeps the width",
                [](In x) {
                  return scaled<2>(x, {2.3, 1.3});
                }},
               {"bilinear, antialias: a factor that keeps the width",
                [](In x) {
                  return scaled<4>(x, {0.4, 1.3});
                }},
               {"nearest: uint8", [](In x) { return interpolate(x[0], {.size = Pair(7, 3)}); }},
               {"nearest-exact: uint8",
                [](In x) { return interpolate(x[0], {.size = Pair(7, 3), .mode = "nearest-exact"}); }},
           });
}

TEST_CASE("interpolate: the number of threads changes no bit", "[ops][interpolate][threads]") {
  check_threads({
      {"nearest", {{2, 6, 41, 40}}, [](In x) { return scaled<0>(x, 2.5); }},
      {"bilinear",
       {{2, 6, 41, 40}},
       [](In x) {
         return sized<2>(x, {90, 71});
       }},
      {"bicubic antialias",
       {{2, 6, 90, 71}},
       [](In x) {
         return sized<7>(x, {41, 40});
       }},
  });
}

TEST_CASE("interpolate: errors", "[ops][interpolate]") {
  check_errors({
      {"interpolate: expected an input [N,C,H,W] of which only the batch may be empty, got [3,4]",
       [] {
         interpolate(zeros({3, 4}), {.size = Pair(2)});
       }},
      {"interpolate: expected an input [N,C,H,W] of which only the batch may be empty, got [1,2,0,4]",
       [] {
         interpolate(zeros({1, 2, 0, 4}), {.size = Pair(2)});
       }},
      {"interpolate: give either size or scale_factor, not neither",
       [] {
         interpolate(zeros({1, 1, 2, 2}), {});
       }},
      {"interpolate: give either size or scale_factor, not both",
       [] {
         interpolate(zeros({1, 1, 2, 2}), {.size = Pair(2), .scale_factor = 2.0});
       }},
      {"interpolate: the size must be at least 1x1, got 0x2",
       [] {
         interpolate(zeros({1, 1, 2, 2}), {.size = Pair(0, 2)});
       }},
      {"interpolate: scale_factor must be positive, got -1x2",
       [] {
         interpolate(zeros({1, 1, 2, 2}), {.scale_factor = ScaleFactor(-1, 2)});
       }},
      {"interpolate: scale_factor 0.25x2 leaves nothing of 2x2 pixels",
       [] {
         interpolate(zeros({1, 1, 2, 2}), {.scale_factor = ScaleFactor(0.25, 2)});
       }},
      {"interpolate: mode must be nearest, nearest-exact, bilinear, bicubic or area, got 'lanczos'",
       [] {
         interpolate(zeros({1, 1, 2, 2}), {.size = Pair(2), .mode = "lanczos"});
       }},
      {"interpolate: align_corners is for bilinear and bicubic, not nearest",
       [] {
         interpolate(zeros({1, 1, 2, 2}), {.size = Pair(2), .align_corners = true});
       }},
      {"interpolate: antialias is for bilinear and bicubic, not area",
       [] {
         interpolate(zeros({1, 1, 2, 2}), {.size = Pair(2), .mode = "area", .antialias = true});
       }},
      {"interpolate: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         interpolate(zeros({1, 1, 2, 2}, DType::Int64), {.size = Pair(2)});
       }},
      {"interpolate: uint8 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         interpolate(zeros({1, 1, 2, 2}, DType::UInt8), {.size = Pair(2), .mode = "bilinear"});
       }},
      {"interpolate: the size must be less than 2^29, got 1099511627776x1",
       [] {
         interpolate(zeros({0, 1, 4, 4}), {.size = Pair(int64_t{1} << 40, 1), .mode = "bilinear"});
       }},
      {"interpolate: scale_factor 1e+300x1 makes too many of 4x4 pixels",
       [] {
         interpolate(zeros({1, 1, 4, 4}), {.scale_factor = ScaleFactor(1e300, 1)});
       }},
  });
}
