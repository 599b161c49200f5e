#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Reverse-mode differentiation: passes `gradient`, d(loss)/d(root), down the graph under `root`.
class Engine {
 public:
  static void run(const Tensor& root, const Tensor& gradient, bool retain_graph);
};

}  // namespace helder
