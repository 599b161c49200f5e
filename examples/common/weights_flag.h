#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace helder {

/// A line that shows how far a download is, drawn again where somebody watches and nowhere else.
void show_download(const std::string& file, uint64_t bytes, uint64_t total);

/// What `--weights` means, a path or `hf:owner/name[/file][@revision]` (weights/hub.h), with that line.
std::filesystem::path find_weights(const std::string& weights);

}  // namespace helder
