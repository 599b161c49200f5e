#pragma once

#include "tests/training/valley.h"

namespace helder::testing {

/// The optimisers and the schedules of tests/fixtures/generate_optimizers.py, by name.
std::map<std::string, Path> optimizer_paths();
std::map<std::string, Path> schedule_paths();

}  // namespace helder::testing
