#include "weights/name_map.h"

#include "tensor/views.h"

namespace helder {
namespace {

bool matches_rest(std::string_view pattern, std::string_view name, char separator,
                  std::vector<std::string_view>& found) {
  const size_t star = pattern.find('*');
  if (star == pattern.npos) {
    return pattern == name;
  }
  if (!name.starts_with(pattern.substr(0, star))) {
    return false;
  }
  const bool any_text = pattern.substr(star).starts_with("**");
  const std::string_view rest = pattern.substr(star + (any_text ? 2 : 1));
  name = name.substr(star);
  for (size_t length = 0; length <= name.size(); ++length) {
    if (length > 0 && name[length - 1] == separator && !any_text) {
      break;
    }
    found.push_back(name.substr(0, length));
    if (matches_rest(rest, name.substr(length), separator, found)) {
      return true;
    }
    found.pop_back();
  }
  return false;
}

// `to` with its stars replaced.
std::string filled_in(std::string_view to, const std::vector<std::string_view>& found) {
  std::string name;
  size_t used = 0;
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i] != '*') {
      name += to[i];
      continue;
    }
    i += to.substr(i).starts_with("**") ? 1 : 0;
    check(used < found.size(), "name map: '{}' has more stars than the pattern before it", to);
    name += found[used++];
  }
  return name;
}

}  // namespace

NameRules&& NameRules::add(std::initializer_list<NameRule> rules) && {
  rules_.insert(rules_.end(), rules.begin(), rules.end());
  return std::move(*this);
}

NameRules&& NameRules::within(std::initializer_list<std::pair<std::string_view, std::string_view>> beginnings,
                              std::initializer_list<NameRule> rules) && {
  for (const auto& [from, to] : beginnings) {
    for (NameRule rule : rules) {
      rule.from = names_.emplace_back(std::string(from) + std::string(rule.from));
      if (!rule.to.empty()) {
        rule.to = names_.emplace_back(std::string(to) + std::string(rule.to));
      }
      rules_.push_back(rule);
    }
  }
  return std::move(*this);
}

bool matches(std::string_view pattern, std::string_view name, std::vector<std::string_view>* found) {
  std::vector<std::string_view> stood_for;
  const char separator = name.find('/') == name.npos ? '.' : '/';
  const bool all = matches_rest(pattern, name, separator, stood_for);
  if (found) {
    *found = std::move(stood_for);
  }
  return all;
}

Renamed renamed(std::span<const NameRule> rules, std::string_view name) {
  std::vector<std::string_view> found;
  for (const NameRule& rule : rules) {
    if (matches(rule.from, name, &found)) {
      return {filled_in(rule.to, found), &rule};
    }
  }
  return {std::string(name), nullptr};
}

bool fits(const Shape& stored, Change change, const Shape& wanted) {
  switch (change) {
    case Change::None:
      // Of the same rank, [2, 3] for [3, 2] is rather a transpose that somebody forgot.
      return stored == wanted || (stored.rank() != wanted.rank() && stored.numel() == wanted.numel());
    case Change::Transpose: {
      if (wanted.rank() != 2 || stored.numel() != wanted.numel()) {
        return false;
      }
      int64_t in = 1;  // of the first i dimensions
      for (int i = 0; i < stored.rank() && in != wanted[1]; ++i) {
        in *= stored[i];
      }
      return in == wanted[1];
    }
    case Change::HwioToOihw:
      break;
  }
  return stored.rank() == 4 && wanted == Shape{stored[3], stored[2], stored[0], stored[1]};
}

Tensor changed(const Tensor& stored, Change change, const Shape& wanted) {
  check(fits(stored.shape(), change, wanted), "name map: a tensor of shape {} does not become one of {}",
        stored.shape(), wanted);
  switch (change) {
    case Change::None:
      return views::reshape(stored, wanted);
    case Change::Transpose:
      return views::transpose(views::reshape(stored, {wanted[1], wanted[0]}), 0, 1);
    case Change::HwioToOihw:
      break;
  }
  return views::permute(stored, {3, 2, 0, 1});
}

}  // namespace helder
