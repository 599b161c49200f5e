#pragma once

#include <string>

// Where things lie that tests read and run. Only paths.cpp is compiled with the names of folders, so that
// every other object is the same wherever the project lies.

namespace helder::testing {

/// `name` inside the project, as in source_path("tests/fixtures/lenet_steps.json").
std::string source_path(const std::string& name);

/// The built program of examples/NAME.cpp.
std::string example_path(const std::string& name);

/// The program in which a debugger stops (tests/inspect/debug_target.cpp).
std::string debug_target_path();

/// The one with a CUDA kernel (tests/kernels/simt/debug_target.cu); empty where CUDA is not simt.
std::string simt_debug_target_path();

}  // namespace helder::testing
