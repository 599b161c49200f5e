#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace helder {

/// A section of a `.cfg` file, and the keys that were asked for so far: what is left over at the end is
/// unknown. Numbers are whole and at most 2^24, or finite; all else is an error with the file and line.
class DarknetCfgSection {
 public:
  DarknetCfgSection(std::string file, std::string type, int line)
      : file_(std::move(file)), type_(std::move(type)), line_(line) {}

  /// Throws where the line is not `key=value`.
  void add(std::string_view text, int line);

  const std::string& type() const { return type_; }
  /// What messages about the whole section start with: `yolo.cfg:12: [route]`.
  std::string place() const;

  bool has(std::string_view key) const { return find(key) != nullptr; }
  int64_t integer(std::string_view key, int64_t otherwise);
  double number(std::string_view key, double otherwise);
  bool flag(std::string_view key, bool otherwise = false) { return integer(key, otherwise ? 1 : 0) != 0; }
  std::string text(std::string_view key, std::string_view otherwise);
  /// Numbers with commas between them; none where the key is absent.
  std::vector<int64_t> integers(std::string_view key);
  std::vector<double> numbers(std::string_view key);

  /// Keys of training, with spaces between them: they may be there, and mean nothing here.
  void skip(std::string_view keys);
  /// Keys of what Helder does not compute: they must be absent or 0.
  void refuse(std::string_view keys);
  /// Throws where a key is left over.
  void check_all_known() const;

  /// Throws, with the line of `key`, or of the section where it has none.
  [[noreturn]] void fail_at(std::string_view key, const std::string& what) const;

 private:
  struct Entry {
    std::string key, value;
    int line;
  };
  const Entry* find(std::string_view key) const;
  const Entry* take(std::string_view key);
  template <class T>
  T parse(const Entry& entry, std::string_view value, const char* kind) const;
  template <class T>
  std::vector<T> list(std::string_view key, const char* kind);

  std::string file_, type_;
  int line_;
  std::vector<Entry> entries_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace helder
