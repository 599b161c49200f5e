#include "inspect/name_pattern.h"

#include <cstddef>

namespace helder {
namespace {

// Where a star has been passed and a later character does not fit, the star takes one character more.
bool matches_one(std::string_view pattern, std::string_view name) {
  size_t p = 0, n = 0, star = std::string_view::npos, after_star = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_star = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++after_star;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

}  // namespace

bool matches_pattern(std::string_view patterns, std::string_view name) {
  while (true) {
    const size_t comma = patterns.find(',');
    if (matches_one(patterns.substr(0, comma), name)) {
      return true;
    }
    if (comma == std::string_view::npos) {
      return false;
    }
    patterns.remove_prefix(comma + 1);
  }
}

}  // namespace helder
