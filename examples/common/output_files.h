#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

// The files that programs write.

namespace helder {

/// Throws where a file cannot be written later: a wrong path should be known before an hour of training, not
/// after it. An empty path is for a file that nobody wants.
void check_output_path(const std::filesystem::path& path);

// Both replace the file atomically.
void write_text(const std::filesystem::path& path, const std::string& text);
void write_json(const std::filesystem::path& path, const nlohmann::json& json);

}  // namespace helder
