#include "autograd/ops/roi_align.h"

#include <cmath>

#include "autograd/node.h"
#include "autograd/ops/cat.h"
#include "kernels/roi_align/roi_align.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y[k] = R x[n] S^T, with sparse matrices R and S for the rows and columns of box k.
// dx[n] = the sum of R^T dy[k] S over the boxes of image n.
struct RoiAlignNode final : Node {
  RoiAlignNode() : Node("roi_align") {}
  kernels::RoiAlignGeometry geometry{};
  Saved boxes{*this, "boxes"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), dy, boxes.get())) {
        kernels::roi_align_backward_cpu(geometry, boxes.get().data<T>(), dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::roi_align_backward_cuda(geometry, boxes.get().cuda_data<T>(), dy.cuda_data<T>(),
                                         dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

template <class T>
void check_boxes(const Tensor& boxes, int64_t images, double scale) {
  const T* row = boxes.data<T>();
  for (int64_t k = 0; k < boxes.size(0); ++k, row += 5) {
    check(row[0] >= 0 && row[0] < static_cast<T>(images) &&
              row[0] == static_cast<T>(static_cast<int64_t>(row[0])),
          "roi_align: box {} is of image {}, but there are {}", k, row[0], images);
    for (int i = 1; i < 5; ++i) {
      // Also keeps the number of samples in a bin reasonable.
      check(std::abs(row[i]) * static_cast<T>(scale) <= T(1e7),
            "roi_align: box {} is ({}, {}, {}, {}): not within 1e7 of the image", k, row[1], row[2], row[3],
            row[4]);
    }
  }
}

}  // namespace

Tensor roi_align(const Tensor& x0, const Tensor& boxes0, Pair output_size, const RoiAlignOptions& options) {
  check(x0.rank() == 4 && boxes0.rank() == 2 && boxes0.size(1) == 5,
        "roi_align: expected input [N,C,H,W] and boxes [K,5], got {} and {}", x0.shape().str(),
        boxes0.shape().str());
  check(x0.size(2) > 0 && x0.size(3) > 0, "roi_align: the image must have pixels, got an input of shape {}",
        x0.shape().str());
  check(x0.dtype() == boxes0.dtype(), "roi_align: input is {}, boxes {}", name_of(x0.dtype()),
        name_of(boxes0.dtype()));
  check(output_size.h > 0 && output_size.w > 0, "roi_align: the output size must be at least 1x1, got {}x{}",
        output_size.h, output_size.w);
  check(options.spatial_scale > 0, "roi_align: spatial_scale must be positive, got {}",
        options.spatial_scale);
  check(options.sampling_ratio <= 10'000'000, "roi_align: sampling_ratio must be at most 1e7, got {}",
        options.sampling_ratio);
  const kernels::RoiAlignGeometry geometry{.N = x0.size(0),
                                           .C = x0.size(1),
                                           .H = x0.size(2),
                                           .W = x0.size(3),
                                           .K = boxes0.size(0),
                                           .out_h = output_size.h,
                                           .out_w = output_size.w,
                                           .spatial_scale = options.spatial_scale,
                                           .sampling_ratio = options.sampling_ratio,
                                           .aligned = options.aligned};
  const Tensor x = contiguous_copy(x0), boxes = contiguous_copy(boxes0);
  Tensor y = empty({geometry.K, geometry.C, geometry.out_h, geometry.out_w}, x.dtype(), x.device());
  visit_floating(x.dtype(), "roi_align", [&]<class T>() {
    if (on_cpu("roi_align", x, boxes)) {
      check_boxes<T>(boxes, geometry.N, options.spatial_scale);
      kernels::roi_align_forward_cpu(geometry, x.data<T>(), boxes.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      check_boxes<T>(copied_to(boxes, Device::Cpu), geometry.N, options.spatial_scale);
      kernels::roi_align_forward_cuda(geometry, x.cuda_data<T>(), boxes.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<RoiAlignNode>(y, x0)) {
    node->geometry = geometry;
    node->boxes = boxes;
  }
  return y;
}

Tensor roi_align(const Tensor& x, const std::vector<Tensor>& boxes, Pair output_size,
                 const RoiAlignOptions& options) {
  check(x.rank() == 4 && static_cast<int64_t>(boxes.size()) == x.size(0),
        "roi_align: expected a tensor of boxes for each image of the input {}, got {}", x.shape().str(),
        boxes.size());
  std::vector<Tensor> rows = {empty({0, 5}, x.dtype(), x.device())};
  for (size_t n = 0; n < boxes.size(); ++n) {
    const Tensor& list = boxes[n];
    check(list.rank() == 2 && list.size(1) == 4, "roi_align: expected boxes [L,4] for image {}, got {}", n,
          list.shape().str());
    rows.push_back(cat(
        {full({list.size(0), 1}, static_cast<double>(n), list.dtype(), list.device()), list.detach()}, 1));
  }
  return roi_align(x, cat(rows), output_size, options);
}

}  // namespace helder
