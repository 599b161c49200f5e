#include "weights/darknet_cfg_section.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "tensor/error.h"
#include "weights/edit_distance.h"

namespace helder {
namespace {

constexpr int64_t kMost = int64_t{1} << 24;  // products of a few such numbers fit in 64 bits

template <class Body>
void each_word(std::string_view words, const Body& body) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    body(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

}  // namespace

void DarknetCfgSection::add(std::string_view text, int line) {
  const size_t sign = text.find('=');
  check(sign != std::string_view::npos && sign > 0 && sign + 1 < text.size(),
        "{}:{}: expected [section] or key=value, got '{}'", file_, line, text.substr(0, 60));
  entries_.push_back({std::string(text.substr(0, sign)), std::string(text.substr(sign + 1)), line});
}

std::string DarknetCfgSection::place() const { return fmt::format("{}:{}: [{}]", file_, line_, type_); }

void DarknetCfgSection::fail_at(std::string_view key, const std::string& what) const {
  const Entry* entry = find(key);
  fail("{}:{}: [{}] {}", file_, entry != nullptr ? entry->line : line_, type_, what);
}

const DarknetCfgSection::Entry* DarknetCfgSection::find(std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.key == key) {
      return &entry;
    }
  }
  return nullptr;
}

const DarknetCfgSection::Entry* DarknetCfgSection::take(std::string_view key) {
  known_.emplace(key);
  return find(key);
}

template <class T>
T DarknetCfgSection::parse(const Entry& entry, std::string_view value, const char* kind) const {
  T number = 0;
  const bool plus = value.starts_with('+');
  const char* end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data() + (plus ? 1 : 0), end, number);
  const bool in_range = std::abs(static_cast<double>(number)) <= static_cast<double>(kMost);  // not NaN
  check(error == std::errc() && rest == end && in_range, "{}:{}: [{}] {}: '{}' is not a {} of at most {}",
        file_, entry.line, type_, entry.key, value.substr(0, 60), kind, kMost);
  return number;
}

template <class T>
std::vector<T> DarknetCfgSection::list(std::string_view key, const char* kind) {
  std::vector<T> result;
  if (const Entry* entry = take(key)) {
    std::string_view rest = entry->value;
    if (rest.ends_with(',')) {  // some files have one too many
      rest.remove_suffix(1);
    }
    while (true) {
      const size_t comma = rest.find(',');
      result.push_back(parse<T>(*entry, rest.substr(0, comma), kind));
      if (comma == std::string_view::npos) {
        break;
      }
      rest.remove_prefix(comma + 1);
    }
  }
  return result;
}

int64_t DarknetCfgSection::integer(std::string_view key, int64_t otherwise) {
  const Entry* entry = take(key);
  return entry != nullptr ? parse<int64_t>(*entry, entry->value, "whole number") : otherwise;
}

double DarknetCfgSection::number(std::string_view key, double otherwise) {
  const Entry* entry = take(key);
  return entry != nullptr ? parse<double>(*entry, entry->value, "number") : otherwise;
}

std::string DarknetCfgSection::text(std::string_view key, std::string_view otherwise) {
  const Entry* entry = take(key);
  return entry != nullptr ? entry->value : std::string(otherwise);
}

std::vector<int64_t> DarknetCfgSection::integers(std::string_view key) {
  return list<int64_t>(key, "whole number");
}

std::vector<double> DarknetCfgSection::numbers(std::string_view key) { return list<double>(key, "number"); }

void DarknetCfgSection::skip(std::string_view keys) {
  each_word(keys, [&](std::string_view key) { known_.emplace(key); });
}

void DarknetCfgSection::refuse(std::string_view keys) {
  each_word(keys, [&](std::string_view key) {
    if (const Entry* entry = take(key); entry != nullptr && entry->value != "0") {
      fail_at(key, fmt::format("{}={} is not supported", key, entry->value.substr(0, 60)));
    }
  });
}

void DarknetCfgSection::check_all_known() const {
  for (const Entry& entry : entries_) {
    if (known_.count(entry.key) == 0) {
      std::string_view nearest;
      size_t least = 4;  // letters that may differ
      for (const std::string& key : known_) {
        if (const size_t distance = edit_distance(entry.key, key); distance < least) {
          least = distance;
          nearest = key;
        }
      }
      fail_at(entry.key, fmt::format("there is no key '{}'{}", entry.key.substr(0, 60),
                                     nearest.empty() ? "" : fmt::format("; the nearest is '{}'", nearest)));
    }
  }
}

}  // namespace helder
