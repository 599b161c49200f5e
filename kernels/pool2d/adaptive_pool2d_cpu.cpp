#include "kernels/pool2d/adaptive_pool2d.h"

#include "kernels/reduce/reduce.h"
#include "tensor/workspace.h"

namespace helder::kernels {

template <class T>
void adaptive_avg_pool2d_forward_cpu(const AdaptivePool2dGeometry& g, const T* x, T* y) {
  if (g.out_h == 1 && g.out_w == 1) {  // global average pooling: the mean of contiguous rows
    return sum_cpu({.outer = g.planes, .n = g.in_size(), .inner = 1}, x, y,
                   1 / static_cast<double>(g.in_size()));
  }
  parallel_for(g.planes, g.grain(), [=, &g](int64_t first, int64_t last) {
    const Workspace<double> columns(g.in_w);  // the sums of a window's rows
    for (int64_t p = first; p < last; ++p) {
      for (int64_t r = 0; r < g.out_h; ++r) {
        const int64_t i0 = g.begin(r, g.in_h, g.out_h), i1 = g.end(r, g.in_h, g.out_h);
        std::fill_n(columns.data(), g.in_w, 0.0);
        for (int64_t i = i0; i < i1; ++i) {
          const T* row = x + (p * g.in_h + i) * g.in_w;
          for (int64_t j = 0; j < g.in_w; ++j) {
            columns[j] += static_cast<double>(row[j]);
          }
        }
        for (int64_t c = 0; c < g.out_w; ++c) {
          const int64_t j0 = g.begin(c, g.in_w, g.out_w), j1 = g.end(c, g.in_w, g.out_w);
          double total = 0;
          for (int64_t j = j0; j < j1; ++j) {
            total += columns[j];
          }
          y[(p * g.out_h + r) * g.out_w + c] =
              static_cast<T>(total / static_cast<double>((i1 - i0) * (j1 - j0)));
        }
      }
    }
  });
}

template <class T>
void adaptive_avg_pool2d_backward_cpu(const AdaptivePool2dGeometry& g, const T* dy, T* dx) {
  if (g.out_h == 1 && g.out_w == 1) {
    return parallel_for(g.planes, g.grain(), [=, &g](int64_t first, int64_t last) {
      for (int64_t p = first; p < last; ++p) {
        std::fill_n(dx + p * g.in_size(), g.in_size(), dy[p] / static_cast<T>(g.in_size()));
      }
    });
  }
  parallel_for(g.planes, g.grain(), [=, &g](int64_t first, int64_t last) {
    std::fill(dx + first * g.in_size(), dx + last * g.in_size(), T(0));
    const Workspace<T> share(g.in_w);  // what each column of a window's rows receives
    for (int64_t p = first; p < last; ++p) {
      for (int64_t r = 0; r < g.out_h; ++r) {
        const int64_t i0 = g.begin(r, g.in_h, g.out_h), i1 = g.end(r, g.in_h, g.out_h);
        std::fill_n(share.data(), g.in_w, T(0));
        for (int64_t c = 0; c < g.out_w; ++c) {
          const int64_t j0 = g.begin(c, g.in_w, g.out_w), j1 = g.end(c, g.in_w, g.out_w);
          const T each = dy[(p * g.out_h + r) * g.out_w + c] / static_cast<T>((i1 - i0) * (j1 - j0));
          for (int64_t j = j0; j < j1; ++j) {
            share[j] += each;
          }
        }
        for (int64_t i = i0; i < i1; ++i) {
          T* row = dx + (p * g.in_h + i) * g.in_w;
          for (int64_t j = 0; j < g.in_w; ++j) {
            row[j] += share[j];
          }
        }
      }
    }
  });
}

template <class T>
void adaptive_max_pool2d_forward_cpu(const AdaptivePool2dGeometry& g, const T* x, T* y, int64_t* index) {
  parallel_for(g.planes, g.grain(), [=, &g](int64_t first, int64_t last) {
    for (int64_t p = first; p < last; ++p) {
      const T* plane = x + p * g.in_size();
      for (int64_t r = 0; r < g.out_h; ++r) {
        const int64_t i0 = g.begin(r, g.in_h, g.out_h), i1 = g.end(r, g.in_h, g.out_h);
        for (int64_t c = 0; c < g.out_w; ++c) {
          const int64_t j0 = g.begin(c, g.in_w, g.out_w), j1 = g.end(c, g.in_w, g.out_w);
          int64_t best = i0 * g.in_w + j0;
          for (int64_t i = i0; i < i1; ++i) {
            for (int64_t j = j0; j < j1; ++j) {
              const T value = plane[i * g.in_w + j];
              best = value > plane[best] || value != value ? i * g.in_w + j : best;
            }
          }
          y[(p * g.out_h + r) * g.out_w + c] = plane[best];
          index[(p * g.out_h + r) * g.out_w + c] = best;
        }
      }
    }
  });
}

template void adaptive_avg_pool2d_forward_cpu(const AdaptivePool2dGeometry&, const float*, float*);
template void adaptive_avg_pool2d_forward_cpu(const AdaptivePool2dGeometry&, const double*, double*);
template void adaptive_avg_pool2d_backward_cpu(const AdaptivePool2dGeometry&, const float*, float*);
template void adaptive_avg_pool2d_backward_cpu(const AdaptivePool2dGeometry&, const double*, double*);
template void adaptive_max_pool2d_forward_cpu(const AdaptivePool2dGeometry&, const float*, float*, int64_t*);
template void adaptive_max_pool2d_forward_cpu(const AdaptivePool2dGeometry&, const double*, double*,
                                              int64_t*);

}  // namespace helder::kernels
