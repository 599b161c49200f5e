#pragma once

#include <string>

namespace helder::testing {

struct ShellResult {
  int status = -1;     ///< as pclose gives it; 0 where the command succeeded
  std::string output;  ///< stdout and stderr
};

/// Runs a command as a person would, with nothing on its input.
ShellResult run_in_shell(const std::string& command);

}  // namespace helder::testing
