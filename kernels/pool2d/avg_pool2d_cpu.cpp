#include "kernels/pool2d/avg_pool2d.h"

#include "tensor/parallel.h"
#include "tensor/workspace.h"

namespace helder::kernels {
namespace {

// Calls body(row_of_input, first_output, end_output, shift) for each tap of the windows in row r: output c of
// them reads input c stride_w + shift of that row.
template <class Body>
void for_each_tap(const Pool2dGeometry& g, int64_t r, const Body& body) {
  for (int64_t a = 0; a < g.kernel_h; ++a) {
    const int64_t row = r * g.stride_h - g.pad_h + a;
    if (row < 0 || row >= g.in_h) {
      continue;
    }
    for (int64_t b = 0; b < g.kernel_w; ++b) {
      const TapRange range(b, g.in_w, g.out_w, g.stride_w, g.pad_w, 1);
      body(row, range.begin, range.end, b - g.pad_w);
    }
  }
}

// sizes[r out_w + c] is what the window at (r, c) divides by: the same for all planes.
template <class T>
void fill_window_sizes(const Pool2dGeometry& g, bool count_include_pad, T* sizes) {
  for (int64_t r = 0; r < g.out_h; ++r) {
    const int64_t height = avg_window_size(r, g.in_h, g.kernel_h, g.stride_h, g.pad_h, count_include_pad);
    for (int64_t c = 0; c < g.out_w; ++c) {
      const int64_t width = avg_window_size(c, g.in_w, g.kernel_w, g.stride_w, g.pad_w, count_include_pad);
      sizes[r * g.out_w + c] = static_cast<T>(height * width);
    }
  }
}

}  // namespace

template <class T>
void avg_pool2d_forward_cpu(const Pool2dGeometry& g, bool count_include_pad, const T* x, T* y) {
  const Workspace<T> sizes(g.out_size());
  fill_window_sizes(g, count_include_pad, sizes.data());
  parallel_for(g.planes, g.grain(), [=, &g, size = sizes.data()](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      for (int64_t r = 0; r < g.out_h; ++r) {
        T* y_row = y + p * g.out_size() + r * g.out_w;
        std::fill(y_row, y_row + g.out_w, T(0));
        for_each_tap(g, r, [=, &g](int64_t row, int64_t c0, int64_t c1, int64_t shift) {
          const T* from = x + p * g.in_size() + row * g.in_w + shift;
          for (int64_t c = c0; c < c1; ++c) {
            y_row[c] += from[c * g.stride_w];
          }
        });
        for (int64_t c = 0; c < g.out_w; ++c) {
          y_row[c] /= size[r * g.out_w + c];
        }
      }
    }
  });
}

template <class T>
void avg_pool2d_backward_cpu(const Pool2dGeometry& g, bool count_include_pad, const T* dy, T* dx) {
  const Workspace<T> sizes(g.out_size());
  fill_window_sizes(g, count_include_pad, sizes.data());
  parallel_for(g.planes, g.grain(), [=, &g, size = sizes.data()](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      T* plane = dx + p * g.in_size();
      std::fill(plane, plane + g.in_size(), T(0));
      for (int64_t r = 0; r < g.out_h; ++r) {
        const T* dy_row = dy + p * g.out_size() + r * g.out_w;
        const T* size_row = size + r * g.out_w;
        for_each_tap(g, r, [=, &g](int64_t row, int64_t c0, int64_t c1, int64_t shift) {
          T* to = plane + row * g.in_w + shift;
          for (int64_t c = c0; c < c1; ++c) {
            to[c * g.stride_w] += dy_row[c] / size_row[c];
          }
        });
      }
    }
  });
}

template void avg_pool2d_forward_cpu(const Pool2dGeometry&, bool, const float*, float*);
template void avg_pool2d_forward_cpu(const Pool2dGeometry&, bool, const double*, double*);
template void avg_pool2d_backward_cpu(const Pool2dGeometry&, bool, const float*, float*);
template void avg_pool2d_backward_cpu(const Pool2dGeometry&, bool, const double*, double*);

}  // namespace helder::kernels
