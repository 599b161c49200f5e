#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tensor/tensor.h"

// A model in the words of ONNX (github.com/onnx/onnx, onnx.proto and Operators.md), and its file.

namespace helder {

/// The operators' meaning is that of this version of the operator set, and the file's that of IR version 8
/// (ONNX 1.12, 2022).
inline constexpr int64_t kOnnxOpset = 17, kOnnxIrVersion = 8;

/// An int, a float, a word or a list of ints.
using OnnxAttribute = std::variant<int64_t, double, std::string, std::vector<int64_t>>;
using OnnxAttributes = std::vector<std::pair<std::string, OnnxAttribute>>;

/// One operator. Inputs and output are names of values; an empty input is an absent one.
struct OnnxNode {
  std::string op_type, name;
  std::vector<std::string> inputs;
  std::string output;
  OnnxAttributes attributes = {};
};

/// What is known of a value: its type, and for each dimension its size or, where that may vary, a name.
struct OnnxValue {
  std::string name;
  DType dtype = DType::Float32;
  std::vector<std::variant<int64_t, std::string>> shape;
};

struct OnnxModel {
  std::string name;
  OnnxValue input, output;
  std::vector<OnnxNode> nodes;                               ///< each after those whose outputs it takes
  std::vector<std::pair<std::string, Tensor>> initializers;  ///< the constants
  std::vector<OnnxValue> values;  ///< what lies between, for who looks at the graph
};

/// Writes a .onnx file, atomically. Throws where it would have more than 2 GB, which is the most that a
/// protobuf message can have, and on a tensor of a type that is not float32, float64, float16, bfloat16,
/// int64, uint8 or bool.
void write_onnx(const std::filesystem::path& path, const OnnxModel& model);

}  // namespace helder
