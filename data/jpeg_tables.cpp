#include "data/jpeg_tables.h"

#include <algorithm>

// A JPEG file is a row of segments: ff, a marker, and for most a 16-bit length (of itself and what follows).
// After a scan's segment come coded pixels, in which ff is followed by 0, or by a restart marker, d0 to d7.
// Segment c4 has Huffman tables: a byte that names it, the number of codes of 1 to 16 bits, a byte a code.
// This finds every segment where stb_image would, which steps over what does not belong anywhere.

namespace helder {
namespace {

constexpr int kEnd = -1;

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  // The next byte; kEnd behind the last one.
  int byte() {
    if (rest_.empty()) {
      return kEnd;
    }
    const int value = std::to_integer<int>(rest_.front());
    rest_ = rest_.subspan(1);
    return value;
  }

  void skip(int count) { rest_ = rest_.subspan(std::min(rest_.size(), static_cast<size_t>(count))); }

  // A segment's length without the two bytes that it takes; negative where it is damaged.
  int length() {
    const int high = byte();
    const int low = byte();
    return low == kEnd ? kEnd : high * 256 + low - 2;
  }

  // The next marker. Among pixels, an ff that stands for itself and those of restarts are none.
  int marker(bool among_pixels) {
    for (int value = byte(); value != kEnd; value = byte()) {
      while (value == 0xff) {
        value = byte();
        const bool is_pixels = among_pixels && (value == 0 || (value >= 0xd0 && value <= 0xd7));
        if (value != 0xff && !is_pixels) {
          return value;
        }
      }
    }
    return kEnd;
  }

 private:
  std::span<const std::byte> rest_;
};

bool tables_fit(Reader& reader, int length) {
  while (length > 0) {
    reader.byte();
    int codes = 0;
    for (int bits = 1; bits <= 16; ++bits) {
      codes += std::max(reader.byte(), 0);
    }
    if (codes > 256) {
      return false;
    }
    reader.skip(codes);
    length -= 17 + codes;
  }
  return true;
}

}  // namespace

bool huffman_tables_fit(std::span<const std::byte> jpeg) {
  constexpr int kStart = 0xd8, kStop = 0xd9, kTables = 0xc4, kScan = 0xda;
  Reader reader(jpeg);
  bool among_pixels = false;
  for (int marker = reader.marker(false); marker != kEnd && marker != kStop;
       marker = reader.marker(among_pixels)) {
    if (marker == kStart) {
      continue;
    }
    among_pixels = marker == kScan;
    const int length = reader.length();
    if (marker != kTables) {
      reader.skip(std::max(length, 0));
    } else if (!tables_fit(reader, length)) {
      return false;
    }
  }
  return true;
}

}  // namespace helder
