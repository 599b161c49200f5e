#include "examples/common/attack_pictures.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "data/image_transforms.h"
#include "data/resize.h"
#include "tensor/factories.h"

namespace helder {

Tensor round_to_pixels(const Tensor& changed, const Tensor& original, double epsilon, double enlarged) {
  const double most = std::floor(epsilon * 255 + 1e-6);  // whole steps
  const Tensor before = original.to(DType::Float32);
  const Tensor steps = clamp(round((changed * 255 - before) * enlarged), -most, most);
  return clamp(before + steps, 0, 255).to(DType::UInt8);
}

double magnification(const Tensor& changed, const Tensor& original) {
  const double largest = amax(abs(changed.to(DType::Float32) - original.to(DType::Float32))).item();
  return largest > 0 ? 127 / largest : 1;
}

Tensor magnified_difference(const Tensor& changed, const Tensor& original, double times) {
  const Tensor difference = changed.to(DType::Float32) - original.to(DType::Float32);
  return clamp(round(difference * times + 127.5), 0, 255).to(DType::UInt8);
}

namespace {

constexpr int64_t kBar = 6, kGap = 4;

/// The image, the bar and the difference, one under another.
Tensor draw_column(const Frame& frame, const Tensor& original, double times, int64_t side) {
  const int64_t height = 2 * side + kBar + 2 * kGap;
  const Tensor column = full({3, height, side}, 255, DType::UInt8);
  crop(column, 0, 0, side, side).copy_(resize(frame.image, side, side));
  const auto bar = static_cast<int64_t>(std::lround(frame.probability * static_cast<double>(side)));
  crop(column, side + kGap, 0, kBar, side).fill_(225);
  crop(column, side + kGap, 0, kBar, bar).copy_(tensor<int64_t>({200, 60, 30}).reshape({3, 1, 1}));
  crop(column, height - side, 0, side, side)
      .copy_(resize(magnified_difference(frame.image, original, times), side, side));
  return column;
}

}  // namespace

std::vector<Tensor> draw_columns(const std::vector<Frame>& frames, const Tensor& original, size_t most,
                                 int64_t side) {
  const size_t shown = std::min(frames.size(), most);
  const double times = magnification(frames.back().image, original);
  std::vector<Tensor> columns;
  for (size_t i = 0; i < shown; ++i) {
    const size_t last = frames.size() - 1;
    columns.push_back(draw_column(frames[shown == 1 ? last : i * last / (shown - 1)], original, times, side));
  }
  return columns;
}

Tensor draw_strip(const std::vector<Tensor>& columns) {
  const int64_t height = columns.front().size(1), side = columns.front().size(2);
  const auto count = static_cast<int64_t>(columns.size());
  const Tensor strip = full({3, height, count * side + (count - 1) * kGap}, 255, DType::UInt8);
  for (int64_t i = 0; i < count; ++i) {
    crop(strip, 0, i * (side + kGap), height, side).copy_(columns[static_cast<size_t>(i)]);
  }
  return strip;
}

}  // namespace helder
