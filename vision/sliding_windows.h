#pragma once

#include <cstdint>
#include <vector>

/// The exhaustive way to find things: look everywhere, at every size.
namespace helder {

/// A part of a picture, in pixels.
struct Window {
  int64_t left = 0, top = 0, width = 0, height = 0;
};

/// Where a window of width x height stands in a picture when it moves by `step_x` and `step_y` pixels from
/// the left and from the top, row by row; the last of a row and of a column ends at the picture's edge, so
/// that all pixels are looked at. In each direction that is ceil((picture - window) / step) + 1 places.
/// Throws where the window is larger than the picture, and where a step is not at least 1.
std::vector<Window> sliding_windows(int64_t picture_height, int64_t picture_width, int64_t height,
                                    int64_t width, int64_t step_y, int64_t step_x);

}  // namespace helder
