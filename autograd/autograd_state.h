#pragma once

#include <memory>

#include "autograd/grad_mode.h"
#include "tensor/tensor.h"

namespace helder {

class AccumulateGrad;

/// A tensor's place in the graph.
struct AutogradState {
  bool requires_grad = false;                   // a leaf that collects its gradient
  Tensor grad;                                  // of a leaf, or of a tensor that called retain_grad()
  std::shared_ptr<Node> node;                   // the op that made it; null for a leaf
  std::shared_ptr<AccumulateGrad> accumulator;  // a leaf's end node, made when an op first uses it
};

}  // namespace helder
