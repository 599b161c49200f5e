#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace helder {

/// The number of the class that `name` means: by its name, upper or lower case and `_` or `-` for a space, or
/// by its number. Of classes with equal names (ImageNet has two cranes) the first. Throws where there is
/// none, with the nearest name.
int64_t class_of_name(std::string_view name, std::span<const std::string_view> classes);

}  // namespace helder
