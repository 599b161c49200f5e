#pragma once

#include <string>

namespace helder {

/// How far a pixel in [0, 1] may move: a number, or a fraction such as `8/255`. Throws unless it is one from
/// 0 to 1.
double parse_epsilon(const std::string& text);

/// The other way round: `8/255` where it is so many steps of an image file, else a number.
std::string show_epsilon(double epsilon);

}  // namespace helder
