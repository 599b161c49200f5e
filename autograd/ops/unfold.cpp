#include "autograd/ops/unfold.h"

#include "autograd/node.h"
#include "autograd/ops/window_limits.h"
#include "kernels/unfold/unfold.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {
namespace {

std::string words_of(Pair pair) { return fmt::format("{}x{}", pair.h, pair.w); }

int64_t window_count(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  const int64_t room = in + 2 * padding - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

// Of planes of `size`; how many there are is left to the caller.
kernels::Pool2dGeometry geometry_of(const char* operation, Pair size, Pair kernel,
                                    const UnfoldOptions& options) {
  const auto& [dilation, padding, stride] = options;
  check(kernel.h > 0 && kernel.w > 0, "{}: the kernel must be at least 1x1, got {}", operation,
        words_of(kernel));
  check(dilation.h > 0 && dilation.w > 0, "{}: the dilation must be at least 1, got {}", operation,
        words_of(dilation));
  check(stride.h > 0 && stride.w > 0, "{}: the stride must be at least 1, got {}", operation,
        words_of(stride));
  check(padding.h >= 0 && padding.w >= 0, "{}: the padding must not be negative, got {}", operation,
        words_of(padding));
  check_window_limits(operation, {{"picture", size},
                                  {"kernel", kernel},
                                  {"stride", stride},
                                  {"padding", padding},
                                  {"dilation", dilation}});
  kernels::Pool2dGeometry g;
  g.in_h = size.h;
  g.in_w = size.w;
  g.kernel_h = kernel.h;
  g.kernel_w = kernel.w;
  g.stride_h = stride.h;
  g.stride_w = stride.w;
  g.pad_h = padding.h;
  g.pad_w = padding.w;
  g.dilation_h = dilation.h;
  g.dilation_w = dilation.w;
  g.out_h = window_count(size.h, kernel.h, stride.h, padding.h, dilation.h);
  g.out_w = window_count(size.w, kernel.w, stride.w, padding.w, dilation.w);
  check(g.out_h > 0 && g.out_w > 0, "{}: kernel {} with dilation {} does not fit in the padded picture {}",
        operation, words_of(kernel), words_of(dilation),
        words_of({size.h + 2 * padding.h, size.w + 2 * padding.w}));
  return g;
}

Tensor to_columns(const kernels::Pool2dGeometry& g, const Tensor& given, const Shape& shape) {
  const Tensor x = contiguous_copy(given.detach());
  Tensor columns = empty(shape, x.dtype(), x.device());
  visit_floating(x.dtype(), "unfold", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::unfold_cpu(g, x.data<T>(), columns.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::unfold_cuda(g, x.cuda_data<T>(), columns.cuda_data<T>());
    }
  });
  return columns;
}

Tensor to_planes(const kernels::Pool2dGeometry& g, const Tensor& given, const Shape& shape) {
  const Tensor columns = contiguous_copy(given.detach());
  Tensor x = empty(shape, columns.dtype(), columns.device());
  visit_floating(x.dtype(), "fold", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::fold_cpu(g, columns.data<T>(), x.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::fold_cuda(g, columns.cuda_data<T>(), x.cuda_data<T>());
    }
  });
  return x;
}

// Each element of x stands in several columns: its gradient is their sum.
struct UnfoldNode final : Node {
  UnfoldNode() : Node("unfold") {}
  kernels::Pool2dGeometry geometry;

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {to_planes(geometry, dy, input_shape(0))};
  }
};

// And the other way round.
struct FoldNode final : Node {
  FoldNode() : Node("fold") {}
  kernels::Pool2dGeometry geometry;

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {to_columns(geometry, dy, input_shape(0))};
  }
};

}  // namespace

Tensor unfold(const Tensor& x, Pair kernel_size, const UnfoldOptions& options) {
  check(x.rank() == 3 || x.rank() == 4, "unfold: expected an input [C,H,W] or [N,C,H,W], got {}", x.shape());
  auto g = geometry_of("unfold", {x.size(-2), x.size(-1)}, kernel_size, options);
  g.planes = x.rank() == 4 ? x.size(0) * x.size(1) : x.size(0);
  check_sizes("unfold", {x.size(-3), g.kernel_h, g.kernel_w, g.out_h, g.out_w});
  Shape shape = {x.size(-3) * g.taps(), g.out_size()};
  if (x.rank() == 4) {
    shape.insert(0, x.size(0));
  }
  Tensor y = to_columns(g, x, shape);
  if (auto* node = record<UnfoldNode>(y, x)) {
    node->geometry = g;
  }
  return y;
}

Tensor fold(const Tensor& columns, Pair output_size, Pair kernel_size, const UnfoldOptions& options) {
  check(columns.rank() == 2 || columns.rank() == 3,
        "fold: expected an input [C*KH*KW,L] or [N,C*KH*KW,L], got {}", columns.shape());
  auto g = geometry_of("fold", output_size, kernel_size, options);
  const int64_t rows = columns.size(-2);
  check(rows % g.taps() == 0, "fold: {} rows are not a multiple of the {} taps of kernel {} (input {})", rows,
        g.taps(), words_of(kernel_size), columns.shape());
  check(columns.size(-1) == g.out_size(),
        "fold: a picture {} has {}x{} = {} windows, but the input has {} columns (input {})",
        words_of(output_size), g.out_h, g.out_w, g.out_size(), columns.size(-1), columns.shape());
  const int64_t channels = rows / g.taps();
  Shape shape = {channels, g.in_h, g.in_w};
  g.planes = channels;
  if (columns.rank() == 3) {
    shape.insert(0, columns.size(0));
    g.planes *= columns.size(0);
  }
  Tensor y = to_planes(g, columns, shape);
  if (auto* node = record<FoldNode>(y, columns)) {
    node->geometry = g;
  }
  return y;
}

}  // namespace helder
