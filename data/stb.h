#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

/// What Helder takes from stb_image and stb_image_write (github.com/nothings/stb). data/image.h is the
/// interface for everyone else.
namespace helder::stb {

struct Size {
  int64_t height = 0;
  int64_t width = 0;
};

/// What an image file (JPEG, PNG or BMP) says of its size; nothing where its header is damaged.
std::optional<Size> read_size(std::span<const std::byte> file);

struct Decoded {
  std::shared_ptr<const uint8_t> pixels;  ///< [height, width, channels], 8 bits each; null on failure
  Size size;
  bool cut_short = false;   ///< more bytes were asked for than the file has
  const char* reason = "";  ///< of a failure, in stb_image's few words
};

/// Decodes a file into 3 channels, or 4 with alpha. `memory_limit` is the most bytes that any one buffer may
/// take on the way: a few bytes of deflate can unpack to gigabytes, whatever size the header speaks of.
Decoded decode(std::span<const std::byte> file, int channels, size_t memory_limit);

/// A PNG file of [height, width, channels] pixels: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha.
/// Empty where memory is short.
std::vector<std::byte> encode_png(const uint8_t* pixels, Size size, int channels);

}  // namespace helder::stb
