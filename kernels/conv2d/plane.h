#pragma once

#include "kernels/conv2d/conv2d.h"

// What the kernels for the GPU share about pictures.
namespace helder::kernels {

/// Height and width of a picture, in integers that are quick.
struct Plane {
  int32_t h, w;

  constexpr int64_t size() const { return static_cast<int64_t>(h) * w; }
  constexpr bool holds(int32_t row, int32_t column) const {
    return row >= 0 && row < h && column >= 0 && column < w;
  }
  constexpr int64_t at(int32_t row, int32_t column) const { return static_cast<int64_t>(row) * w + column; }
};

constexpr Plane input_plane(const Conv2dGeometry& g) {
  return {static_cast<int32_t>(g.H), static_cast<int32_t>(g.W)};
}
constexpr Plane output_plane(const Conv2dGeometry& g) {
  return {static_cast<int32_t>(g.OH()), static_cast<int32_t>(g.OW())};
}

/// How many of the 256 threads of a block share the sum over a picture of so many pixels, so that few are
/// idle and neighbours read neighbours: a power of two.
constexpr unsigned lanes_of_picture(int64_t pixels) {
  unsigned lanes = 8;
  while (lanes < 256 && lanes < pixels) {
    lanes *= 2;
  }
  return lanes;
}

}  // namespace helder::kernels
