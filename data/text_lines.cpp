#include "data/text_lines.h"

#include <algorithm>

#include "tensor/error.h"
#include "tensor/mapped_file.h"

namespace helder {
namespace {
constexpr std::string_view kWhite = " \t\r\n\v\f";
}

std::string_view trimmed(std::string_view text) {
  const size_t first = std::min(text.find_first_not_of(kWhite), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(kWhite) + 1);
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    const size_t end = std::min(text.find_first_of(kWhite), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::vector<std::string> load_lines(const std::filesystem::path& path, const std::string& name) {
  const MappedFile file(path, name);
  constexpr size_t kMost = size_t{64} << 20;
  check(file.bytes().size() <= kMost, "{}: {} bytes are more than the {} of a text", name,
        file.bytes().size(), kMost);
  std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  check(text.find('\0') == std::string_view::npos, "{}: not a text file: it holds a zero byte", name);
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    lines.emplace_back(line.substr(0, line.find_last_not_of(kWhite) + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace helder
