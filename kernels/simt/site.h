#pragma once

/// A place in a kernel's source, for messages. (clang 14 has no std::source_location.)
namespace helder::simt {

struct Site {
  const char* file = "";
  int line = 0;

  /// As a default argument: the place of the call.
  static constexpr Site here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
  friend bool operator==(const Site&, const Site&) = default;
};

}  // namespace helder::simt
