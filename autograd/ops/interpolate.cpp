#include "autograd/ops/interpolate.h"

#include <cmath>

#include "autograd/node.h"
#include "autograd/ops/adaptive_avg_pool2d.h"
#include "autograd/ops/window_limits.h"
#include "kernels/resample/resample.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// What says how rows and columns are resampled; the weights follow from it.
struct Resampling {
  kernels::Filter filter = kernels::Filter::Nearest;
  bool antialias = false;
  kernels::AxisMap h, w;

  bool picks_pixels() const {
    return filter == kernels::Filter::Nearest || filter == kernels::Filter::NearestExact;
  }
  template <class T>
  kernels::ResampleAxis<T> rows() const {
    return kernels::interpolation_axis<T>(filter, h, antialias);
  }
  template <class T>
  kernels::ResampleAxis<T> columns() const {
    return kernels::interpolation_axis<T>(filter, w, antialias);
  }
};

// y = R x C^T, with a sparse matrix for the rows and one for the columns.  dx = R^T dy C.
struct InterpolateNode final : Node {
  InterpolateNode() : Node("interpolate") {}
  Resampling resampling;

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      const auto rows = resampling.rows<T>().transposed(), columns = resampling.columns<T>().transposed();
      if (dy.is_cpu()) {
        kernels::resample_cpu(dx.size(0) * dx.size(1), rows, columns, dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::resample_cuda(dx.size(0) * dx.size(1), rows, columns, dy.cuda_data<T>(), dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

kernels::Filter filter_named(const std::string& mode) {
  if (mode == "nearest") {
    return kernels::Filter::Nearest;
  }
  if (mode == "nearest-exact") {
    return kernels::Filter::NearestExact;
  }
  if (mode == "bilinear") {
    return kernels::Filter::Linear;
  }
  check(mode == "bicubic",
        "interpolate: mode must be nearest, nearest-exact, bilinear, bicubic or area, got '{}'", mode);
  return kernels::Filter::Cubic;
}

Pair output_size(const Tensor& x, const InterpolateOptions& o) {
  check(x.rank() == 4 && x.size(1) > 0 && x.size(2) > 0 && x.size(3) > 0,
        "interpolate: expected an input [N,C,H,W] of which only the batch may be empty, got {}", x.shape());
  check(o.size.has_value() != o.scale_factor.has_value(),
        "interpolate: give either size or scale_factor, not {}", o.size ? "both" : "neither");
  if (o.size) {
    check(o.size->h > 0 && o.size->w > 0, "interpolate: the size must be at least 1x1, got {}x{}", o.size->h,
          o.size->w);
    check_window_limits("interpolate", {{"input", {x.size(2), x.size(3)}}, {"size", *o.size}});
    return *o.size;
  }
  const ScaleFactor scale = *o.scale_factor;
  check(std::isfinite(scale.h) && std::isfinite(scale.w) && scale.h > 0 && scale.w > 0,
        "interpolate: scale_factor must be positive, got {}x{}", scale.h, scale.w);
  const double h = std::floor(static_cast<double>(x.size(2)) * scale.h);
  const double w = std::floor(static_cast<double>(x.size(3)) * scale.w);
  check(h < 0x1p29 && w < 0x1p29, "interpolate: scale_factor {}x{} makes too many of {}x{} pixels", scale.h,
        scale.w, x.size(2), x.size(3));
  const Pair size = {static_cast<int64_t>(h), static_cast<int64_t>(w)};
  check_window_limits("interpolate", {{"input", {x.size(2), x.size(3)}}});
  check(size.h > 0 && size.w > 0, "interpolate: scale_factor {}x{} leaves nothing of {}x{} pixels", scale.h,
        scale.w, x.size(2), x.size(3));
  return size;
}

Resampling resampling_of(const Tensor& x, Pair size, const InterpolateOptions& o) {
  Resampling r;
  r.filter = filter_named(o.mode);
  r.antialias = o.antialias;
  r.h = {.in = x.size(2), .out = size.h, .align_corners = o.align_corners};
  r.w = {.in = x.size(3), .out = size.w, .align_corners = o.align_corners};
  if (o.scale_factor) {
    r.h.scale = o.scale_factor->h;
    r.w.scale = o.scale_factor->w;
  }
  return r;
}

void pick_pixels(const Tensor& x, const Resampling& resampling, const Tensor& y) {
  const auto pick = [&]<class T, class Place>() {
    const auto rows = resampling.rows<Place>(), columns = resampling.columns<Place>();
    if (x.is_cpu()) {
      kernels::pick_pixels_cpu<T>(x.size(0) * x.size(1), x.size(2), x.size(3), rows.first, columns.first,
                                  x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::pick_pixels_cuda<T>(x.size(0) * x.size(1), x.size(2), x.size(3), rows.first, columns.first,
                                   x.cuda_data<T>(), y.cuda_data<T>());
    }
  };
  if (x.dtype() == DType::UInt8) {
    pick.operator()<uint8_t, float>();
  } else {
    visit_floating(x.dtype(), "interpolate", [&]<class T>() { pick.template operator()<T, T>(); });
  }
}

}  // namespace

Tensor interpolate(const Tensor& input, const InterpolateOptions& options) {
  const Pair size = output_size(input, options);
  const bool smooth = options.mode == "bilinear" || options.mode == "bicubic";
  check(smooth || !options.align_corners, "interpolate: align_corners is for bilinear and bicubic, not {}",
        options.mode);
  check(smooth || !options.antialias, "interpolate: antialias is for bilinear and bicubic, not {}",
        options.mode);
  if (options.mode == "area") {
    return adaptive_avg_pool2d(input, {size.h, size.w});
  }
  const Resampling resampling = resampling_of(input, size, options);
  const Tensor x = contiguous_copy(input);
  Tensor y = empty({x.size(0), x.size(1), size.h, size.w}, x.dtype(), x.device());
  if (resampling.picks_pixels()) {
    pick_pixels(x, resampling, y);
  } else {
    visit_floating(x.dtype(), "interpolate", [&]<class T>() {
      const auto rows = resampling.rows<T>(), columns = resampling.columns<T>();
      if (x.is_cpu()) {
        kernels::resample_cpu(x.size(0) * x.size(1), rows, columns, x.data<T>(), y.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::resample_cuda(x.size(0) * x.size(1), rows, columns, x.cuda_data<T>(), y.cuda_data<T>());
      }
    });
  }
  if (auto* node = record<InterpolateNode>(y, input)) {
    node->resampling = resampling;
  }
  return y;
}

}  // namespace helder
