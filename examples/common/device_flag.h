#pragma once

#include <CLI/CLI.hpp>

#include "tensor/device.h"

namespace helder {

/// Declares `--device cpu|cuda`. A wrong word, or cuda where nothing runs it, is refused as a wrong flag.
void add_device_flag(CLI::App& app, Device& device);

}  // namespace helder
