#include "autograd/ops/pool2d_geometry.h"

#include "autograd/ops/window_limits.h"

namespace helder {
namespace {

// "2", or "2x1" where height and width differ.
std::string words_of(Pair pair) {
  return pair.h == pair.w ? std::to_string(pair.h) : fmt::format("{}x{}", pair.h, pair.w);
}

int64_t window_count(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation,
                     bool ceil_mode) {
  // What is left of the input behind the first window, and with ceil_mode almost a stride more.
  const int64_t room = in + 2 * padding - dilation * (kernel - 1) - 1 + (ceil_mode ? stride - 1 : 0);
  if (room < 0) {
    return 0;
  }
  const int64_t count = room / stride + 1;
  return ceil_mode && (count - 1) * stride >= in + padding ? count - 1 : count;
}

// Whether each window has a tap within the input. Only widely dilated ones can step over a small input.
bool windows_see_input(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding,
                       int64_t dilation) {
  for (int64_t o = 0; o < out; ++o) {
    const int64_t start = o * stride - padding;
    const int64_t first_tap =
        start >= 0 ? 0 : (-start + dilation - 1) / dilation;  // the first not left of the input
    if (first_tap >= kernel || start + first_tap * dilation >= in) {
      return false;
    }
  }
  return true;
}

}  // namespace

kernels::Pool2dGeometry pool2d_geometry(const char* operation, const Tensor& x, Pair kernel, Pair stride,
                                        Pair padding, Pair dilation, bool ceil_mode) {
  check(x.rank() == 3 || x.rank() == 4, "{}: expected an input [C,H,W] or [N,C,H,W], got {}", operation,
        x.shape());
  for (int d = x.rank() - 3; d < x.rank(); ++d) {
    check(x.shape()[d] > 0, "{}: only the batch may be empty, got an input of shape {}", operation,
          x.shape());
  }
  check(kernel.h > 0 && kernel.w > 0, "{}: the kernel must be at least 1x1, got {}x{}", operation, kernel.h,
        kernel.w);
  check(stride.h > 0 && stride.w > 0, "{}: the stride must be at least 1, got {}", operation,
        words_of(stride));
  check(dilation.h > 0 && dilation.w > 0, "{}: the dilation must be at least 1, got {}", operation,
        words_of(dilation));
  check_window_limits(operation, {{"input", {x.size(-2), x.size(-1)}},
                                  {"kernel", kernel},
                                  {"stride", stride},
                                  {"padding", padding},
                                  {"dilation", dilation}});
  check(padding.h >= 0 && padding.w >= 0 && 2 * padding.h <= kernel.h && 2 * padding.w <= kernel.w,
        "{}: the padding must be between 0 and half of the kernel, got padding {} for kernel {}x{}",
        operation, words_of(padding), kernel.h, kernel.w);

  kernels::Pool2dGeometry g;
  g.in_h = x.size(-2);
  g.in_w = x.size(-1);
  g.planes = x.rank() == 4 ? x.size(0) * x.size(1) : x.size(0);
  g.kernel_h = kernel.h;
  g.kernel_w = kernel.w;
  g.stride_h = stride.h;
  g.stride_w = stride.w;
  g.pad_h = padding.h;
  g.pad_w = padding.w;
  g.dilation_h = dilation.h;
  g.dilation_w = dilation.w;
  g.out_h = window_count(g.in_h, kernel.h, stride.h, padding.h, dilation.h, ceil_mode);
  g.out_w = window_count(g.in_w, kernel.w, stride.w, padding.w, dilation.w, ceil_mode);
  check(g.out_h > 0 && g.out_w > 0,
        "{}: kernel {}x{} does not fit in the padded input {}x{} (input {}, padding {}{})", operation,
        kernel.h, kernel.w, g.in_h + 2 * padding.h, g.in_w + 2 * padding.w, x.shape(), words_of(padding),
        dilation == Pair(1) ? "" : ", dilation " + words_of(dilation));
  check(windows_see_input(g.in_h, g.out_h, kernel.h, stride.h, padding.h, dilation.h) &&
            windows_see_input(g.in_w, g.out_w, kernel.w, stride.w, padding.w, dilation.w),
        "{}: a window has nothing but padding (input {}, kernel {}x{}, padding {}, dilation {})", operation,
        x.shape(), kernel.h, kernel.w, words_of(padding), words_of(dilation));
  return g;
}

Shape pool2d_shape(const Tensor& x, const kernels::Pool2dGeometry& geometry) {
  Shape shape = x.shape();
  shape[x.rank() - 2] = geometry.out_h;
  shape[x.rank() - 1] = geometry.out_w;
  return shape;
}

Attributes pool2d_attributes(const kernels::Pool2dGeometry& g) {
  return {{"kernel_size", Shape{g.kernel_h, g.kernel_w}},
          {"stride", Shape{g.stride_h, g.stride_w}},
          {"padding", Shape{g.pad_h, g.pad_w}},
          {"dilation", Shape{g.dilation_h, g.dilation_w}}};
}

}  // namespace helder
