#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "inspect/onnx/onnx_model.h"
#include "inspect/onnx/traced_graph.h"

namespace helder {

/// An ONNX model that grows op by op. Values of the traced graph get their ONNX names when they are first
/// asked for: constants become initialisers then.
class OnnxBuilder {
 public:
  explicit OnnxBuilder(const TracedGraph& graph) : graph_(graph) {}

  /// The name of a traced value; of an absent one, -1, the empty name.
  std::string value(int index);
  void set_value(int index, const std::string& name) { names_[index] = name; }
  /// Adds a node and returns its output's name: `module/OpType`, or with a number behind it.
  std::string node(const std::string& module, const std::string& op_type, std::vector<std::string> inputs,
                   OnnxAttributes attributes = {});
  std::string initializer(const std::string& name, const Tensor& tensor);
  /// A buffer of the model's, under its name in state_dict(); another tensor under this one.
  std::string buffer(const std::string& otherwise, const Tensor& tensor);
  /// The numbers of a shape as an int64 tensor: an initialiser, or worked out from the number of pictures
  /// where it grows with them.
  std::string sizes(const std::string& module, const TracedShape& shape);

  const TracedGraph& graph() const { return graph_; }
  OnnxModel model;

 private:
  std::string unique(const std::string& name);
  std::string constant_value(const TracedValue& value);

  const TracedGraph& graph_;
  std::unordered_map<int, std::string> names_;
  std::unordered_map<std::string, std::string> buffers_;
  std::unordered_set<std::string> taken_;
  std::string pictures_;  // the value that is the number of pictures, [1]
};

/// What a rule (inspect/onnx/op_rules.h) has at hand to write one op.
class OpWriter {
 public:
  OpWriter(OnnxBuilder& builder, const TracedOp& op) : builder_(builder), op_(op) {}

  bool has(size_t input) const { return input < op_.inputs.size() && op_.inputs[input] >= 0; }
  std::string input(size_t i) { return builder_.value(op_.inputs.at(i)); }
  const TracedShape& shape(size_t input) const { return builder_.graph().value(op_.inputs.at(input)).shape; }
  DType input_type(size_t input) const { return builder_.graph().value(op_.inputs.at(input)).dtype; }
  const TracedShape& output_shape() const { return builder_.graph().value(op_.output).shape; }
  DType dtype() const { return builder_.graph().value(op_.output).dtype; }
  /// Of the traced op.
  const TracedOp& op() const { return op_; }

  /// An attribute of the op's. Throws where it was not recorded.
  template <class T>
  const T& get(const std::string& name) const {
    return std::get<T>(attribute(name));
  }
  bool has_attribute(const std::string& name) const;

  /// A node of this op's; its output.
  std::string node(const std::string& op_type, std::vector<std::string> inputs,
                   OnnxAttributes attributes = {}) {
    return builder_.node(op_.module, op_type, std::move(inputs), std::move(attributes));
  }
  std::string buffer(const std::string& attribute);  ///< an attribute that is a tensor, as a constant
  std::string constant(const std::string& name, const Tensor& tensor);
  std::string number(double value);                          ///< a constant of rank 0 and the op's type
  std::string integers(const std::vector<int64_t>& values);  ///< a constant [n], int64
  std::string sizes(const TracedShape& shape) { return builder_.sizes(op_.module, shape); }

  /// Throws: this op has no form in ONNX, because of `reason`.
  [[noreturn]] void refuse(const std::string& reason) const;

 private:
  const Attribute& attribute(const std::string& name) const;

  OnnxBuilder& builder_;
  const TracedOp& op_;
};

}  // namespace helder
