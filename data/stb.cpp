#include "data/stb.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

// The one place where stb is compiled. Its functions are static: a program that has its own copy is not
// disturbed.

namespace helder::stb {
namespace {

thread_local size_t allocation_limit = 0;

// Zeroed: a JPEG file may use tables that it does not have, and stb_image up to 2.27 then takes what the
// memory holds for one, and for places in it.
void* limited_malloc(size_t bytes) { return bytes <= allocation_limit ? std::calloc(1, bytes) : nullptr; }
void* limited_realloc(void* memory, size_t bytes) {
  return bytes <= allocation_limit ? std::realloc(memory, bytes) : nullptr;
}

}  // namespace
}  // namespace helder::stb

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_MALLOC(bytes) helder::stb::limited_malloc(bytes)
#define STBI_REALLOC(memory, bytes) helder::stb::limited_realloc(memory, bytes)
#define STBI_FREE(memory) std::free(memory)
#define STBI_ASSERT(condition) ((void)0)  // as with NDEBUG: no file may end the program
#if defined(__ARM_NEON)
#define STBI_NEON
#endif
#include <stb_image.h>

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

namespace helder::stb {
namespace {

// A file's bytes as a stream. stb goes on with zeros after the end of the data; only the stream knows.
struct Stream {
  std::span<const std::byte> rest;
  bool cut_short = false;

  static int read(void* stream, char* to, int size) {
    auto& self = *static_cast<Stream*>(stream);
    const size_t count = std::min(self.rest.size(), static_cast<size_t>(size));
    self.cut_short |= self.rest.empty() && size > 0;
    if (count > 0) {
      std::memcpy(to, self.rest.data(), count);
    }
    self.rest = self.rest.subspan(count);
    return static_cast<int>(count);
  }

  static void skip(void* stream, int bytes) {  // never backwards in the formats that are compiled in
    auto& self = *static_cast<Stream*>(stream);
    const size_t count = static_cast<size_t>(std::max(bytes, 0));
    self.cut_short |= count > self.rest.size();
    self.rest = self.rest.subspan(std::min(count, self.rest.size()));
  }

  static int eof(void* stream) { return static_cast<Stream*>(stream)->rest.empty(); }
};

constexpr stbi_io_callbacks kCallbacks = {Stream::read, Stream::skip, Stream::eof};

}  // namespace

std::optional<Size> read_size(std::span<const std::byte> file) {
  allocation_limit = size_t{1} << 20;  // the decoder's own state
  Stream stream{file};
  int width = 0, height = 0, channels = 0;
  if (!stbi_info_from_callbacks(&kCallbacks, &stream, &width, &height, &channels)) {
    return {};
  }
  return Size{height, width};
}

Decoded decode(std::span<const std::byte> file, int channels, size_t memory_limit) {
  allocation_limit = memory_limit;
  Stream stream{file};
  Decoded result;
  int width = 0, height = 0, stored_channels = 0;
  uint8_t* pixels =
      stbi_load_from_callbacks(&kCallbacks, &stream, &width, &height, &stored_channels, channels);
  result.pixels = {pixels, [](const uint8_t* memory) { std::free(const_cast<uint8_t*>(memory)); }};
  result.size = {height, width};
  if (!pixels) {
    result.reason = stbi_failure_reason();
  }
  result.cut_short = stream.cut_short || std::string_view(result.reason) == "outofdata";
  return result;
}

std::vector<std::byte> encode_png(const uint8_t* pixels, Size size, int channels) {
  std::vector<std::byte> file;
  const auto append = [](void* to, void* bytes, int count) {
    const auto* first = static_cast<const std::byte*>(bytes);
    static_cast<std::vector<std::byte>*>(to)->insert(static_cast<std::vector<std::byte>*>(to)->end(), first,
                                                     first + count);
  };
  const auto width = static_cast<int>(size.width), height = static_cast<int>(size.height);
  if (!stbi_write_png_to_func(append, &file, width, height, channels, pixels, width * channels)) {
    file.clear();
  }
  return file;
}

}  // namespace helder::stb
