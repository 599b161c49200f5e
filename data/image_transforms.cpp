#include "data/image_transforms.h"

#include <algorithm>
#include <cmath>

#include "data/image.h"
#include "data/resize.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

namespace helder {
namespace {

void check_image(const char* function, const Tensor& image) {
  check(image.rank() == 3 && image.dtype() == DType::UInt8,
        "{}: expected an image [C,H,W] of uint8, got {} {}", function, name_of(image.dtype()), image.shape());
}

// Python's round(): halves go to the even neighbour.
int64_t round_half_to_even(double x) { return static_cast<int64_t>(std::nearbyint(x)); }

struct Rectangle {
  int64_t top, left, height, width;
};

// The largest rectangle in the middle whose ratio (width over height) is in the range.
Rectangle middle(int64_t height, int64_t width, const std::array<double, 2>& ratio) {
  const double there = static_cast<double>(width) / static_cast<double>(height);
  Rectangle r{.top = 0, .left = 0, .height = height, .width = width};
  if (there < ratio[0]) {
    r.height = round_half_to_even(static_cast<double>(width) / ratio[0]);
  } else if (there > ratio[1]) {
    r.width = round_half_to_even(static_cast<double>(height) * ratio[1]);
  }
  r.height = std::max<int64_t>(r.height, 1), r.width = std::max<int64_t>(r.width, 1);
  r.top = (height - r.height) / 2;
  r.left = (width - r.width) / 2;
  return r;
}

}  // namespace

Tensor crop(const Tensor& image, int64_t top, int64_t left, int64_t height, int64_t width) {
  check_image("crop", image);
  const int64_t image_height = image.size(1), image_width = image.size(2);
  check(top >= 0 && left >= 0 && height >= 0 && width >= 0 && top <= image_height && left <= image_width &&
            height <= image_height - top && width <= image_width - left,
        "crop: {} by {} pixels at left {}, top {} are not inside an image of {} by {}", width, height, left,
        top, image_width, image_height);
  return image.slice(1, top, top + height).slice(2, left, left + width);
}

Tensor add_margins(const Tensor& image, const Margins& margins, uint8_t fill) {
  check_image("add_margins", image);
  for (const int64_t margin : {margins.left, margins.top, margins.right, margins.bottom}) {
    check(margin >= 0 && margin <= kMaxImagePixels, "add_margins: a margin of {} pixels is not from 0 to {}",
          margin, kMaxImagePixels);
  }
  const int64_t height = image.size(1) + margins.top + margins.bottom;
  const int64_t width = image.size(2) + margins.left + margins.right;
  check(width == 0 || height <= kMaxImagePixels / width, "add_margins: {} by {} pixels are more than {}",
        width, height, kMaxImagePixels);
  const Tensor result = full({image.size(0), height, width}, fill, DType::UInt8);
  crop(result, margins.top, margins.left, image.size(1), image.size(2)).copy_(image);
  return result;
}

Tensor center_crop(const Tensor& image, int64_t height, int64_t width) {
  check_image("center_crop", image);
  check(height > 0 && width > 0, "center_crop: {} by {} pixels cannot be cut out", width, height);
  const int64_t less_rows = std::max<int64_t>(height - image.size(1), 0);
  const int64_t less_columns = std::max<int64_t>(width - image.size(2), 0);
  const Tensor padded = less_rows + less_columns == 0 ? image
                                                      : add_margins(image, {.left = less_columns / 2,
                                                                            .top = less_rows / 2,
                                                                            .right = (less_columns + 1) / 2,
                                                                            .bottom = (less_rows + 1) / 2});
  const int64_t top = round_half_to_even(static_cast<double>(padded.size(1) - height) / 2);
  const int64_t left = round_half_to_even(static_cast<double>(padded.size(2) - width) / 2);
  return crop(padded, top, left, height, width);
}

Tensor resize_shorter_side(const Tensor& image, int64_t size, Resample resample) {
  check_image("resize_shorter_side", image);
  const int64_t height = image.size(1), width = image.size(2);
  check(height > 0 && width > 0, "resize_shorter_side: the image {} has no pixels", image.shape());
  check(size > 0 && size <= kMaxImagePixels, "resize_shorter_side: {} pixels are not from 1 to {}", size,
        kMaxImagePixels);
  const auto longer = [&](int64_t long_side, int64_t short_side) {
    return static_cast<int64_t>(static_cast<double>(size * long_side) / static_cast<double>(short_side));
  };
  return width <= height ? resize(image, longer(height, width), size, resample)
                         : resize(image, size, longer(width, height), resample);
}

Tensor horizontal_flip(const Tensor& image) {
  check_image("horizontal_flip", image);
  const Tensor from = image.contiguous();
  const Tensor result = empty(image.shape(), DType::UInt8);
  const int64_t rows = image.size(0) * image.size(1), width = image.size(2);
  for (int64_t row = 0; row < rows; ++row) {
    const uint8_t* pixels = from.data<uint8_t>() + row * width;
    std::reverse_copy(pixels, pixels + width, result.data<uint8_t>() + row * width);
  }
  return result;
}

Tensor to_float(const Tensor& image) {
  check_image("to_float", image);
  const Tensor from = image.contiguous();
  const Tensor result = empty(image.shape());
  std::transform(from.data<uint8_t>(), from.data<uint8_t>() + from.numel(), result.data<float>(),
                 [](uint8_t x) { return static_cast<float>(x) / 255; });
  return result;
}

Tensor normalize_pixels(const Tensor& images, const std::array<float, 3>& mean,
                        const std::array<float, 3>& std) {
  const bool batched = images.rank() == 4;
  check(images.dtype() == DType::UInt8 && (batched || images.rank() == 3) && images.size(-3) == 3,
        "normalize_pixels: expected images [3,H,W] or [N,3,H,W] of uint8, got {} {}", name_of(images.dtype()),
        images.shape());
  // Each of the 256 values once.
  std::array<std::array<float, 256>, 3> tables;
  for (size_t c = 0; c < 3; ++c) {
    check(std[c] != 0, "normalize_pixels: the standard deviation of channel {} is 0", c);
    for (size_t x = 0; x < 256; ++x) {
      tables[c][x] = (static_cast<float>(x) / 255 - mean[c]) / std[c];
    }
  }
  const Tensor from = images.contiguous();
  const Tensor result = empty(images.shape());
  const int64_t pixels = images.size(-2) * images.size(-1), planes = 3 * (batched ? images.size(0) : 1);
  const uint8_t* x = from.data<uint8_t>();
  float* y = result.data<float>();
  for (int64_t plane = 0; plane < planes; ++plane) {
    const auto& table = tables[static_cast<size_t>(plane % 3)];
    for (int64_t i = 0; i < pixels; ++i) {
      *y++ = table[*x++];
    }
  }
  return result;
}

Tensor preprocess(const Tensor& image, const Preprocessing& preprocessing) {
  check(image.rank() == 3 && image.size(0) == 3 && image.dtype() == DType::UInt8,
        "preprocess: expected an image [3,H,W] of uint8, got {} {}", name_of(image.dtype()), image.shape());
  const Tensor resized = preprocessing.resize == 0
                             ? image
                             : resize_shorter_side(image, preprocessing.resize, preprocessing.resample);
  const Tensor middle = center_crop(resized, preprocessing.crop, preprocessing.crop);
  return normalize_pixels(middle, preprocessing.mean, preprocessing.std);
}

Tensor random_horizontal_flip(const Tensor& image, Generator& generator, double p) {
  check(p >= 0 && p <= 1, "random_horizontal_flip: the probability {} is not from 0 to 1", p);
  return generator.uniform() < p ? horizontal_flip(image) : image;
}

Tensor random_crop(const Tensor& image, int64_t size, int64_t padding, Generator& generator) {
  const Tensor padded =
      add_margins(image, {.left = padding, .top = padding, .right = padding, .bottom = padding});
  const int64_t height = padded.size(1), width = padded.size(2);
  check(size > 0 && size <= height && size <= width,
        "random_crop: {} by {} pixels are not inside a padded image of {} by {}", size, size, width, height);
  const int64_t top = generator.randint(0, height - size + 1);
  const int64_t left = generator.randint(0, width - size + 1);
  return crop(padded, top, left, size, size);
}

Tensor random_resized_crop(const Tensor& image, int64_t size, Generator& generator,
                           const RandomResizedCropOptions& options) {
  check_image("random_resized_crop", image);
  const auto is_range = [](const std::array<double, 2>& range) {
    return 0 < range[0] && range[0] <= range[1];
  };
  check(is_range(options.scale) && is_range(options.ratio),
        "random_resized_crop: scale ({}, {}) and ratio ({}, {}) have to be ranges above 0", options.scale[0],
        options.scale[1], options.ratio[0], options.ratio[1]);
  const int64_t height = image.size(1), width = image.size(2);
  check(height > 0 && width > 0, "random_resized_crop: the image {} has no pixels", image.shape());
  Rectangle chosen = middle(height, width, options.ratio);
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double area =
        static_cast<double>(height * width) * generator.uniform(options.scale[0], options.scale[1]);
    const double ratio = std::exp(generator.uniform(std::log(options.ratio[0]), std::log(options.ratio[1])));
    const int64_t w = round_half_to_even(std::sqrt(area * ratio));
    const int64_t h = round_half_to_even(std::sqrt(area / ratio));
    if (0 < w && w <= width && 0 < h && h <= height) {
      const int64_t top = generator.randint(0, height - h + 1), left = generator.randint(0, width - w + 1);
      chosen = {.top = top, .left = left, .height = h, .width = w};
      break;
    }
  }
  return resize(crop(image, chosen.top, chosen.left, chosen.height, chosen.width), size, size,
                options.resample);
}

}  // namespace helder
