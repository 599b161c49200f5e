#include "data/image.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <limits>

#include "data/exif.h"
#include "data/jpeg_tables.h"
#include "data/stb.h"
#include "tensor/atomic_file.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/mapped_file.h"
#include "tensor/views.h"

namespace helder {
namespace {

struct Format {
  const char* name;
  std::string_view magic;        // the first bytes
  int64_t most_pixels_per_byte;  // that a file of this format can hold
};

// JPEG: 1 bit, if no more, makes a block of 8 x 8, which stands for up to 32 x 32 pixels. PNG: deflate packs
// 1032 bytes into one, each 8 pixels. BMP (as stb reads it): at least 1 bit a pixel.
constexpr std::array kFormats = {Format{"JPEG", "\xff\xd8\xff", 8192},
                                 Format{"PNG", "\x89PNG\r\n\x1a\n", 8256}, Format{"BMP", "BM", 8}};

const Format& format_of(std::span<const std::byte> file, const std::string& name) {
  check(!file.empty(), "{}: the file is empty", name);
  for (const Format& format : kFormats) {
    const size_t count = std::min(format.magic.size(), file.size());
    if (std::memcmp(file.data(), format.magic.data(), count) == 0) {
      return format;
    }
  }
  std::string start;
  for (std::byte byte : file.first(std::min<size_t>(file.size(), 4))) {
    start += fmt::format(" {:02x}", std::to_integer<int>(byte));
  }
  fail("{}: not a JPEG, PNG or BMP file: it begins with{}", name, start);
}

struct Header {
  const char* format;
  bool is_jpeg;
  stb::Size stored;
};

// What a file says of itself, as far as it is possible.
Header checked_header(std::span<const std::byte> file, const std::string& name) {
  const Format& format = format_of(file, name);
  const bool is_jpeg = std::string_view(format.name) == "JPEG";
  check(!is_jpeg || huffman_tables_fit(file),
        "{}: the JPEG file is damaged: a Huffman table of more than 256 codes", name);
  const auto size = stb::read_size(file);
  check(size.has_value(), "{}: the {} header is damaged, cut short or of a kind that is not supported", name,
        format.name);
  const int64_t pixels = size->height * size->width;  // both fit in 32 bits
  check(pixels > 0, "{}: {} by {} pixels are no image", name, size->width, size->height);
  check(pixels <= kMaxImagePixels, "{}: {} by {} pixels are more than the {} that are decoded", name,
        size->width, size->height, kMaxImagePixels);
  check(pixels / format.most_pixels_per_byte <= static_cast<int64_t>(file.size()),
        "{}: {} by {} pixels are more than {} bytes of {} can hold", name, size->width, size->height,
        file.size(), format.name);
  return {format.name, is_jpeg, *size};
}

// [H,W,channels], as stored, to upright planes [3,H,W].
Tensor upright_planes(const uint8_t* pixels, int64_t height, int64_t width, int64_t channels,
                      const Orientation& orientation) {
  // The steps in `pixels` that go along the rows and columns of what is stored, then of the result.
  const int64_t row_step = width * channels * (orientation.flip_rows ? -1 : 1);
  const int64_t column_step = channels * (orientation.flip_columns ? -1 : 1);
  const int64_t origin = (orientation.flip_rows ? (height - 1) * width * channels : 0) +
                         (orientation.flip_columns ? (width - 1) * channels : 0);
  const int64_t y_step = orientation.transpose ? column_step : row_step;
  const int64_t x_step = orientation.transpose ? row_step : column_step;
  if (orientation.transpose) {
    std::swap(height, width);
  }
  const Tensor image = empty({3, height, width}, DType::UInt8);
  uint8_t* red = image.data<uint8_t>();
  uint8_t *green = red + height * width, *blue = green + height * width;
  for (int64_t y = 0; y < height; ++y) {
    const uint8_t* from = pixels + origin + y * y_step;
    for (int64_t x = 0; x < width; ++x, from += x_step) {
      *red++ = from[0];
      *green++ = from[1];
      *blue++ = from[2];
    }
  }
  return image;
}

}  // namespace

Tensor load_image(const std::filesystem::path& path) {
  const std::string name = "image: " + path.string();
  const MappedFile file(path, name);
  return decode_image(file.bytes(), name);
}

ImageSize image_size(const std::filesystem::path& path) {
  const std::string name = "image: " + path.string();
  const MappedFile file(path, name);
  const Header header = checked_header(file.bytes(), name);
  const stb::Size& size = header.stored;
  return exif_orientation(file.bytes()).transpose ? ImageSize{.height = size.width, .width = size.height}
                                                  : ImageSize{.height = size.height, .width = size.width};
}

Tensor decode_image(std::span<const std::byte> file, const std::string& name) {
  const auto [format, is_jpeg, size] = checked_header(file, name);

  // A JPEG comes with a fourth channel because stb is faster at that. Buffers on the way hold up to 8 bytes a
  // pixel of whole blocks, and grow by doubling.
  const int channels = is_jpeg ? 4 : 3;
  const size_t memory_limit =
      16 * static_cast<size_t>((size.height + 32) * (size.width + 32)) + 4 * file.size() + (size_t{1} << 20);
  const stb::Decoded decoded = stb::decode(file, channels, memory_limit);
  check(!decoded.cut_short, "{}: the {} file is cut short", name, format);
  check(decoded.pixels != nullptr, "{}: the {} file is damaged or of a kind that is not supported ({})", name,
        format, decoded.reason);
  return upright_planes(decoded.pixels.get(), decoded.size.height, decoded.size.width, channels,
                        exif_orientation(file));
}

bool has_image_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png" || extension == ".bmp";
}

std::vector<std::byte> encode_png(const Tensor& image) {
  const Shape& shape = image.shape();
  check(image.dtype() == DType::UInt8 && shape.rank() == 3 && shape[0] >= 1 && shape[0] <= 4,
        "encode_png: expected an image [C,H,W] of 1 to 4 channels and uint8, got {} {}",
        name_of(image.dtype()), shape);
  check(shape[1] > 0 && shape[2] > 0 && shape[1] <= kMaxImagePixels && shape[2] <= kMaxImagePixels &&
            shape[1] * shape[2] <= kMaxImagePixels,
        "encode_png: {} by {} pixels are not from 1 to {}", shape[2], shape[1], kMaxImagePixels);
  const Tensor interleaved = contiguous_copy(views::permute(image, {1, 2, 0}));
  const auto file = stb::encode_png(interleaved.data<uint8_t>(), {.height = shape[1], .width = shape[2]},
                                    static_cast<int>(shape[0]));
  check(!file.empty(), "encode_png: no memory is left for an image {}", shape);
  return file;
}

void save_png(const std::filesystem::path& path, const Tensor& image) {
  const std::vector<std::byte> bytes = encode_png(image);
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace helder
