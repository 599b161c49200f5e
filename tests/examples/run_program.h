#pragma once

#include <functional>
#include <string>
#include <vector>

struct ProgramResult {
  int exit_code = 0;  // 128 + n when signal n ended it
  std::string out;
  std::string err;
};

/// Runs examples/NAME with these flags, offline. While it runs, `watch` is called with the output so far
/// whenever there is more of it, and the process to send signals to.
ProgramResult run_program(const std::string& name, const std::vector<std::string>& flags,
                          const std::function<void(const std::string& out, int process)>& watch = {});
