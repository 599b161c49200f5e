#pragma once

#include "autograd/ops/adaptive_pool2d_geometry.h"
#include "tests/ops/op_case.h"

namespace helder::testing {

/// What adaptive_avg_pool2d and adaptive_max_pool2d share; `adaptive_pools` in op_cases/network.py draws it.
template <Tensor (*f)(const Tensor&, const AdaptiveSize&)>
std::vector<OpCase> adaptive_cases() {
  return {
      {"1", [](In x) { return f(x[0], 1); }},
      {"halves", [](In x) { return f(x[0], AdaptiveSize(2, 3)); }},
      {"overlapping", [](In x) { return f(x[0], 3); }},
      {"overlapping h w", [](In x) { return f(x[0], AdaptiveSize(5, 2)); }},
      {"larger than the input", [](In x) { return f(x[0], AdaptiveSize(7, 5)); }},
      {"height kept", [](In x) { return f(x[0], AdaptiveSize(std::nullopt, 4)); }},
      {"width kept", [](In x) { return f(x[0], AdaptiveSize(2, std::nullopt)); }},
      {"one row", [](In x) { return f(x[0], AdaptiveSize(1, 3)); }},
      {"one column", [](In x) { return f(x[0], AdaptiveSize(3, 1)); }},
      {"same size", [](In x) { return f(x[0], AdaptiveSize(3, 4)); }},
      {"one pixel", [](In x) { return f(x[0], 2); }},
      {"no batch dimension", [](In x) { return f(x[0], 3); }},
      {"no rows", [](In x) { return f(x[0], AdaptiveSize(0, 2)); }},
      {"empty batch", [](In x) { return f(x[0], 2); }},
  };
}

}  // namespace helder::testing
