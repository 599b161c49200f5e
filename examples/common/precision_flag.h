#pragma once

#include <CLI/CLI.hpp>

#include "autograd/matmul_precision.h"

namespace helder {

/// Declares `--precision fp32|tf32|bf16`: in what matrices are multiplied (docs/precision.md).
void add_precision_flag(CLI::App& app, MatmulPrecision& precision);

/// Its word for it: "bf16".
const char* name_of(MatmulPrecision precision);

}  // namespace helder
