#include "vision/drawing.h"

#include <algorithm>
#include <cmath>

#include "vision/font.h"

namespace helder {
namespace {

void check_picture(const char* function, const Tensor& picture) {
  check(picture.rank() == 3 && picture.size(0) == 3 && picture.dtype() == DType::UInt8 &&
            picture.is_contiguous(),
        "{}: expected a contiguous picture [3,H,W] of uint8, got {} {}", function, name_of(picture.dtype()),
        picture.shape());
}

// The nearest edge between pixels that lies in the picture. NaN is 0.
int64_t edge(double place, int64_t length) {
  return place > 0 ? static_cast<int64_t>(std::lround(std::min(place, static_cast<double>(length)))) : 0;
}

}  // namespace

Colour class_colour(int64_t number) {
  // Steps of the golden ratio around the circle of hues never come near an earlier one for long.
  const double turn = static_cast<double>(number) * 0.618033988749895;
  const double hue = 6 * (turn - std::floor(turn));
  Colour colour{};
  for (size_t c = 0; c < 3; ++c) {
    const double away =
        std::abs(std::fmod(hue + 6 - 2 * static_cast<double>(c), 6) - 3);  // 3: this primary itself
    colour[c] = static_cast<uint8_t>(40 + 190 * std::clamp(away - 1, 0.0, 1.0));
  }
  return colour;
}

void fill_box(const Tensor& picture, const PixelBox& box, Colour colour) {
  check_picture("fill_box", picture);
  const int64_t height = picture.size(1), width = picture.size(2);
  const int64_t left = edge(box.left, width), right = edge(box.right, width);
  const int64_t top = edge(box.top, height), bottom = edge(box.bottom, height);
  for (int64_t c = 0; c < 3; ++c) {
    for (int64_t y = top; y < bottom && left < right; ++y) {
      uint8_t* row = picture.data<uint8_t>() + (c * height + y) * width;
      std::fill(row + left, row + right, colour[static_cast<size_t>(c)]);
    }
  }
}

void draw_box(const Tensor& picture, const PixelBox& box, Colour colour, int64_t thickness) {
  const auto t = static_cast<double>(thickness);
  fill_box(picture, {box.left, box.top, box.right, std::min(box.top + t, box.bottom)}, colour);
  fill_box(picture, {box.left, std::max(box.bottom - t, box.top), box.right, box.bottom}, colour);
  fill_box(picture, {box.left, box.top, std::min(box.left + t, box.right), box.bottom}, colour);
  fill_box(picture, {std::max(box.right - t, box.left), box.top, box.right, box.bottom}, colour);
}

int64_t text_width(std::string_view text, int64_t scale) {
  return scale * ((kGlyphWidth + 1) * static_cast<int64_t>(text.size()) - (text.empty() ? 0 : 1));
}

int64_t text_height(int64_t scale) { return scale * kGlyphHeight; }

void draw_text(const Tensor& picture, int64_t x, int64_t y, std::string_view text, Colour colour,
               int64_t scale) {
  check(scale > 0, "draw_text: a scale of {} makes nothing", scale);
  for (const char c : text) {
    for (int row = 0; row < kGlyphHeight; ++row) {
      for (int column = 0; column < kGlyphWidth; ++column) {
        if (glyph_pixel(c, row, column)) {
          const auto left = static_cast<double>(x + column * scale),
                     top = static_cast<double>(y + row * scale);
          const auto side = static_cast<double>(scale);
          fill_box(picture, {left, top, left + side, top + side}, colour);
        }
      }
    }
    x += scale * (kGlyphWidth + 1);
  }
}

void draw_labelled_box(const Tensor& picture, const PixelBox& box, std::string_view label, Colour colour,
                       int64_t scale) {
  draw_box(picture, box, colour, 2 * scale);
  const int64_t height = text_height(scale) + 4 * scale, width = text_width(label, scale) + 4 * scale;
  const int64_t left = edge(box.left, picture.size(2)), top = edge(box.top, picture.size(1));
  const int64_t y = top >= height ? top - height : top;
  const auto plate = [](int64_t number) { return static_cast<double>(number); };
  fill_box(picture, {plate(left), plate(y), plate(left + width), plate(y + height)}, colour);
  const int brightness =
      (2 * colour[0] + 5 * colour[1] + colour[2]) / 8;  // as the eye weighs colours, roughly
  const Colour ink = brightness > 120 ? Colour{0, 0, 0} : Colour{255, 255, 255};
  draw_text(picture, left + 2 * scale, y + 2 * scale, label, ink, scale);
}

}  // namespace helder
