#include "data/animated_png.h"

#include <zlib.h>

#include <span>
#include <string_view>

#include "data/image.h"
#include "tensor/atomic_file.h"
#include "tensor/error.h"

namespace helder {
namespace {

using Bytes = std::vector<std::byte>;

constexpr size_t kSignature = 8;

// PNG writes numbers with the largest byte first.
void put(Bytes& out, uint32_t value, int bytes = 4) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::byte>(value >> shift));
  }
}

uint32_t number_at(std::span<const std::byte> bytes) {
  uint32_t value = 0;
  for (const std::byte byte : bytes.first(4)) {
    value = value << 8 | static_cast<uint32_t>(byte);
  }
  return value;
}

// A chunk is its length, its type, its data, and a checksum of the last two.
void put_chunk(Bytes& out, std::string_view type, std::span<const std::byte> data) {
  put(out, static_cast<uint32_t>(data.size()));
  const size_t start = out.size();
  for (const char letter : type) {
    out.push_back(static_cast<std::byte>(letter));
  }
  out.insert(out.end(), data.begin(), data.end());
  put(out, static_cast<uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(&out[start]),
                                         static_cast<uInt>(out.size() - start))));
}

// The data of all chunks of a type, one behind another.
Bytes chunks_of(std::span<const std::byte> png, std::string_view type) {
  Bytes found;
  for (size_t at = kSignature; at + 12 <= png.size();) {
    const size_t length = number_at(png.subspan(at));
    const std::string_view name(reinterpret_cast<const char*>(&png[at + 4]), 4);
    if (name == type) {
      const auto data = png.subspan(at + 8, length);
      found.insert(found.end(), data.begin(), data.end());
    }
    at += 12 + length;
  }
  return found;
}

}  // namespace

void save_animated_png(const std::filesystem::path& path, const std::vector<Tensor>& frames,
                       const AnimationOptions& options) {
  check(!frames.empty(), "save_animated_png: no frames");
  for (const int shown : {options.milliseconds, options.last}) {
    check(shown >= 1 && shown <= 65535, "save_animated_png: a frame is shown for 1 to 65535 ms, got {}",
          shown);
  }
  Bytes out;
  uint32_t sequence = 0;  // counts fcTL and fdAT together
  for (size_t i = 0; i < frames.size(); ++i) {
    check(frames[i].shape() == frames[0].shape(), "save_animated_png: frame {} is {}, and the first one {}",
          i, frames[i].shape().str(), frames[0].shape().str());
    const Bytes png = encode_png(frames[i]);
    if (i == 0) {
      out.assign(png.begin(), png.begin() + kSignature);
      put_chunk(out, "IHDR", chunks_of(png, "IHDR"));
      Bytes animation;
      put(animation, static_cast<uint32_t>(frames.size()));
      put(animation, 0);  // plays: without end
      put_chunk(out, "acTL", animation);
    }
    Bytes frame;
    put(frame, sequence++);
    put(frame, static_cast<uint32_t>(frames[i].size(2)));
    put(frame, static_cast<uint32_t>(frames[i].size(1)));
    put(frame, 0);  // left
    put(frame, 0);  // top
    put(frame, static_cast<uint32_t>(i + 1 < frames.size() ? options.milliseconds : options.last), 2);
    put(frame, 1000, 2);  // of a second
    put(frame, 0, 2);     // replaces what was there, and leaves it
    put_chunk(out, "fcTL", frame);
    if (i == 0) {
      put_chunk(out, "IDAT", chunks_of(png, "IDAT"));
    } else {
      Bytes data;
      put(data, sequence++);
      const Bytes pixels = chunks_of(png, "IDAT");
      data.insert(data.end(), pixels.begin(), pixels.end());
      put_chunk(out, "fdAT", data);
    }
  }
  put_chunk(out, "IEND", {});
  AtomicFile file(path);
  file.write(out);
  file.commit();
}

}  // namespace helder
