#pragma once

#include <algorithm>

#include "kernels/conv2d/winograd/transforms.h"
#include "kernels/epilogue_simd.h"

/// Between pictures, [channels, height, width], and pixels whose channels are the lanes of a vector. With
/// channels in the lanes the transforms of a tile are the same few instructions for pictures of any width,
/// and every lane is used; a picture's rows would fill 7 lanes of 16 at the end of ResNet.
namespace helder::kernels::winograd {

/// Rows [y, y + rows) and columns [x, x + columns) of a picture. What lies outside the picture reads as zero,
/// and is not written.
struct Area {
  int64_t y, rows, x, columns;
};

/// Up to kLanes planes of a picture, the first at `data`.
template <class T>
struct Planes {
  T* data;
  int64_t count, height, width;
};

/// Calls body(first, count, target) for each run of pixels of `area` within the picture that lie side by side
/// in each plane: pixels [first, first + count) of the plane, and the place in the area of the first one.
/// Rows that span the picture make one run.
template <class Body>
HELDER_INLINE void for_each_run(const Area& area, int64_t height, int64_t width, const Body& body) {
  const int64_t top = std::max<int64_t>(area.y, 0), bottom = std::min(area.y + area.rows, height);
  const int64_t left = std::max<int64_t>(area.x, 0), right = std::min(area.x + area.columns, width);
  if (left >= right || top >= bottom) {
    return;
  }
  const int64_t rows = left == 0 && right == width ? bottom - top : 1;  // of a run
  for (int64_t y = top; y < bottom; y += rows) {
    body(y * width + left, rows * (right - left), (y - area.y) * area.columns + left - area.x);
  }
}

/// Walks over the places in an area of the pixels of a run.
struct Cursor {
  int64_t place;      // in the area
  int64_t left;       // pixels up to the end of the row
  int64_t row, skip;  // pixels of a row; places from its end to the next one's start

  Cursor(const Area& area, int64_t width, int64_t first) : place(first) {
    const int64_t begin = std::max<int64_t>(area.x, 0), end = std::min(area.x + area.columns, width);
    row = left = end - begin;
    skip = area.columns - row;
  }
  HELDER_INLINE void next() {
    ++place;
    if (--left == 0) {
      left = row;
      place += skip;
    }
  }
};

/// pixels[(i * area.columns + j) * kLanes + lane] = planes[lane] at (area.y + i, area.x + j), for what lies
/// within the picture. Lanes from planes.count on are zero.
inline void load_pixels(const Planes<const float>& planes, const Area& area, float* pixels) {
  const int64_t plane = planes.height * planes.width;
  for_each_run(area, planes.height, planes.width, [&](int64_t first, int64_t count, int64_t place) {
    Cursor to(area, planes.width, place);
    for (int64_t i = 0; i < count; i += kLanes) {
      const int64_t rest = std::min<int64_t>(kLanes, count - i);
      const float* in = planes.data + first + i;
      Vec square[kLanes];
#pragma GCC unroll 16
      for (int lane = 0; lane < kLanes; ++lane) {
        square[lane] = lane < planes.count ? simd::load_partial(in + lane * plane, rest) : Vec{};
      }
      simd::transpose<float>(square);
#pragma GCC unroll 16
      for (int j = 0; j < kLanes; ++j) {
        if (j < rest) {
          simd::store(pixels + to.place * kLanes, square[j]);
          to.next();
        }
      }
    }
  });
}

/// The other way: planes[lane] at (area.y + i, area.x + j) = pixels[...], plus the epilogue's residual and
/// within its limits, for what lies within the picture. The residual is laid out like the planes.
inline void store_pixels(const float* pixels, const Area& area, const Planes<float>& planes,
                         const Epilogue<float>& end) {
  const bool limits = end.limits();
  const int64_t plane = planes.height * planes.width;
  for_each_run(area, planes.height, planes.width, [&](int64_t first, int64_t count, int64_t place) {
    Cursor from(area, planes.width, place);
    for (int64_t i = 0; i < count; i += kLanes) {
      const int64_t rest = std::min<int64_t>(kLanes, count - i);
      float* out = planes.data + first + i;
      Vec square[kLanes];
#pragma GCC unroll 16
      for (int j = 0; j < kLanes; ++j) {
        square[j] = Vec{};
        if (j < rest) {
          square[j] = simd::load(pixels + from.place * kLanes);
          from.next();
        }
      }
      simd::transpose<float>(square);
#pragma GCC unroll 16
      for (int lane = 0; lane < kLanes; ++lane) {
        if (lane < planes.count) {
          if (end.residual != nullptr) {
            square[lane] += simd::load_partial(end.residual + first + i + lane * plane, rest);
          }
          simd::store_partial(out + lane * plane, limits ? limited(end, square[lane]) : square[lane], rest);
        }
      }
    }
  });
}

}  // namespace helder::kernels::winograd
