#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace helder {

/// The names of classes, one a line, as darknet keeps them in `.names` files. Empty lines at the end are
/// none. Throws, starting with `names: PATH`, where the file cannot be read, has no names, or an empty line
/// between them.
std::vector<std::string> load_names(const std::filesystem::path& path);

}  // namespace helder
