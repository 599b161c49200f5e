#include "data/jpeg_tables.h"

#include <string>

#include "data/image.h"
#include "tests/catch.h"

using namespace helder;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string segment(int marker, const std::string& payload) {
  const size_t length = payload.size() + 2;
  return {'\xff' + std::string(1, static_cast<char>(marker)) + static_cast<char>(length >> 8) +
          static_cast<char>(length & 0xff) + payload};
}

// A table with so many codes of 16 bits and of 15.
std::string table(int codes16, int codes15) {
  std::string counts(14, '\0');
  counts += static_cast<char>(codes15);
  counts += static_cast<char>(codes16);
  return '\0' + counts + std::string(static_cast<size_t>(codes16 + codes15), '\1');
}

const std::string kBegin = "\xff\xd8";
const std::string kScan = segment(0xda, std::string("\1\1\0\0\0\0", 6));

bool fits(const std::string& file) { return huffman_tables_fit(bytes_of(file)); }

}  // namespace

TEST_CASE("jpeg tables: 256 codes fit, 257 do not, wherever the table is", "[image]") {
  CHECK(fits(kBegin + segment(0xc4, table(255, 1))));
  CHECK_FALSE(fits(kBegin + segment(0xc4, table(255, 2))));
  const std::string bad = segment(0xc4, table(255, 2));
  CHECK_FALSE(fits(kBegin + segment(0xc4, table(1, 0) + table(255, 255))));
  CHECK_FALSE(fits(kBegin + segment(0xe1, "Exif" + kBegin) + bad));
  CHECK_FALSE(fits(kBegin + "padding" + bad));
  CHECK_FALSE(fits(kBegin + "\xff\xff\xff" + bad));
  CHECK_FALSE(fits(kBegin + kScan + std::string("pixels \xff\0 \xff\xd0 \xff\xd7 \xff", 17) + bad));
  CHECK_FALSE(fits(kBegin + segment(0xc4, table(1, 0)) + kScan + "pixels" + kScan + "pixels" + bad));
  CHECK_FALSE(fits(kBegin + bad.substr(0, 25)));  // cut short: the counts are there
}

TEST_CASE("jpeg tables: what only looks like a table is none", "[image]") {
  const std::string bad = segment(0xc4, table(255, 255));
  CHECK(fits(kBegin + segment(0xe2, bad)));                                // in a colour profile, say
  CHECK(fits(kBegin + segment(0xd9, "") + bad));                           // behind the end
  CHECK(fits(kBegin + kScan + std::string("\xff\0", 2) + bad.substr(1)));  // pixels
  CHECK(fits(""));
  CHECK(fits(kBegin));
  CHECK(fits(kBegin + "\xff"));
  CHECK(fits(kBegin + "\xff\xc4"));
  CHECK(fits(kBegin + std::string("\xff\xc4\0\0", 4)));
  CHECK(fits(kBegin + std::string("\xff\xe1\0\1", 4)));
}

TEST_CASE("decode_image: refuses a Huffman table of more than 256 codes", "[image]") {
  CHECK_THROWS_WITH(decode_image(bytes_of(kBegin + segment(0xc4, table(255, 2))), "image: x"),
                    "image: x: the JPEG file is damaged: a Huffman table of more than 256 codes");
}

TEST_CASE("decode_image: a Huffman table that is used and not there holds nothing", "[image]") {
  const std::string frame = segment(0xc0, std::string("\x08\0\x08\0\x08\1\1\x11\0", 9));  // 8 x 8, grey
  const std::string pixels = std::string("\0\0\0\0\0\0\0\0", 8) + "\xff\xd9";
  const std::string file = kBegin + segment(0xdb, '\0' + std::string(64, '\1')) + frame + kScan + pixels;
  CHECK(decode_image(bytes_of(file)).to_vector<uint8_t>() == std::vector<uint8_t>(3 * 8 * 8, 128));
}
