#include "data/yolo_yaml.h"

#include <charconv>
#include <string_view>

#include "data/text_lines.h"
#include "tensor/error.h"

namespace helder {
namespace {

// A value, and in a map its key.
struct Item {
  std::string key, value, where;
};

// A line that is not indented, and what belongs to it.
struct Entry {
  std::string key, where;
  std::vector<Item> items;
  bool closed = false;  // its value is on the line: nothing below belongs to it
  bool text = false;    // text of any kind is below
};

class YamlReader {
 public:
  YamlReader(const std::filesystem::path& path, const std::string& name)
      : lines_(load_lines(path, name)), name_(name) {}

  std::vector<Entry> read() {
    for (; line_ < lines_.size(); ++line_) {
      rest_ = lines_[line_];
      const size_t indentation = rest_.find_first_not_of(' ');
      if (at_end() || rest_ == "---" || rest_ == "...") {
        continue;
      }
      check(lines_[line_][indentation] != '\t', "{}: a tab; lines are indented by spaces", where());
      const bool listed = rest_ == "-" || rest_.starts_with("- ");
      if (indentation == 0 && !listed) {
        entries_.push_back(entry());
      } else if (entries_.empty() || !entries_.back().text) {
        check(!entries_.empty() && !entries_.back().closed, "{}: this line belongs to no key", where());
        entries_.back().items.push_back(item(listed));
      }
    }
    return std::move(entries_);
  }

 private:
  std::string where() const { return fmt::format("{}:{}", name_, line_ + 1); }

  // Whether nothing but a comment is left of the line.
  bool at_end() {
    rest_ = trimmed(rest_);
    return rest_.empty() || rest_.front() == '#';
  }

  void expect(char c) {
    check(!at_end() && rest_.front() == c, "{}: expected '{}'{}", where(), c,
          at_end() ? "" : fmt::format(", got '{}'", rest_.substr(0, 30)));
    rest_.remove_prefix(1);
  }

  void expect_end() {
    const bool end = at_end();
    check(end, "{}: '{}' follows the value", where(), rest_.substr(0, 30));
  }

  // In quotes, or up to a comment or one of `stops`; a colon stops where a space or nothing follows.
  std::string scalar(std::string_view stops) {
    if (at_end()) {
      return "";
    }
    const char quote = rest_.front();
    if (quote == '"' || quote == '\'') {
      const size_t end = rest_.find(quote, 1);
      check(end != std::string_view::npos, "{}: the quote is not closed: {}", where(), rest_.substr(0, 30));
      const std::string_view text = rest_.substr(1, end - 1);
      rest_.remove_prefix(end + 1);
      return std::string(text);
    }
    size_t end = 0;
    for (; end < rest_.size(); ++end) {
      const char c = rest_[end];
      const bool comment = c == '#' && end > 0 && (rest_[end - 1] == ' ' || rest_[end - 1] == '\t');
      const bool in_word = c == ':' && end + 1 < rest_.size() && rest_[end + 1] != ' ';
      if (comment || (stops.find(c) != std::string_view::npos && !in_word)) {
        break;
      }
    }
    const std::string_view text = trimmed(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return std::string(text);
  }

  Entry entry() {
    Entry made{.key = scalar(":"), .where = where(), .items = {}};
    expect(':');
    if (at_end()) {
      return made;
    }
    made.closed = true;
    if (rest_.front() == '[' || rest_.front() == '{') {
      flow(made);
    } else if (rest_.front() == '|' || rest_.front() == '>') {
      made.text = true;
      return made;
    } else {
      made.items.push_back({.key = "", .value = scalar(""), .where = where()});
    }
    expect_end();
    return made;
  }

  Item item(bool listed) {
    Item made{.key = "", .value = "", .where = where()};
    if (listed) {
      expect('-');
    } else {
      made.key = scalar(":");
      expect(':');
    }
    made.value = scalar("");
    expect_end();
    return made;
  }

  // [a, b] or {0: a, 1: b}, over as many lines as it takes.
  void flow(Entry& to) {
    const bool map = rest_.front() == '{';
    const char close = map ? '}' : ']';
    rest_.remove_prefix(1);
    const auto more = [&] {
      while (at_end()) {
        check(line_ + 1 < lines_.size(), "{}: the '{}' is not closed", to.where, map ? '{' : '[');
        rest_ = lines_[++line_];
      }
    };
    for (more(); rest_.front() != close; more()) {
      Item made{.key = map ? scalar(":,}") : "", .value = "", .where = where()};
      if (map) {
        expect(':');
        more();
      }
      made.value = scalar(map ? ",}" : ",]");
      to.items.push_back(std::move(made));
      more();
      if (rest_.front() != close) {
        expect(',');
      }
    }
    rest_.remove_prefix(1);
  }

  std::vector<std::string> lines_;
  std::string name_;
  size_t line_ = 0;  // from 0
  std::string_view rest_;
  std::vector<Entry> entries_;
};

int64_t number(const std::string& text, const std::string& where, const char* what) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  check(error == std::errc() && end == text.data() + text.size(), "{}: {} is not a whole number: '{}'", where,
        what, text.substr(0, 30));
  return value;
}

std::vector<std::string> names_of(const Entry& entry) {
  std::vector<std::string> names(entry.items.size());
  for (size_t i = 0; i < names.size(); ++i) {
    const Item& item = entry.items[i];
    const int64_t at =
        item.key.empty() ? static_cast<int64_t>(i) : number(item.key, item.where, "the class's number");
    check(!item.value.empty(), "{}: the class {} has no name", item.where, at);
    check(at >= 0 && at < static_cast<int64_t>(names.size()),
          "{}: class {} among {} names: they must have the numbers 0 to {}", item.where, at, names.size(),
          names.size() - 1);
    check(names[static_cast<size_t>(at)].empty(), "{}: class {} is there a second time", item.where, at);
    names[static_cast<size_t>(at)] = item.value;
  }
  return names;
}

}  // namespace

YoloYaml load_yolo_yaml(const std::filesystem::path& path) {
  const std::string name = "yolo: " + path.string();
  YoloYaml yaml;
  const Entry* count = nullptr;
  const std::vector<Entry> entries = YamlReader(path, name).read();
  for (const Entry& entry : entries) {
    const auto one = [&]() -> const std::string& {
      check(entry.items.size() == 1, "{}: '{}' takes one value", entry.where, entry.key);
      return entry.items.front().value;
    };
    if (entry.key == "path") {
      yaml.root = one();
    } else if (entry.key == "nc") {
      one();
      count = &entry;
    } else if (entry.key == "names") {
      yaml.names = names_of(entry);
    } else if ((entry.key == "train" || entry.key == "val" || entry.key == "test") && !entry.items.empty()) {
      YoloYaml::Part part{.name = entry.key, .places = {}, .where = entry.where};
      for (const Item& item : entry.items) {
        part.places.push_back(item.value);
      }
      yaml.parts.push_back(std::move(part));
    }
  }
  check(!yaml.names.empty(), "{}: there are no 'names' of classes", name);
  if (count != nullptr) {
    const int64_t classes = number(count->items.front().value, count->where, "'nc'");
    check(classes == static_cast<int64_t>(yaml.names.size()), "{}: 'nc' is {}, and there are {} names",
          count->where, classes, yaml.names.size());
  }
  return yaml;
}

}  // namespace helder
