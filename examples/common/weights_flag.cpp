#include "examples/common/weights_flag.h"

#include <fmt/core.h>

#include "training/terminal.h"
#include "weights/hub.h"

namespace helder {

void show_download(const std::string& file, uint64_t bytes, uint64_t total) {
  if (!terminal_of(stdout).interactive) {
    return;
  }
  const bool finished = total > 0 && bytes == total;
  const std::string of = total > 0 ? fmt::format(" of {}", total / 1024) : "";
  fmt::print("\rdownloading {}: {}{} KB{}", file, bytes / 1024, of, finished ? "\n" : "");
  std::fflush(stdout);
}

std::filesystem::path find_weights(const std::string& weights) {
  HubOptions options = hub_options_from_environment();
  options.progress = show_download;
  return resolve_weights(weights, options);
}

}  // namespace helder
