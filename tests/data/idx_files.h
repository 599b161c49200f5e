#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// The start of an IDX file of unsigned bytes.
inline std::string idx_header(const std::vector<uint32_t>& sizes, char type = 0x08) {
  std::string bytes = {0, 0, type, static_cast<char>(sizes.size())};
  for (const uint32_t size : sizes) {
    for (const int shift : {24, 16, 8, 0}) {
      bytes += static_cast<char>(size >> shift & 0xff);
    }
  }
  return bytes;
}

/// An IDX file of labels, and one of images of side by side equal pixels.
inline std::string idx_labels(const std::string& labels) {
  return idx_header({static_cast<uint32_t>(labels.size())}) + labels;
}
inline std::string idx_images(uint32_t count, uint32_t side = 28, char pixel = 0) {
  return idx_header({count, side, side}) + std::string(size_t{count} * side * side, pixel);
}
