#include "examples/common/command_line.h"

#include <exception>
#include <iostream>
#include <string>

namespace helder {

int parse_and_run(CLI::App& app, int argc, char** argv, const std::function<int()>& body) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return body();
  } catch (const std::exception& error) {
    std::cout.flush();
    const std::string prefix = app.get_name() + ": ", message = error.what();
    // weights/ begins messages with its name, which is also a program's.
    std::cerr << (message.starts_with(prefix) ? "" : prefix) << message << "\n";
    return 1;
  }
}

}  // namespace helder
