#pragma once

#include <string_view>

namespace helder {

/// Whether a dotted name is one of those that `patterns` names: patterns with commas between them, in which
/// `*` stands for any characters, dots too, and `?` for one. `layer3.*,fc` names what lies in layer3, and fc.
bool matches_pattern(std::string_view patterns, std::string_view name);

}  // namespace helder
