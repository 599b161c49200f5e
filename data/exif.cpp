#include "data/exif.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace helder {
namespace {

using Bytes = std::span<const std::byte>;

// Numbers at places that may lie outside the bytes.
class Reader {
 public:
  Reader(Bytes bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<uint32_t> u16(size_t at) const { return number(at, 2); }
  std::optional<uint32_t> u32(size_t at) const { return number(at, 4); }

 private:
  std::optional<uint32_t> number(size_t at, size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) {
      return {};
    }
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t place = big_endian_ ? i : size - 1 - i;
      value = value << 8 | std::to_integer<uint32_t>(bytes_[at + place]);
    }
    return value;
  }

  Bytes bytes_;
  bool big_endian_;
};

bool starts_with(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

// The payload of a JPEG's segment APP1 that holds EXIF. Segments: ff, marker, 16-bit length with itself.
Bytes exif_of_jpeg(Bytes file) {
  constexpr std::string_view kName("Exif\0\0", 6);
  const Reader reader(file, /*big_endian=*/true);
  size_t at = 2;
  while (const auto marker = reader.u16(at)) {
    const auto length = reader.u16(at + 2);
    const bool pixels_begin = *marker == 0xffda;
    if (*marker < 0xff00 || pixels_begin || !length || *length < 2 || *length > file.size() - at - 2) {
      break;
    }
    const Bytes payload = file.subspan(at + 4, *length - 2);
    if (*marker == 0xffe1 && starts_with(payload, kName)) {
      return payload.subspan(kName.size());
    }
    at += 2 + *length;
  }
  return {};
}

// The payload of a PNG's chunk eXIf. Chunks: 32-bit length, name, payload, checksum.
Bytes exif_of_png(Bytes file) {
  const Reader reader(file, /*big_endian=*/true);
  size_t at = 8;
  while (const auto length = reader.u32(at)) {
    if (*length > file.size() - at || file.size() - at - *length < 12) {
      break;
    }
    if (starts_with(file.subspan(at + 4), "eXIf")) {
      return file.subspan(at + 8, *length);
    }
    at += 12 + size_t{*length};
  }
  return {};
}

// The tag's value, 1 to 8, from a TIFF file's first directory; entries of 12 bytes: tag, type, count, value.
std::optional<uint32_t> orientation_of_tiff(Bytes tiff) {
  constexpr uint32_t kOrientation = 0x0112, kShort = 3;
  const bool big_endian = starts_with(tiff, std::string_view("MM\0*", 4));
  if (!big_endian && !starts_with(tiff, std::string_view("II*\0", 4))) {
    return {};
  }
  const Reader reader(tiff, big_endian);
  const size_t directory = reader.u32(4).value_or(0);
  const size_t entries = reader.u16(directory).value_or(0);
  for (size_t i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + 12 * i;
    if (reader.u16(entry) == kOrientation && reader.u16(entry + 2) == kShort) {
      return reader.u16(entry + 8);
    }
  }
  return {};
}

}  // namespace

Orientation exif_orientation(Bytes file) {
  constexpr std::array<Orientation, 9> kMeanings = {{
      {},                    // none
      {},                    // 1: upright
      {false, false, true},  // 2: mirrored
      {false, true, true},   // 3: upside down
      {false, true, false},  // 4: upside down, mirrored
      {true, false, false},  // 5: mirrored along the diagonal
      {true, true, false},   // 6: has to be turned right
      {true, true, true},    // 7: mirrored along the other diagonal
      {true, false, true},   // 8: has to be turned left
  }};
  const Bytes tiff = starts_with(file, "\xff\xd8") ? exif_of_jpeg(file) : exif_of_png(file);
  const uint32_t value = orientation_of_tiff(tiff).value_or(0);
  return kMeanings[value < kMeanings.size() ? value : 0];
}

}  // namespace helder
