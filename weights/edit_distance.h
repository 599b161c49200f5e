#pragma once

#include <cstddef>
#include <string_view>

namespace helder {

/// How many letters have to be put in, left out or replaced to make `b` of `a` (Levenshtein, 1966).
size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace helder
