#include "examples/common/class_choice.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

#include "tensor/error.h"
#include "weights/edit_distance.h"

namespace helder {
namespace {

// Lower case, words apart by one kind of space.
std::string plain(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    c = c == '_' || c == '-' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

}  // namespace

int64_t class_of_name(std::string_view name, std::span<const std::string_view> classes) {
  check(!classes.empty(), "the model has no classes, so there is no '{}' among them", name);
  size_t number = 0;
  const char* end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data(), end, number);
  if (error == std::errc() && rest == end) {
    check(number < classes.size(), "there is no class {}; they are numbered from 0 to {}", number,
          classes.size() - 1);
    return static_cast<int64_t>(number);
  }
  const std::string wanted = plain(name);
  const auto nearest =
      std::min_element(classes.begin(), classes.end(), [&](std::string_view a, std::string_view b) {
        return edit_distance(plain(a), wanted) < edit_distance(plain(b), wanted);
      });
  check(plain(*nearest) == wanted, "there is no class '{}'; the nearest is '{}'", name, *nearest);
  return nearest - classes.begin();
}

}  // namespace helder
