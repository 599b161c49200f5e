#include "vision/drawing.h"

#include <set>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "vision/font.h"

using namespace helder;

namespace {

// The red plane, a character a pixel.
std::vector<std::string> rows_of(const Tensor& picture) {
  std::vector<std::string> rows;
  for (int64_t y = 0; y < picture.size(1); ++y) {
    std::string row;
    for (int64_t x = 0; x < picture.size(2); ++x) {
      row += picture.at<uint8_t>({0, y, x}) > 0 ? '#' : '.';
    }
    rows.push_back(row);
  }
  return rows;
}

constexpr Colour kWhite = {255, 255, 255};

}  // namespace

TEST_CASE("draw_box: an outline inside the box, cut off at the picture's edge", "[vision]") {
  const Tensor picture = zeros({3, 6, 8}, DType::UInt8);
  draw_box(picture, {1, 1, 6, 5}, {9, 8, 7}, 1);
  CHECK(rows_of(picture) ==
        std::vector<std::string>{"........", ".#####..", ".#...#..", ".#...#..", ".#####..", "........"});
  CHECK(picture.at<uint8_t>({0, 1, 1}) == 9);
  CHECK(picture.at<uint8_t>({1, 1, 1}) == 8);
  CHECK(picture.at<uint8_t>({2, 1, 1}) == 7);

  const Tensor other = zeros({3, 4, 5}, DType::UInt8);
  draw_box(other, {-3, 1, 3, 1e9}, kWhite, 1);
  CHECK(rows_of(other) == std::vector<std::string>{".....", "###..", "..#..", "..#.."});
  draw_box(other, {10, 10, 20, 20}, kWhite);
  draw_box(other, {NAN, NAN, NAN, NAN}, kWhite);
  CHECK(rows_of(other)[3] == "..#..");
  CHECK_THROWS_WITH(draw_box(zeros({1, 4, 5}, DType::UInt8), {}, kWhite),
                    "fill_box: expected a contiguous picture [3,H,W] of uint8, got uint8 [1,4,5]");
}

TEST_CASE("draw_text: glyphs, five pixels wide and one apart", "[vision]") {
  const Tensor picture = zeros({3, 8, 12}, DType::UInt8);
  draw_text(picture, 0, 1, "A1", kWhite);
  CHECK(rows_of(picture) == std::vector<std::string>{"............", ".###....#...", "#...#..##...",
                                                     "#...#.#.#...", "#####...#...", "#...#...#...",
                                                     "#...#...#...", "#...#.#####."});
  CHECK(text_width("A1") == 11);
  CHECK(text_width("A1", 3) == 33);
  CHECK(text_width("") == 0);
  CHECK(text_height(2) == 14);
  draw_text(picture, 10, -3, "WWW", kWhite);  // hangs over the edges
}

TEST_CASE("draw_labelled_box: the label stands above the box, or inside where there is no room", "[vision]") {
  const Tensor picture = zeros({3, 40, 60}, DType::UInt8);
  draw_labelled_box(picture, {10, 20, 50, 38}, "x", {200, 0, 0});
  CHECK(rows_of(picture)[8] == std::string(60, '.'));
  CHECK(rows_of(picture)[9] ==
        std::string(10, '.') + std::string(9, '#') + std::string(41, '.'));  // the plate
  const Tensor top = zeros({3, 40, 60}, DType::UInt8);
  draw_labelled_box(top, {10, 5, 50, 38}, "x", {200, 0, 0});
  CHECK(rows_of(top)[4] == std::string(60, '.'));
}

TEST_CASE("font: every character has a glyph of its own", "[vision]") {
  std::set<std::string> seen;
  for (char c = ' '; c <= '~'; ++c) {
    std::string pixels;
    for (int row = 0; row < kGlyphHeight; ++row) {
      for (int column = 0; column < kGlyphWidth; ++column) {
        pixels += glyph_pixel(c, row, column) ? '#' : '.';
      }
    }
    INFO(c);
    CHECK(seen.insert(pixels).second);
    CHECK((c == ' ') == (pixels.find('#') == std::string::npos));
  }
  CHECK(seen.size() == 95);
  CHECK(glyph_pixel('\n', 0, 1) == glyph_pixel('?', 0, 1));
  CHECK(glyph_pixel(static_cast<char>(0xE4), 6, 2) == glyph_pixel('?', 6, 2));
}

TEST_CASE("class_colour: neighbours differ", "[vision]") {
  for (int64_t i = 0; i < 200; ++i) {
    const Colour a = class_colour(i), b = class_colour(i + 1);
    int difference = 0;
    for (size_t c = 0; c < 3; ++c) {
      difference += std::abs(a[c] - b[c]);
    }
    CHECK(difference > 100);
  }
}
