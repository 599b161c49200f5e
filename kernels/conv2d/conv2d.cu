#include "kernels/conv2d/conv2d.h"

#include "kernels/conv2d/depthwise/depthwise.h"
#include "kernels/conv2d/implicit/tile_product.cuh"
#include "kernels/conv2d/plane.h"
#include "kernels/cuda/block_reduce.cuh"
#include "kernels/cuda/workspace.h"
#include "kernels/reduce/reduce.h"

namespace helder::kernels {
namespace {

// db[o] = sum over n, i, j of dy[n,o,i,j]. A block a channel, `lanes` of its threads an image.
template <class T>
__global__ void __launch_bounds__(256)
    bias_gradient(int64_t images, int64_t channels, int64_t pixels, unsigned lanes, const T* dy, T* db) {
  const int64_t channel = blockIdx.x;
  double total = 0;
  for (int64_t n = threadIdx.x / lanes; n < images; n += blockDim.x / lanes) {
    const T* image = dy + (n * channels + channel) * pixels;
    T sum = 0;
    for (int64_t i = threadIdx.x % lanes; i < pixels; i += lanes) {
      sum += image[i];
    }
    total += static_cast<double>(sum);
  }
  total = block_sum(total);
  if (threadIdx.x == 0) {
    db[channel] = static_cast<T>(total);
  }
}

// Parts of the depth of a weight's gradient: enough of them for a GPU, and none so long that float forgets.
template <class T, class Tile>
int64_t part_of(const implicit::BackwardWeight<T>& pass) {
  constexpr int64_t kBlocks = 1024, kShortest = 512, kLongest = 8192;
  const int64_t parts = std::max<int64_t>(1, kBlocks / implicit::tile_count<T, Tile>(pass));
  const int64_t even = (pass.depth() + parts - 1) / parts;
  const int64_t whole_slices = (even + Tile::kSlice - 1) / Tile::kSlice * Tile::kSlice;
  return std::clamp(whole_slices, kShortest, kLongest);
}

}  // namespace

template <class T>
void conv2d_forward_cuda(const Conv2dGeometry& g, const T* x, const T* w,
                         const std::type_identity_t<Epilogue<T>>& end, T* y) {
  if (g.N * g.O * g.OH() * g.OW() == 0) {
    return;
  }
  if (depthwise::applies_cuda(g)) {
    return depthwise::forward_cuda(g, x, w, end, y);
  }
  const implicit::Forward<T> pass = {g, input_plane(g), output_plane(g), x, w, end, y};
  implicit::with_tile<T>(
      pass, [&]<class Tile>() { implicit::launch_tiles<T, Tile>(pass, std::max<int64_t>(1, pass.depth())); });
}

template <class T>
void conv2d_backward_input_cuda(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b) {
  if (g.N * g.C * g.H * g.W == 0) {
    return;
  }
  if (depthwise::applies_cuda(g)) {
    return depthwise::backward_input_cuda(g, w, dy, dx, b);
  }
  const implicit::BackwardInput<T> pass = {g, input_plane(g), output_plane(g), w, dy, b, dx};
  implicit::with_tile<T>(
      pass, [&]<class Tile>() { implicit::launch_tiles<T, Tile>(pass, std::max<int64_t>(1, pass.depth())); });
}

// Each part of the depth gives a gradient of its own; they are then added in order.
template <class T>
void conv2d_backward_weight_cuda(const Conv2dGeometry& g, const T* x, const T* dy, T* dw) {
  const int64_t size = g.O * g.group_inputs() * g.taps();
  if (size == 0) {
    return;
  }
  if (depthwise::applies_cuda(g)) {
    return depthwise::backward_weight_cuda(g, x, dy, dw);
  }
  const implicit::BackwardWeight<T> whole = {g, input_plane(g), output_plane(g), x, dy, dw};
  implicit::with_tile<T>(whole, [&]<class Tile>() {
    const int64_t part = part_of<T, Tile>(whole);
    const int64_t parts = blocks_for(whole.depth(), part);
    if (parts == 1) {
      return implicit::launch_tiles<T, Tile>(whole, part);
    }
    const CudaWorkspace<T> partial(parts * size);
    const implicit::BackwardWeight<T> pass = {g, input_plane(g), output_plane(g), x, dy, partial.data()};
    implicit::launch_tiles<T, Tile>(pass, part);
    sum_cuda({.outer = 1, .n = parts, .inner = size}, partial.data(), dw);
  });
}

template <class T>
void conv2d_backward_bias_cuda(const Conv2dGeometry& g, const T* dy, T* db) {
  if (g.O > 0) {
    const int64_t pixels = g.OH() * g.OW();
    launch<bias_gradient<T>>({.grid = static_cast<unsigned>(g.O), .block = 256}, g.N, g.O, pixels,
                             lanes_of_picture(pixels), dy, db);
  }
}

template void conv2d_forward_cuda(const Conv2dGeometry&, const float*, const float*, const Epilogue<float>&,
                                  float*);
template void conv2d_forward_cuda(const Conv2dGeometry&, const double*, const double*,
                                  const Epilogue<double>&, double*);
template void conv2d_backward_input_cuda(const Conv2dGeometry&, const float*, const float*, float*,
                                         const float*);
template void conv2d_backward_input_cuda(const Conv2dGeometry&, const double*, const double*, double*,
                                         const double*);
template void conv2d_backward_weight_cuda(const Conv2dGeometry&, const float*, const float*, float*);
template void conv2d_backward_weight_cuda(const Conv2dGeometry&, const double*, const double*, double*);
template void conv2d_backward_bias_cuda(const Conv2dGeometry&, const float*, float*);
template void conv2d_backward_bias_cuda(const Conv2dGeometry&, const double*, double*);

}  // namespace helder::kernels
