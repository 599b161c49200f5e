#pragma once

#include <vector>

namespace helder {

/// A point that the pen passes through: x to the right, y down, in a box of about 60 by 100. The pen goes
/// through it smoothly, or turns sharply where `corner` is set.
struct Knot {
  double x, y;
  bool corner = false;
};

/// What the pen draws from setting down to lifting off.
using Stroke = std::vector<Knot>;

/// One way to write a digit, and how often it is chosen beside the digit's other ways.
struct Glyph {
  double frequency;
  std::vector<Stroke> strokes;
};

/// The ways to write `digit` (0 to 9).
const std::vector<Glyph>& stroke_glyphs(int digit);

}  // namespace helder
