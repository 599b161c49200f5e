#pragma once

#include <string>

#include "inspect/onnx/op_writer.h"

namespace helder {

/// Writes one op in ONNX's operators and returns the name of its output. An op that has no rule is an error
/// that names it and its module.
std::string write_op(OpWriter& writer);

}  // namespace helder
