#include "kernels/roi_align/roi_align.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/zero.h"
#include "kernels/roi_align/samples.h"

// Without the CPU's matrices: a thread goes through the samples of one bin of one channel.
namespace helder::kernels {
namespace {

// Calls body(i, j, weight) for the pixels of the samples of bin (r, c), whose weights are those of y's mean.
template <class T, class Body>
__device__ void for_each_pixel(const RoiAlignGeometry& g, const T* box, int64_t r, int64_t c,
                               const Body& body) {
  const Bins<T> rows(box[2], box[4], g.out_h, g), columns(box[1], box[3], g.out_w, g);
  for (int64_t s = 0; s < rows.samples; ++s) {
    for_each_tap(rows.sample(r, s), g.H, [&](int64_t i, T row_weight) {
      row_weight /= static_cast<T>(rows.samples);
      for (int64_t t = 0; t < columns.samples; ++t) {
        for_each_tap(columns.sample(c, t), g.W, [&](int64_t j, T weight) {
          body(i, j, row_weight * (weight / static_cast<T>(columns.samples)));
        });
      }
    });
  }
}

// y[k,c,.,.] = the means over the samples of the bins of box k.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    roi_align_forward(RoiAlignGeometry g, const T* x, const T* boxes, T* y) {
  for (int64_t o = grid_thread(); o < g.K * g.C * g.out_size(); o += grid_threads()) {
    const int64_t k = o / g.out_size() / g.C, channel = o / g.out_size() % g.C;
    const T* box = boxes + 5 * k;
    const T* plane = x + (static_cast<int64_t>(box[0]) * g.C + channel) * g.in_size();
    T sum = 0;
    for_each_pixel(g, box, o / g.out_w % g.out_h, o % g.out_w,
                   [&](int64_t i, int64_t j, T weight) { sum += weight * plane[i * g.W + j]; });
    y[o] = sum;
  }
}

// dx[n,c,i,j] += the weight of (i, j) in each bin times dy[k,c,.,.]. Boxes overlap: the order of the sums is
// left to the threads.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    roi_align_backward(RoiAlignGeometry g, const T* boxes, const T* dy, T* dx) {
  for (int64_t o = grid_thread(); o < g.K * g.C * g.out_size(); o += grid_threads()) {
    const int64_t k = o / g.out_size() / g.C, channel = o / g.out_size() % g.C;
    const T* box = boxes + 5 * k;
    T* plane = dx + (static_cast<int64_t>(box[0]) * g.C + channel) * g.in_size();
    const T d = dy[o];
    for_each_pixel(g, box, o / g.out_w % g.out_h, o % g.out_w,
                   [&](int64_t i, int64_t j, T weight) { atomicAdd(&plane[i * g.W + j], weight * d); });
  }
}

}  // namespace

template <class T>
void roi_align_forward_cuda(const RoiAlignGeometry& g, const T* x, const T* boxes, T* y) {
  launch<roi_align_forward<T>>(grid_for(g.K * g.C * g.out_size()), g, x, boxes, y);
}

template <class T>
void roi_align_backward_cuda(const RoiAlignGeometry& g, const T* boxes, const T* dy, T* dx) {
  zero_cuda(g.N * g.C * g.in_size(), dx);
  launch<roi_align_backward<T>>(grid_for(g.K * g.C * g.out_size()), g, boxes, dy, dx);
}

template void roi_align_forward_cuda(const RoiAlignGeometry&, const float*, const float*, float*);
template void roi_align_forward_cuda(const RoiAlignGeometry&, const double*, const double*, double*);
template void roi_align_backward_cuda(const RoiAlignGeometry&, const float*, const float*, float*);
template void roi_align_backward_cuda(const RoiAlignGeometry&, const double*, const double*, double*);

}  // namespace helder::kernels
