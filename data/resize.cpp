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
  int64_t out, taps;
  std::vector<int32_t> first;
  std::vector<int32_t> weights;  // [out, taps]

  FixedAxis(int64_t in, int64_t out_, Resample resample) : out(out_) {
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

// [rows, in] to [rows, out].
void resize_rows(const FixedAxis& axis, const uint8_t* x, int64_t rows, int64_t in, uint8_t* y) {
  parallel_for(rows, std::max<int64_t>(1, kElementGrain / axis.out), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const uint8_t* from = x + row * in;
      uint8_t* to = y + row * axis.out;
      const int32_t* weights = axis.weights.data();
      for (int64_t o = 0; o < axis.out; ++o, weights += axis.taps) {
        const uint8_t* pixels = from + axis.first[static_cast<size_t>(o)];
        int32_t sum = kHalf;
        for (int64_t t = 0; t < axis.taps; ++t) {
          sum += weights[t] * pixels[t];
        }
        to[o] = to_byte(sum);
      }
    }
  });
}

// [planes, in, width] to [planes, out, width]: whole rows are weighted and added.
void resize_columns(const FixedAxis& axis, const uint8_t* x, int64_t planes, int64_t in, int64_t width,
                    uint8_t* y) {
  parallel_for(planes * axis.out, std::max<int64_t>(1, kElementGrain / width),
               [&](int64_t begin, int64_t end) {
                 std::vector<int32_t> sums(static_cast<size_t>(width));
                 for (int64_t row = begin; row < end; ++row) {
                   const int64_t plane = row / axis.out, o = row % axis.out;
                   const uint8_t* from = x + (plane * in + axis.first[static_cast<size_t>(o)]) * width;
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
}

}  // namespace

Tensor resize(const Tensor& image, int64_t height, int64_t width, Resample resample) {
  check(image.rank() == 3 && image.dtype() == DType::UInt8,
        "resize: expected an image [C,H,W] of uint8, got {} {}", name_of(image.dtype()), image.shape());
  check(image.numel() > 0, "resize: the image {} has no pixels", image.shape());
  check(height > 0 && width > 0 && height <= kMaxImagePixels / width,
        "resize: {} by {} pixels are not from 1 to {}", width, height, kMaxImagePixels);
  const int64_t channels = image.size(0), old_height = image.size(1), old_width = image.size(2);
  Tensor result = image.contiguous();
  if (width != old_width) {
    const Tensor narrower = empty({channels, old_height, width}, DType::UInt8);
    resize_rows(FixedAxis(old_width, width, resample), result.data<uint8_t>(), channels * old_height,
                old_width, narrower.data<uint8_t>());
    result = narrower;
  }
  if (height != old_height) {
    const Tensor lower = empty({channels, height, width}, DType::UInt8);
    resize_columns(FixedAxis(old_height, height, resample), result.data<uint8_t>(), channels, old_height,
                   width, lower.data<uint8_t>());
    result = lower;
  }
  return result;
}

}  // namespace helder
