#include "data/animated_png.h"

#include <fstream>
#include <iterator>

#include "data/image.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

uint32_t number_at(const std::string& bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  }
  return value;
}

struct Chunk {
  std::string type, data;
};

std::vector<Chunk> chunks_of(const std::string& png) {
  std::vector<Chunk> chunks;
  for (size_t at = 8; at < png.size();) {
    const size_t length = number_at(png, at);
    chunks.push_back({png.substr(at + 4, 4), png.substr(at + 8, length)});
    at += 12 + length;
  }
  return chunks;
}

}  // namespace

TEST_CASE("animated_png: a still picture for those who know no more, and frames in order", "[data][image]") {
  const TemporaryDirectory folder;
  const auto path = folder / "a.png";
  Generator random(5);
  std::vector<Tensor> frames;
  for (int i = 0; i < 3; ++i) {
    frames.push_back(randint(0, 256, {3, 7, 9}, DType::Int64, random).to(DType::UInt8));
  }
  save_animated_png(path, frames, {.milliseconds = 250, .last = 1000});
  // Whoever reads the first picture checks the sums of its chunks as well.
  CHECK(load_image(path).to_vector<int64_t>() == frames[0].to_vector<int64_t>());

  std::string order;
  uint32_t sequence = 0;
  std::vector<std::string> pixels;
  for (const Chunk& chunk : chunks_of(bytes_of(path))) {
    order += chunk.type + " ";
    if (chunk.type == "acTL") {
      CHECK(number_at(chunk.data, 0) == 3);
      CHECK(number_at(chunk.data, 4) == 0);
    } else if (chunk.type == "fcTL") {
      CHECK(number_at(chunk.data, 0) == sequence++);
      CHECK(number_at(chunk.data, 4) == 9);
      CHECK(number_at(chunk.data, 8) == 7);
      // Two numbers of two bytes: milliseconds, of a thousand to the second.
      CHECK(number_at(chunk.data, 20) ==
            ((order.ends_with("fdAT fcTL ") && pixels.size() == 2 ? 1000U : 250U) << 16 | 1000U));
    } else if (chunk.type == "IDAT") {
      pixels.push_back(chunk.data);
    } else if (chunk.type == "fdAT") {
      CHECK(number_at(chunk.data, 0) == sequence++);
      pixels.push_back(chunk.data.substr(4));
    }
  }
  CHECK(order == "IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT IEND ");
  REQUIRE(pixels.size() == 3);
  for (size_t i = 0; i < 3; ++i) {  // each frame has the bytes that it would have as a picture of its own
    save_png(folder / "still.png", frames[i]);
    std::string alone;
    for (const Chunk& chunk : chunks_of(bytes_of(folder / "still.png"))) {
      alone += chunk.type == "IDAT" ? chunk.data : "";
    }
    CHECK(pixels[i] == alone);
  }
}

TEST_CASE("animated_png: what is wrong", "[data][image]") {
  const TemporaryDirectory folder;
  const auto path = folder / "a.png";
  const Tensor frame = zeros({3, 4, 4}, DType::UInt8);
  CHECK_THROWS_WITH(save_animated_png(path, {}), "save_animated_png: no frames");
  CHECK_THROWS_WITH(save_animated_png(path, {frame, zeros({3, 4, 5}, DType::UInt8)}),
                    "save_animated_png: frame 1 is [3,4,5], and the first one [3,4,4]");
  CHECK_THROWS_WITH(save_animated_png(path, {frame}, {.milliseconds = 70000}),
                    "save_animated_png: a frame is shown for 1 to 65535 ms, got 70000");
  CHECK(folder.names().empty());
}
