#pragma once

#include "tests/ops/op_case.h"

// Rows that several ops share; the functions of the same names in tests/fixtures/op_cases/ draw their inputs.

namespace helder::testing {

using Run = Tensor (*)(In x);

inline std::vector<OpCase> one_input(Run f) {
  return {{"scalar", f},          {"one element", f}, {"vector", f}, {"matrix", f},
          {"four dimensions", f}, {"no elements", f}, {"no rows", f}};
}

inline std::vector<OpCase> two_inputs(Run f) {
  return {{"scalars", f},
          {"vectors", f},
          {"matrices", f},
          {"row", f},
          {"column", f},
          {"outer", f},
          {"left broadcast", f},
          {"middle", f},
          {"channels", f},
          {"scalar on the right", f},
          {"scalar on the left", f},
          {"one element", f},
          {"no elements", f},
          {"no elements broadcast", f},
          {"stretched to none", f}};
}

/// f(x, dims, keepdim), for every combination of dimensions.
template <Tensor (*f)(const Tensor&, const Shape&, bool)>
std::vector<OpCase> over_dims() {
  return {
      {"all", [](In x) { return f(x[0], {}, false); }},
      {"all keepdim", [](In x) { return f(x[0], {}, true); }},
      {"dim 0", [](In x) { return f(x[0], {0}, false); }},
      {"dim 1", [](In x) { return f(x[0], {1}, false); }},
      {"dim 2", [](In x) { return f(x[0], {2}, false); }},
      {"last dim", [](In x) { return f(x[0], {-1}, false); }},
      {"dims 0 1",
       [](In x) {
         return f(x[0], {0, 1}, false);
       }},
      {"dims 1 2",
       [](In x) {
         return f(x[0], {1, 2}, false);
       }},
      {"dims 2 3",
       [](In x) {
         return f(x[0], {2, 3}, false);
       }},
      {"dims 0 2",
       [](In x) {
         return f(x[0], {0, 2}, false);
       }},
      {"dims 1 3",
       [](In x) {
         return f(x[0], {1, 3}, false);
       }},
      {"dims 0 -1",
       [](In x) {
         return f(x[0], {0, -1}, false);
       }},
      {"dims 0 2 3",
       [](In x) {
         return f(x[0], {0, 2, 3}, false);
       }},
      {"dims 3 0 1",
       [](In x) {
         return f(x[0], {3, 0, 1}, false);
       }},
      {"dims 0 1 2 3",
       [](In x) {
         return f(x[0], {0, 1, 2, 3}, false);
       }},
      {"dim 1 keepdim", [](In x) { return f(x[0], {1}, true); }},
      {"dims 0 2 keepdim",
       [](In x) {
         return f(x[0], {0, 2}, true);
       }},
      {"dims 1 -1 keepdim",
       [](In x) {
         return f(x[0], {1, -1}, true);
       }},
      {"long rows", [](In x) { return f(x[0], {1}, false); }},
      {"long columns", [](In x) { return f(x[0], {0}, false); }},
      {"vector", [](In x) { return f(x[0], {0}, false); }},
      {"one row", [](In x) { return f(x[0], {0}, false); }},
      {"one column", [](In x) { return f(x[0], {1}, false); }},
      {"no rows left", [](In x) { return f(x[0], {1}, false); }},
  };
}

/// f(x, dim), for softmax and log_softmax.
template <Tensor (*f)(const Tensor&, int64_t)>
std::vector<OpCase> along() {
  return {
      {"vector", [](In x) { return f(x[0], 0); }},
      {"long vector", [](In x) { return f(x[0], -1); }},
      {"rows", [](In x) { return f(x[0], 1); }},
      {"columns", [](In x) { return f(x[0], 0); }},
      {"channels", [](In x) { return f(x[0], 1); }},
      {"first of three", [](In x) { return f(x[0], 0); }},
      {"last of three", [](In x) { return f(x[0], -1); }},
      {"one class", [](In x) { return f(x[0], 1); }},
      {"scalar", [](In x) { return f(x[0], 0); }},
      {"no rows", [](In x) { return f(x[0], 1); }},
      {"no classes", [](In x) { return f(x[0], 1); }},
      {"far apart", [](In x) { return f(x[0], 1); }},
      {"equal", [](In x) { return f(x[0], 0); }},
      {"shifted by 1e4", [](In x) { return f(x[0], 0); }},
      {"minus infinity", [](In x) { return f(x[0], 0); }},
  };
}

}  // namespace helder::testing
