#pragma once

#include <cstdint>

namespace helder {

/// A size along height and width, for the options of convolution and pooling. One number means both:
/// `{.stride = 2, .padding = {1, 0}}`.
struct Pair {
  int64_t h, w;

  Pair(int64_t both) : h(both), w(both) {}  // implicit, so that `.stride = 2` reads well
  Pair(int64_t height, int64_t width) : h(height), w(width) {}

  bool operator==(const Pair& other) const = default;
};

}  // namespace helder
