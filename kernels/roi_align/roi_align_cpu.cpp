#include "kernels/roi_align/roi_align.h"

#include <algorithm>
#include <vector>

#include "kernels/resample/mix.h"
#include "kernels/roi_align/samples.h"
#include "tensor/parallel.h"
#include "tensor/workspace.h"

namespace helder::kernels {
namespace {

constexpr int64_t kChannels = 8;  // of one box, in a task

// The means over the samples of each bin, as weights of pixels.
template <class T>
ResampleAxis<T> axis_of(const Bins<T>& bins, int64_t size) {
  std::vector<int64_t> first(static_cast<size_t>(bins.out), size);
  int64_t taps = 1;
  for (int64_t o = 0; o < bins.out; ++o) {
    int64_t& low = first[static_cast<size_t>(o)];
    int64_t high = -1;
    for (int64_t s = 0; s < bins.samples; ++s) {
      for_each_tap(bins.sample(o, s), size, [&](int64_t i, T) {
        low = std::min(low, i);
        high = std::max(high, i);
      });
    }
    taps = std::max(taps, high - low + 1);
  }
  ResampleAxis<T> axis(size, bins.out, taps);
  for (int64_t o = 0; o < bins.out; ++o) {
    axis.set_first(o, first[static_cast<size_t>(o)]);
    for (int64_t s = 0; s < bins.samples; ++s) {
      for_each_tap(bins.sample(o, s), size,
                   [&](int64_t i, T weight) { axis.add(o, i, weight / static_cast<T>(bins.samples)); });
    }
  }
  return axis;
}

// The box's two axes, and the columns of the image that it sees.
template <class T>
struct Region {
  ResampleAxis<T> rows, columns;
  int64_t image, begin, end;

  Region(const RoiAlignGeometry& g, const T* box)
      : rows(axis_of(Bins<T>(box[2], box[4], g.out_h, g), g.H)),
        columns(axis_of(Bins<T>(box[1], box[3], g.out_w, g), g.W)),
        image(static_cast<int64_t>(box[0])) {
    const auto [low, high] = std::minmax_element(columns.first.begin(), columns.first.end());
    begin = *low;
    end = *high + columns.taps;
  }
};

}  // namespace

template <class T>
void roi_align_forward_cpu(const RoiAlignGeometry& g, const T* x, const T* boxes, T* y) {
  const int64_t parts = (g.C + kChannels - 1) / kChannels;
  parallel_for(g.K * parts, 1, [=, &g](int64_t first, int64_t last) {
    const Workspace<T> row(g.W);
    for (int64_t task = first; task < last; ++task) {
      const int64_t k = task / parts, c0 = task % parts * kChannels;
      const Region<T> region(g, boxes + 5 * k);
      for (int64_t c = c0; c < std::min(g.C, c0 + kChannels); ++c) {
        const T* plane = x + (region.image * g.C + c) * g.in_size();
        T* out = y + (k * g.C + c) * g.out_size();
        for (int64_t r = 0; r < g.out_h; ++r) {
          mix_rows(region.rows, r, plane, g.W, region.begin, region.end, row.data());
          mix_columns(region.columns, row.data(), out + r * g.out_w);
        }
      }
    }
  });
}

// Boxes overlap: a channel of an image belongs to one thread, which goes through the boxes in order.
template <class T>
void roi_align_backward_cpu(const RoiAlignGeometry& g, const T* boxes, const T* dy, T* dx) {
  const int64_t parts = (g.C + kChannels - 1) / kChannels;
  parallel_for(g.N * parts, 1, [=, &g](int64_t first, int64_t last) {
    const Workspace<T> row(g.W);
    for (int64_t task = first; task < last; ++task) {
      const int64_t n = task / parts, c0 = task % parts * kChannels, c1 = std::min(g.C, c0 + kChannels);
      std::fill(dx + (n * g.C + c0) * g.in_size(), dx + (n * g.C + c1) * g.in_size(), T(0));
      for (int64_t k = 0; k < g.K; ++k) {
        if (static_cast<int64_t>(boxes[5 * k]) != n) {
          continue;
        }
        const Region<T> region(g, boxes + 5 * k);
        for (int64_t c = c0; c < c1; ++c) {
          T* plane = dx + (n * g.C + c) * g.in_size();
          for (int64_t r = 0; r < g.out_h; ++r) {
            std::fill(row.data() + region.begin, row.data() + region.end, T(0));
            spread_columns(region.columns, dy + ((k * g.C + c) * g.out_h + r) * g.out_w, row.data());
            spread_rows(region.rows, r, row.data(), g.W, region.begin, region.end, plane);
          }
        }
      }
    }
  });
}

#define HELDER_INSTANTIATE(T)                                                           \
  template void roi_align_forward_cpu(const RoiAlignGeometry&, const T*, const T*, T*); \
  template void roi_align_backward_cpu(const RoiAlignGeometry&, const T*, const T*, T*);
HELDER_INSTANTIATE(float)
HELDER_INSTANTIATE(double)
#undef HELDER_INSTANTIATE

}  // namespace helder::kernels
