#include "kernels/resample/resample.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/workspace.h"

namespace helder::kernels {
namespace {

// A copy on the GPU of a list of numbers.
template <class T>
struct Uploaded : CudaWorkspace<T> {
  explicit Uploaded(std::span<const T> numbers) : CudaWorkspace<T>(static_cast<int64_t>(numbers.size())) {
    cuda::copy_from_cpu(this->data(), numbers.data(), numbers.size_bytes());
  }
};

// A ResampleAxis as kernels take it.
template <class T>
struct Axis {
  int64_t in, out, taps;
  const int32_t* first;
  const T* weights;
};

template <class T>
struct UploadedAxis {
  int64_t in, out, taps;
  Uploaded<int32_t> first;
  Uploaded<T> weights;

  explicit UploadedAxis(const ResampleAxis<T>& axis)
      : in(axis.in), out(axis.out), taps(axis.taps), first(axis.first), weights(axis.weights) {}
  Axis<T> view() const { return {in, out, taps, first.data(), weights.data()}; }
};

// y[p,r,c] = sum over s, t of  R[s,r] C[t,c] x[p, rows.first[r] + s, columns.first[c] + t],  R and C the
// weights. A thread an output.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    resample(int64_t planes, Axis<T> rows, Axis<T> columns, const T* x, T* y) {
  for (int64_t o = grid_thread(); o < planes * rows.out * columns.out; o += grid_threads()) {
    const int64_t r = o / columns.out % rows.out, c = o % columns.out;
    const T* corner =
        x + (o / columns.out / rows.out * rows.in + rows.first[r]) * columns.in + columns.first[c];
    T sum = 0;
    for (int64_t s = 0; s < rows.taps; ++s) {
      const T weight = rows.weights[s * rows.out + r];
      T row = 0;
      for (int64_t t = 0; t < columns.taps; ++t) {
        row += columns.weights[t * columns.out + c] * corner[s * columns.in + t];
      }
      // As on the CPU: what is beyond an axis has the weight 0, and must not spread its NaN.
      sum += s == 0 || weight != T(0) ? weight * row : T(0);
    }
    y[o] = sum;
  }
}

// y[p,r,c] = x[p, rows[r], columns[c]].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    pick_pixels(int64_t planes, int64_t in_h, int64_t in_w, int64_t out_h, int64_t out_w, const int32_t* rows,
                const int32_t* columns, const T* x, T* y) {
  for (int64_t o = grid_thread(); o < planes * out_h * out_w; o += grid_threads()) {
    y[o] = x[(o / out_w / out_h * in_h + rows[o / out_w % out_h]) * in_w + columns[o % out_w]];
  }
}

}  // namespace

template <class T>
void resample_cuda(int64_t planes, const ResampleAxis<T>& rows, const ResampleAxis<T>& columns, const T* x,
                   T* y) {
  const UploadedAxis<T> r(rows), c(columns);
  launch<resample<T>>(grid_for(planes * rows.out * columns.out), planes, r.view(), c.view(), x, y);
}

template <class T>
void pick_pixels_cuda(int64_t planes, int64_t in_h, int64_t in_w, std::span<const int32_t> rows,
                      std::span<const int32_t> columns, const T* x, T* y) {
  const int64_t out_h = static_cast<int64_t>(rows.size()), out_w = static_cast<int64_t>(columns.size());
  const Uploaded<int32_t> r(rows), c(columns);
  launch<pick_pixels<T>>(grid_for(planes * out_h * out_w), planes, in_h, in_w, out_h, out_w, r.data(),
                         c.data(), x, y);
}

template void resample_cuda(int64_t, const ResampleAxis<float>&, const ResampleAxis<float>&, const float*,
                            float*);
template void resample_cuda(int64_t, const ResampleAxis<double>&, const ResampleAxis<double>&, const double*,
                            double*);
template void pick_pixels_cuda(int64_t, int64_t, int64_t, std::span<const int32_t>, std::span<const int32_t>,
                               const uint8_t*, uint8_t*);
template void pick_pixels_cuda(int64_t, int64_t, int64_t, std::span<const int32_t>, std::span<const int32_t>,
                               const float*, float*);
template void pick_pixels_cuda(int64_t, int64_t, int64_t, std::span<const int32_t>, std::span<const int32_t>,
                               const double*, double*);

}  // namespace helder::kernels
