#include "kernels/unfold/unfold.h"

#include <algorithm>

namespace helder::kernels {
namespace {

// Calls body(l, place, count) for each run of windows in a row, l, l + 1, ..., whose tap (a, b) lies within
// the plane: at place, place + stride_w, ...
template <class Body>
void for_runs_of_tap(const Pool2dGeometry& g, int64_t a, int64_t b, Body&& body) {
  const TapRange rows(a, g.in_h, g.out_h, g.stride_h, g.pad_h, g.dilation_h);
  const TapRange columns(b, g.in_w, g.out_w, g.stride_w, g.pad_w, g.dilation_w);
  if (columns.begin == columns.end) {
    return;
  }
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const int64_t place = r * g.stride_h * g.in_w + columns.begin * g.stride_w + g.tap_offset(a, b);
    body(r * g.out_w + columns.begin, place, columns.end - columns.begin);
  }
}

}  // namespace

template <class T>
void unfold_cpu(const Pool2dGeometry& g, const T* x, T* columns) {
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, g.out_size()));
  parallel_for(g.planes * g.taps(), grain, [=](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t tap = row % g.taps();
      const T* plane = x + row / g.taps() * g.in_size();
      T* to = columns + row * g.out_size();
      std::fill(to, to + g.out_size(), T(0));
      for_runs_of_tap(g, tap / g.kernel_w, tap % g.kernel_w, [&](int64_t l, int64_t place, int64_t count) {
        for (int64_t c = 0; c < count; ++c) {
          to[l + c] = plane[place + c * g.stride_w];
        }
      });
    }
  });
}

// Planes share no element; within one, the taps are added in order on one thread.
template <class T>
void fold_cpu(const Pool2dGeometry& g, const T* columns, T* x) {
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, g.taps() * g.out_size()));
  parallel_for(g.planes, grain, [=](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      T* plane = x + p * g.in_size();
      std::fill(plane, plane + g.in_size(), T(0));
      for (int64_t tap = 0; tap < g.taps(); ++tap) {
        const T* from = columns + (p * g.taps() + tap) * g.out_size();
        for_runs_of_tap(g, tap / g.kernel_w, tap % g.kernel_w, [&](int64_t l, int64_t place, int64_t count) {
          for (int64_t c = 0; c < count; ++c) {
            plane[place + c * g.stride_w] += from[l + c];
          }
        });
      }
    }
  });
}

template void unfold_cpu(const Pool2dGeometry&, const float*, float*);
template void unfold_cpu(const Pool2dGeometry&, const double*, double*);
template void fold_cpu(const Pool2dGeometry&, const float*, float*);
template void fold_cpu(const Pool2dGeometry&, const double*, double*);

}  // namespace helder::kernels
