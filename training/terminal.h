#pragma once

#include <cstdio>

namespace helder {

enum class Colours { None, Palette256, TrueColour };

/// What the place that text goes to can show. Files and pipes get plain ASCII, 80 columns wide.
struct Terminal {
  bool interactive = false;  ///< a person watches, and a line can be drawn again
  bool unicode = false;      ///< the locale is UTF-8
  Colours colours = Colours::None;
  int width = 80;  ///< columns
};

/// Asks the system and the environment: NO_COLOR (https://no-color.org), COLORTERM, TERM, LC_ALL, LC_CTYPE,
/// LANG.
Terminal terminal_of(std::FILE* stream);

}  // namespace helder
