#include "data/resize.h"

#include <algorithm>
#include <vector>

#include "data/image.h"
#include "kernels/resample/axis.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

namespace helder {
namespace {

constexpr int kPlaces = 22;  // binary, of weights: 32 bits less a byte and 2 for sums beyond 1
constexpr int32_t kHalf = int32_t{1} << (kPlaces - 1);  // rounds

// y[o] = sum over t < taps of  weights[o, t] x[first[o] + t]
struct FixedAxis {
  int64_t taps;
  std::vector<int32_t> first;
  std::vector<int32_t> weights;  // [out, taps]

  FixedAxis(int64_t in, int64_t out, Resample resample) {
    const auto filter = resample == Resample::Bilinear ? kernels::Filter::Linear : kernels::Filter::Cubic;
    const auto axis = kernels::interpolation_axis<double>(filter, {.in = in, .out = out}, /*antialias=*/true);
    taps = axis.taps;
    first = axis.first;
    weights.resize(axis.weights.size());
    for (int64_t o = 0; o < out; ++o) {
      for (int64_t t = 0; t < taps; ++t) {
        const double scaled = axis.weights[static_cast<size_t>(t * out + o)] * (1 << kPlaces);
        weights[static_cast<size_t>(o * taps + t)] = static_cast<int32_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
      }
    }
  }
};

uint8_t to_byte(int32_t sum) { return static_cast<uint8_t>(std::clamp(sum >> kPlaces, 0, 255)); }

// Each row becomes `width` pixels.
Tensor with_width(const Tensor& image, int64_t width, Resample resample) {
  const int64_t channels = image.size(0), height = image.size(1), old_width = image.size(2);
  const FixedAxis axis(old_width, width, resample);
  const Tensor result = empty({channels, height, width}, DType::UInt8);
  const uint8_t* x = image.data<uint8_t>();
  uint8_t* y = result.data<uint8_t>();
  parallel_for(channels * height, std::max<int64_t>(1, kElementGrain / width),
               [&](int64_t begin, int64_t end) {
                 for (int64_t row = begin; row < end; ++row) {
                   const int32_t* weights = axis.weights.data();
                   for (int64_t o = 0; o < width; ++o, weights += axis.taps) {
                     const uint8_t* pixels = x + row * old_width + axis.first[static_cast<size_t>(o)];
                     int32_t sum = kHalf;
                     for (int64_t t = 0; t < axis.taps; ++t) {
                       sum += weights[t] * pixels[t];
                     }
                     y[row * width + o] = to_byte(sum);
                   }
                 }
               });
  return result;
}

// Each column becomes `height` pixels: whole rows are weighted and added.
Tensor with_height(const Tensor& image, int64_t height, Resample resample) {
  const int64_t channels = image.size(0), old_height = image.size(1), width = image.size(2);
  const FixedAxis axis(old_height, height, resample);
  const Tensor result = empty({channels, height, width}, DType::UInt8);
  const uint8_t* x = image.data<uint8_t>();
  uint8_t* y = result.data<uint8_t>();
  parallel_for(
      channels * height, std::max<int64_t>(1, kElementGrain / width), [&](int64_t begin, int64_t end) {
        std::vector<int32_t> sums(static_cast<size_t>(width));
        for (int64_t row = begin; row < end; ++row) {
          const int64_t channel = row / height, o = row % height;
          const uint8_t* from = x + (channel * old_height + axis.first[static_cast<size_t>(o)]) * width;
          std::fill(sums.begin(), sums.end(), kHalf);
          for (int64_t t = 0; t < axis.taps; ++t, from += width) {
            const int32_t weight = axis.weights[static_cast<size_t>(o * axis.taps + t)];
            for (int64_t i = 0; weight != 0 && i < width; ++i) {
              sums[static_cast<size_t>(i)] += weight * from[i];
            }
          }
          std::transform(sums.begin(), sums.end(), y + row * width, to_byte);
        }
      });
  return result;
}

}  // namespace

Tensor resize(const Tensor& image, int64_t height, int64_t width, Resample resample) {
  check(image.rank() == 3 && image.dtype() == DType::UInt8,
        "resize: expected an image [C,H,W] of uint8, got {} {}", name_of(image.dtype()), image.shape());
  check(image.numel() > 0, "resize: the image {} has no pixels", image.shape());
  check(height > 0 && width > 0 && height <= kMaxImagePixels / width,
        "resize: {} by {} pixels are not from 1 to {}", width, height, kMaxImagePixels);
  const int64_t old_height = image.size(1), old_width = image.size(2);
  const bool columns_first =
      old_height > height && old_height - height > 2 * (old_width - width);  // Pillow's
  Tensor result = image.contiguous();
  if (columns_first) {
    result = with_height(result, height, resample);
  }
  if (width != old_width) {
    result = with_width(result, width, resample);
  }
  if (!columns_first && height != old_height) {
    result = with_height(result, height, resample);
  }
  return result;
}

}  // namespace helder
