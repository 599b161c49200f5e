#pragma once

#include <filesystem>
#include <string>

#include "inspect/onnx/onnx_model.h"
#include "layers/module.h"

namespace helder {

/// A network that takes pictures [N, `picture`...] in ONNX's operators: its ops in eval mode, one by one
/// (inspect/onnx/traced_graph.h), each by its rule (inspect/onnx/op_rules.h). The input is called `input`,
/// the output `output`, the number of pictures may vary, and weights have their names in state_dict().
/// Throws, naming op and module, where an op has no form in ONNX.
OnnxModel onnx_model(Module& model, const Shape& picture, const std::string& name = "model");

/// Writes it to a .onnx file, atomically.
void export_onnx(const std::filesystem::path& path, Module& model, const Shape& picture,
                 const std::string& name = "model");

}  // namespace helder
