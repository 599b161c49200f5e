#pragma once

#include <algorithm>
#include <cstdint>

namespace helder::kernels {

/// n cut into `count` runs about equal in length, from begin(i) to begin(i + 1).
struct EvenParts {
  int64_t n, count;

  int64_t begin(int64_t part) const { return part * n / count; }
  int64_t longest() const { return (n + count - 1) / count; }
};

/// An even number of parts (two or four threads get the same work) of about `most`.
inline EvenParts even_parts(int64_t n, int64_t most) {
  const int64_t count = (n + most - 1) / std::max<int64_t>(1, most);
  return {n, std::min(n, (count + 1) / 2 * 2)};
}

}  // namespace helder::kernels
