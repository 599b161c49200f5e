#include "training/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace helder {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {  // the first that is set decides
    const std::string_view value = environment(name);
    if (!value.empty()) {
      return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
    }
  }
  return false;
}

Colours colours() {
  const std::string_view term = environment("TERM");
  const std::string_view colour_term = environment("COLORTERM");
  if (!environment("NO_COLOR").empty() || term.empty() || term == "dumb") {
    return Colours::None;
  }
  const bool full = colour_term == "truecolor" || colour_term == "24bit";
  return full ? Colours::TrueColour : Colours::Palette256;
}

}  // namespace

Terminal terminal_of(std::FILE* stream) {
  const int descriptor = ::fileno(stream);
  if (!::isatty(descriptor) || environment("TERM") == "dumb") {
    return {};
  }
  Terminal terminal{.interactive = true, .unicode = locale_is_utf8(), .colours = colours()};
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = size.ws_col;
  }
  return terminal;
}

}  // namespace helder
