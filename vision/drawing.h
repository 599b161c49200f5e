#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "tensor/tensor.h"

/// Drawing on pictures, [3,H,W] of uint8, in place. What lies outside of the picture is left out.
namespace helder {

using Colour = std::array<uint8_t, 3>;  ///< red, green, blue

/// A colour for each class: hues that are far apart for neighbouring numbers.
Colour class_colour(int64_t number);

/// Left, top, right and bottom in pixels, as BoxFormat::XYXY.
struct PixelBox {
  double left = 0, top = 0, right = 0, bottom = 0;
};

void fill_box(const Tensor& picture, const PixelBox& box, Colour colour);
/// The outline, `thickness` pixels wide, inside the box.
void draw_box(const Tensor& picture, const PixelBox& box, Colour colour, int64_t thickness = 2);

/// The size of a line of text in pixels; each pixel of the font is a square of `scale` pixels.
int64_t text_width(std::string_view text, int64_t scale = 1);
int64_t text_height(int64_t scale = 1);
/// A line of text, its top left corner at (x, y).
void draw_text(const Tensor& picture, int64_t x, int64_t y, std::string_view text, Colour colour,
               int64_t scale = 1);

/// A box and its name: above it, on a plate of its colour, or inside where there is no room above.
void draw_labelled_box(const Tensor& picture, const PixelBox& box, std::string_view label, Colour colour,
                       int64_t scale = 1);

}  // namespace helder
