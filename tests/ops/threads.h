#pragma once

#include <initializer_list>

#include "tests/ops/op_case.h"

namespace helder::testing {

/// Inputs large enough for several chunks of work.
struct LargeCase {
  const char* name;
  std::vector<Shape> shapes;
  Tensor (*run)(In x);
};

/// Output and gradients have the same bits with 1, 2 and 3 threads, in float32 and in float64. The inputs are
/// normally distributed, and all of them require a gradient and must get one.
void check_threads(std::initializer_list<LargeCase> cases);

}  // namespace helder::testing
