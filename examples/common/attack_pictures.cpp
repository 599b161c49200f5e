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

Tensor draw_strip(const std::vector<Frame>& frames, const Tensor& original, size_t most, int64_t side) {
  constexpr int64_t kBar = 6, kGap = 4;
  const size_t shown = std::min(frames.size(), most);
  const double times = magnification(frames.back().image, original);
  const auto columns = static_cast<int64_t>(shown);
  const int64_t width = columns * side + (columns - 1) * kGap, height = 2 * side + kBar + 2 * kGap;
  const Tensor strip = full({3, height, width}, 255, DType::UInt8);
  for (int64_t i = 0; i < columns; ++i) {
    const size_t last = frames.size() - 1;
    const Frame& frame = frames[shown == 1 ? last : static_cast<size_t>(i) * last / (shown - 1)];
    const int64_t left = i * (side + kGap);
    crop(strip, 0, left, side, side).copy_(resize(frame.image, side, side));
    const auto bar = static_cast<int64_t>(std::lround(frame.probability * static_cast<double>(side)));
    crop(strip, side + kGap, left, kBar, side).fill_(225);
    crop(strip, side + kGap, left, kBar, bar).copy_(tensor<int64_t>({200, 60, 30}).reshape({3, 1, 1}));
    crop(strip, height - side, left, side, side)
        .copy_(resize(magnified_difference(frame.image, original, times), side, side));
  }
  return strip;
}

}  // namespace helder
