#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace helder {

/// The whole of a program's `main` once its flags are declared: reads them, then calls `body`, whose result
/// is the exit code.
///
/// An exception is printed as `NAME: what happened`, NAME being the app's, and gives 1; a wrong flag gives 2,
/// and `--help` 0.
int parse_and_run(CLI::App& app, int argc, char** argv, const std::function<int()>& body);

}  // namespace helder
