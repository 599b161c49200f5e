#pragma once

// What convolution and pooling share. Private to autograd/ops/.

#include <initializer_list>

#include "autograd/ops/pair.h"
#include "tensor/error.h"

namespace helder {

/// A number of an op's windows along height and width: their size, their stride, ...
struct WindowNumbers {
  const char* name;
  Pair value;
};

/// Throws where a number is 2^29 or more. Below that, an output's size is a sum of few products of two of
/// them, and neither it nor its square overflows.
inline void check_window_limits(const char* operation, std::initializer_list<WindowNumbers> numbers) {
  constexpr int64_t limit = int64_t{1} << 29;
  for (const auto& [name, value] : numbers) {
    check(value.h < limit && value.w < limit, "{}: the {} must be less than 2^29, got {}x{}", operation, name,
          value.h, value.w);
  }
}

}  // namespace helder
