#pragma once

#include "layers/module.h"
#include "tensor/cuda_graph.h"
#include "training/optimizer.h"

namespace helder {

/// A step of training a classifier on the GPU: forward, cross entropy, backward, the optimiser's step. What
/// it costs the processor to launch it, it pays once: the second step is captured in a graph
/// (docs/cuda_graphs.md), which the later ones replay. A batch of another size than the first is trained
/// without it, with the same result.
class GraphedStep {
 public:
  GraphedStep(Module& model, Optimizer& optimizer) : model_(model), optimizer_(optimizer) {}

  struct Result {
    double loss;      ///< of the batch, before the step
    int64_t correct;  ///< how many of its images the network answered rightly
  };
  /// images [N, ...] and labels [N], on the GPU. Waits for it.
  Result operator()(const Tensor& images, const Tensor& labels);

 private:
  struct Outputs {
    Tensor loss, correct;
  };
  Outputs step(const Tensor& images, const Tensor& labels);
  Result read(const Outputs& outputs) const;

  Module& model_;
  Optimizer& optimizer_;
  Tensor images_, labels_;  // what the graph reads
  Outputs outputs_;         // and writes
  cuda::CudaGraph graph_;
};

}  // namespace helder
