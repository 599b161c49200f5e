#include "tests/shell.h"

#include <cstdio>

#include "tests/catch.h"

namespace helder::testing {

ShellResult run_in_shell(const std::string& command) {
  ShellResult result;
  std::FILE* pipe = ::popen((command + " 2>&1 </dev/null").c_str(), "r");
  REQUIRE(pipe);
  char buffer[4096];
  for (size_t n; (n = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
    result.output.append(buffer, n);
  }
  result.status = ::pclose(pipe);
  return result;
}

}  // namespace helder::testing
