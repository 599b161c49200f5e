#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

class Node;  // autograd/node.h

/// One thing that an op was given beside the tensors that it differentiates: a number (a flag is 0 or 1), a
/// word, a list, or a tensor such as the running mean of a batch norm.
using Attribute = std::variant<int64_t, double, std::string, Shape, Tensor>;

/// All of them, under PyTorch's names: `{"stride", Shape{2, 2}}, {"groups", 1}`.
using Attributes = std::vector<std::pair<std::string, Attribute>>;

/// What the node of an op derives from, beside Node, when its inputs and the shapes do not say all that it
/// computed. The attributes are there once the op has returned, where it was recorded.
class HasAttributes {
 public:
  virtual ~HasAttributes() = default;
  virtual Attributes attributes() const = 0;
};

/// Of an op's node, for who writes a graph down for others (inspect/onnx/); none where it has none.
Attributes attributes_of(const Node& node);

}  // namespace helder
