#pragma once

#include <string>

#include "tensor/tensor.h"

namespace helder {

/// The graph that made `root`, in Graphviz's DOT language (`dot -Tsvg`): a box for each op with its output's
/// shape, an ellipse for each leaf, an arrow along the flow of the forward pass, and beside each op what it
/// saved.
std::string graph_dot(const Tensor& root);

}  // namespace helder
