#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "tests/catch.h"

/// A file or folder of the real data in $HELDER_DATA. Nothing, with a note of why, where it is absent: the
/// test has to return then. With HELDER_REQUIRE_DATA=1 absence is a failure.
///
///   const auto mnist = data_path("mnist");
///   if (!mnist) return;
inline std::optional<std::filesystem::path> data_path(const std::string& name) {
  const char* data = std::getenv("HELDER_DATA");
  const bool is_set = data && *data;
  if (is_set && std::filesystem::exists(std::filesystem::path(data) / name)) {
    return std::filesystem::path(data) / name;
  }
  const std::string reason =
      is_set ? std::string(data) + "/" + name + " is not there" : "HELDER_DATA is not set";
  const char* require = std::getenv("HELDER_REQUIRE_DATA");
  if (require && std::string_view(require) == "1") {
    FAIL(reason);
  }
  WARN("skipped: " << reason);
  return {};
}
