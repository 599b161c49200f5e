#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

/// What a program wrote for machines.
inline nlohmann::json json_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}
