#include "kernels/resample/resample.h"

#include "kernels/resample/mix.h"
#include "tensor/parallel.h"
#include "tensor/workspace.h"

namespace helder::kernels {

// Each row of outputs by itself: its input rows are mixed into one, whose columns are then mixed.
template <class T>
void resample_cpu(int64_t planes, const ResampleAxis<T>& rows, const ResampleAxis<T>& columns, const T* x,
                  T* y) {
  const int64_t width = columns.in, work = width * rows.taps + columns.out * columns.taps;
  parallel_for(planes * rows.out, std::max<int64_t>(1, kElementGrain / work),
               [=, &rows, &columns](int64_t begin, int64_t end) {
                 const Workspace<T> row(width);
                 for (int64_t i = begin; i < end; ++i) {
                   mix_rows(rows, i % rows.out, x + i / rows.out * rows.in * width, width, 0, width,
                            row.data());
                   mix_columns(columns, row.data(), y + i * columns.out);
                 }
               });
}

template <class T>
void pick_pixels_cpu(int64_t planes, int64_t in_h, int64_t in_w, std::span<const int32_t> rows,
                     std::span<const int32_t> columns, const T* x, T* y) {
  const int64_t out_h = static_cast<int64_t>(rows.size()), out_w = static_cast<int64_t>(columns.size());
  parallel_for(planes * out_h, std::max<int64_t>(1, kElementGrain / out_w), [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t r = i % out_h;
      const int32_t* column = columns.data();
      T* out = y + i * out_w;
      if (i > begin && r > 0 && rows[static_cast<size_t>(r)] == rows[static_cast<size_t>(r - 1)]) {
        std::copy_n(out - out_w, out_w, out);
        continue;
      }
      const T* in = x + (i / out_h * in_h + rows[static_cast<size_t>(r)]) * in_w;
      for (int64_t c = 0; c < out_w; ++c) {
        out[c] = in[column[c]];
      }
    }
  });
}

template void resample_cpu(int64_t, const ResampleAxis<float>&, const ResampleAxis<float>&, const float*,
                           float*);
template void resample_cpu(int64_t, const ResampleAxis<double>&, const ResampleAxis<double>&, const double*,
                           double*);
template void pick_pixels_cpu(int64_t, int64_t, int64_t, std::span<const int32_t>, std::span<const int32_t>,
                              const uint8_t*, uint8_t*);
template void pick_pixels_cpu(int64_t, int64_t, int64_t, std::span<const int32_t>, std::span<const int32_t>,
                              const float*, float*);
template void pick_pixels_cpu(int64_t, int64_t, int64_t, std::span<const int32_t>, std::span<const int32_t>,
                              const double*, double*);

}  // namespace helder::kernels
