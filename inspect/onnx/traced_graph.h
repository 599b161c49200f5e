#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/attributes.h"
#include "layers/module.h"
#include "tensor/tensor.h"

namespace helder {

/// The sizes of a tensor in a network that takes any number of pictures at once: those in an example with so
/// many pictures, and whether each grows with them.
struct TracedShape {
  static constexpr int64_t kPictures = 2;

  Shape sizes;  ///< with kPictures pictures
  std::vector<bool> grows;

  int rank() const { return sizes.rank(); }
  bool grows_at(int dim) const { return grows[static_cast<size_t>(dim)]; }
  int growing() const;  ///< how many dimensions
  /// The size for one picture of a dimension that grows: 8 for heads times batch.
  int64_t each(int dim) const { return sizes[dim] / kPictures; }
};

/// A tensor in a TracedGraph.
struct TracedValue {
  std::string name;  ///< a parameter's or buffer's in state_dict(); empty for others
  TracedShape shape;
  DType dtype = DType::Float32;
  int op = -1;              ///< the op that made it; -1 for the input and constants
  bool from_input = false;  ///< whether its numbers follow from the pictures
  Tensor constant;          ///< its numbers, where they do not
};

/// An op, with all that it takes to do the same elsewhere.
struct TracedOp {
  std::string name;    ///< as Node::name()
  std::string module;  ///< the innermost one, `layer1.0.conv1`
  Attributes attributes;
  bool recorded = false;    ///< the attributes are known
  std::vector<int> inputs;  ///< indices of values; -1 for an absent tensor
  int output = 0;
};

/// What a network computes, op by op.
struct TracedGraph {
  std::vector<TracedValue> values;
  std::vector<TracedOp> ops;
  int input = 0, output = 0;
  StateDict state;  ///< the model's, for tensors that are attributes

  const TracedValue& value(int i) const { return values[static_cast<size_t>(i)]; }
};

/// Calls the model in eval mode with pictures [N, `picture`...] and writes down its ops: with two different
/// batches, of 2 and of 3 pictures. What differs between the two tells what follows the batch; a model that
/// does something else with the second is refused, and so is one whose numbers come by ways that the observer
/// does not see. Errors name op and module.
TracedGraph trace_graph(Module& model, const Shape& picture);

}  // namespace helder
