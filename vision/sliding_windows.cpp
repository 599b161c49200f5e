#include "vision/sliding_windows.h"

#include <algorithm>

#include "tensor/error.h"

namespace helder {
namespace {

// Where a window begins along one side of the picture.
std::vector<int64_t> places(int64_t picture, int64_t window, int64_t step) {
  std::vector<int64_t> begins;
  for (int64_t begin = 0; begin < picture - window; begin += step) {
    begins.push_back(begin);
  }
  begins.push_back(picture - window);
  return begins;
}

}  // namespace

std::vector<Window> sliding_windows(int64_t picture_height, int64_t picture_width, int64_t height,
                                    int64_t width, int64_t step_y, int64_t step_x) {
  check(0 < height && height <= picture_height && 0 < width && width <= picture_width,
        "sliding_windows: a window of {} x {} pixels is not in a picture of {} x {}", width, height,
        picture_width, picture_height);
  check(step_y > 0 && step_x > 0, "sliding_windows: steps of {} and {} pixels; they must be positive", step_x,
        step_y);
  std::vector<Window> windows;
  for (const int64_t top : places(picture_height, height, step_y)) {
    for (const int64_t left : places(picture_width, width, step_x)) {
      windows.push_back({.left = left, .top = top, .width = width, .height = height});
    }
  }
  return windows;
}

}  // namespace helder
