#include "data/names_file.h"

#include "data/text_lines.h"
#include "tensor/error.h"

namespace helder {

std::vector<std::string> load_names(const std::filesystem::path& path) {
  const std::string name = "names: " + path.string();
  std::vector<std::string> names = load_lines(path, name);
  while (!names.empty() && names.back().empty()) {
    names.pop_back();
  }
  check(!names.empty(), "{}: there are no names in it", name);
  for (size_t i = 0; i < names.size(); ++i) {
    check(!names[i].empty(), "{}:{}: the line is empty; each is the name of a class", name, i + 1);
  }
  return names;
}

}  // namespace helder
