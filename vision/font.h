#pragma once

#include <string_view>

namespace helder {

/// A font for labels on pictures: the printable characters of ASCII, kGlyphWidth x kGlyphHeight pixels each,
/// drawn in font.cpp as they look.
inline constexpr int kGlyphWidth = 5, kGlyphHeight = 7;

/// Whether the pen covers a pixel of a character's glyph. Other characters look like a question mark.
bool glyph_pixel(char c, int row, int column);

}  // namespace helder
