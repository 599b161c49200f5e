#pragma once

#include <span>
#include <string>
#include <vector>

#include "tensor/half.h"

namespace helder {

/// How NumPy (2.4) prints the floats of one array, for Float16, float and double: all in one notation, the
/// points aligned. A number gets the fewest digits that tell it from its neighbours of the same type, and at
/// most `precision` after the point. The notation is scientific when the largest magnitude is 1e8 or more
/// (1e6 for float, 1e3 for Float16), when the smallest but zero is below 1e-4, or when they are a factor of
/// over 1000 apart.
template <class T>
std::vector<std::string> float_words(std::span<const T> values, int precision);

/// How NumPy prints a float on its own: with all the digits it needs.
template <class T>
std::string float_word(T value);

}  // namespace helder
