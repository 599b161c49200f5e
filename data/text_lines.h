#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace helder {

/// Text without the white space at its ends.
std::string_view trimmed(std::string_view text);

/// The parts of a text between white space.
std::vector<std::string_view> words_of(std::string_view text);

/// The lines of a small text file, without white space at their ends. Throws, starting with `name`, where it
/// cannot be read, is longer than 64 MiB or holds a zero byte, which no text does.
std::vector<std::string> load_lines(const std::filesystem::path& path, const std::string& name);

}  // namespace helder
