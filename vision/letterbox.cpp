#include "vision/letterbox.h"

#include <algorithm>

#include "autograd/ops/add.h"
#include "autograd/ops/div.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sub.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

namespace helder {
namespace {

// Which pixel of a row or column of `in` pixels, together with the one behind it, makes each of `out`, and
// how much of the latter. Behind the last one there is none, and nothing of it is taken.
struct Axis {
  std::vector<int32_t> first;
  std::vector<float> share;

  Axis(int64_t in, int64_t out) {
    const float scale = out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1) : 0;
    for (int64_t o = 0; o < out; ++o) {
      const bool last = out > 1 && o == out - 1;  // there, whatever the rounding
      const float place = last ? static_cast<float>(in - 1) : static_cast<float>(o) * scale;
      const int64_t floor = std::min(static_cast<int64_t>(place), in - 1);
      first.push_back(static_cast<int32_t>(floor));
      share.push_back(floor + 1 < in ? place - static_cast<float>(floor) : 0);
    }
  }
};

// A row between two of the picture's, from 0 to 1, and its last number once more.
void mix_rows(const uint8_t* above, const uint8_t* below, float share, int64_t width,
              float* __restrict mixed) {
  const float upper = (1 - share) * (1.0F / 255), lower = share * (1.0F / 255);
  for (int64_t k = 0; k < width; ++k) {
    mixed[k] = upper * static_cast<float>(above[k]) + lower * static_cast<float>(below[k]);
  }
  mixed[width] = mixed[width - 1];
}

void mix_columns(const float* mixed, const Axis& columns, int64_t width, float* __restrict out) {
  const int32_t* first = columns.first.data();
  const float* share = columns.share.data();
  for (int64_t j = 0; j < width; ++j) {
    const float left = mixed[first[j]], right = mixed[first[j] + 1];
    out[j] = left + share[j] * (right - left);
  }
}

// y[c,i,j] = the four pixels around, into part of a larger input: rows of `y` are `stride` apart. One pass
// over the picture, of which a smaller input needs only some rows; a copy in float32 of it all would take
// longer than the rest.
void resample(const Tensor& picture, int64_t height, int64_t width, float* y, int64_t stride, int64_t plane) {
  const int64_t H = picture.size(1), W = picture.size(2);
  const Axis rows(H, height), columns(W, width);
  const uint8_t* x = picture.data<uint8_t>();
  parallel_for(3 * height, std::max<int64_t>(1, kElementGrain / (width + W)),
               [&](int64_t begin, int64_t end) {
                 std::vector<float> mixed(static_cast<size_t>(W + 1));
                 for (int64_t line = begin; line < end; ++line) {
                   const int64_t c = line / height, i = line % height;
                   const int64_t row = rows.first[static_cast<size_t>(i)];
                   mix_rows(x + (c * H + row) * W, x + (c * H + std::min(row + 1, H - 1)) * W,
                            rows.share[static_cast<size_t>(i)], W, mixed.data());
                   mix_columns(mixed.data(), columns, width, y + c * plane + i * stride);
                 }
               });
}

Tensor checked(const char* function, const Tensor& picture, int64_t height, int64_t width) {
  check(picture.rank() == 3 && picture.size(0) == 3 && picture.dtype() == DType::UInt8 && picture.numel() > 0,
        "{}: expected a picture [3,H,W] of uint8, got {} {}", function, name_of(picture.dtype()),
        picture.shape());
  check(height > 0 && width > 0, "{}: a size of {} x {} pixels is none", function, width, height);
  return picture.contiguous();
}

// Boxes with x and y of both corners taken through a function of one coordinate.
Tensor each(const Tensor& boxes, const Tensor& scale, const Tensor& shift) {
  return add(mul(boxes, scale), shift);
}

}  // namespace

Tensor Placement::to_input(const Tensor& boxes) const {
  return each(boxes, tensor<double>({scale_x, scale_y, scale_x, scale_y}).to(boxes.dtype()),
              tensor<double>({left, top, left, top}).to(boxes.dtype()));
}

Tensor Placement::to_picture(const Tensor& boxes) const {
  return each(
      boxes, tensor<double>({1 / scale_x, 1 / scale_y, 1 / scale_x, 1 / scale_y}).to(boxes.dtype()),
      tensor<double>({-left / scale_x, -top / scale_y, -left / scale_x, -top / scale_y}).to(boxes.dtype()));
}

PlacedPicture stretch(const Tensor& picture, int64_t height, int64_t width) {
  const Tensor x = checked("stretch", picture, height, width);
  const Tensor input = empty({3, height, width});
  resample(x, height, width, input.data<float>(), width, height * width);
  return {input,
          {.scale_x = static_cast<double>(width) / static_cast<double>(x.size(2)),
           .scale_y = static_cast<double>(height) / static_cast<double>(x.size(1))}};
}

PlacedPicture letterbox(const Tensor& picture, int64_t height, int64_t width) {
  const Tensor x = checked("letterbox", picture, height, width);
  const int64_t H = x.size(1), W = x.size(2);
  const bool by_width = width * H < height * W;  // the side that fills the input
  const int64_t rows = by_width ? std::max<int64_t>(1, H * width / W) : height;
  const int64_t columns = by_width ? width : std::max<int64_t>(1, W * height / H);
  const int64_t top = (height - rows) / 2, left = (width - columns) / 2;
  const Tensor input = full({3, height, width}, 0.5);
  resample(x, rows, columns, input.data<float>() + top * width + left, width, height * width);
  return {input,
          {.scale_x = static_cast<double>(columns) / static_cast<double>(W),
           .scale_y = static_cast<double>(rows) / static_cast<double>(H),
           .left = static_cast<double>(left),
           .top = static_cast<double>(top)}};
}

}  // namespace helder
