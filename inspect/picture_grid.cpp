#include "inspect/picture_grid.h"

#include <algorithm>
#include <cmath>

#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {

Tensor picture_grid(const Tensor& pictures, int64_t columns) {
  check(pictures.rank() == 4 && columns > 0,
        "picture_grid: expected pictures [N,C,H,W], got {}, and {} columns", pictures.shape(), columns);
  const int64_t count = pictures.size(0), height = pictures.size(2), width = pictures.size(3);
  const int64_t across = std::clamp<int64_t>(count, 1, columns),
                down = std::max<int64_t>((count + across - 1) / across, 1);
  const Tensor grid = zeros({pictures.size(1), down * (height + 1) - 1, across * (width + 1) - 1},
                            pictures.dtype(), pictures.device());
  for (int64_t i = 0; i < count; ++i) {
    const int64_t top = i / across * (height + 1), left = i % across * (width + 1);
    const Tensor rows = views::slice(grid, 1, top, top + height);
    copy_elements(views::slice(rows, 2, left, left + width), views::select(pictures, 0, i));
  }
  return grid;
}

Tensor filter_pictures(const Tensor& weight) {
  check(weight.rank() == 4 && (weight.size(1) == 1 || weight.size(1) == 3),
        "filter_pictures: expected filters [N,1,H,W] or [N,3,H,W], got {}", weight.shape());
  const std::vector<float> values = weight.detach().to_vector<float>();
  const Tensor pictures = empty(weight.shape(), DType::UInt8);
  const auto each = static_cast<size_t>(weight.size(0) == 0 ? 0 : weight.numel() / weight.size(0));
  for (size_t begin = 0; begin < values.size(); begin += each) {
    float most = 0;
    for (size_t i = begin; i < begin + each; ++i) {
      most = std::max(most, std::isfinite(values[i]) ? std::abs(values[i]) : 0);
    }
    for (size_t i = begin; i < begin + each; ++i) {
      const float share = most > 0 && std::isfinite(values[i]) ? values[i] / most : 0;  // -1 to 1
      pictures.data<uint8_t>()[i] = static_cast<uint8_t>(std::lround(127.5F + 127.5F * share));
    }
  }
  return pictures;
}

Tensor enlarged(const Tensor& pictures, int64_t factor) {
  check(pictures.rank() >= 2 && factor > 0,
        "enlarged: expected pictures [...,H,W], got {}, and a factor of {}", pictures.shape(), factor);
  const int64_t height = pictures.size(-2), width = pictures.size(-1);
  const int64_t count = Shape(std::span(pictures.shape().begin(), pictures.shape().end() - 2)).numel();
  const Tensor pixels = views::expand(views::reshape(pictures, {count, height, 1, width, 1}),
                                      {count, height, factor, width, factor});
  Shape shape = pictures.shape();
  shape[pictures.rank() - 2] *= factor;
  shape[pictures.rank() - 1] *= factor;
  return views::reshape(pixels, shape);
}

}  // namespace helder
