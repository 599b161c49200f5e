#pragma once

#include <functional>
#include <memory>

namespace helder::kernels {
struct GraphRecording;  // kernels/cuda/graph.cpp
class MemoryPool;       // kernels/cuda/memory_pools.h
}  // namespace helder::kernels

namespace helder::cuda {

/// Work of the GPU that is recorded once and then started again and again with one call, as
/// torch.cuda.CUDAGraph does it (docs/cuda_graphs.md): what a training step costs the processor, which has
/// hundreds of kernels to launch, it pays once.
///
///   CudaGraph graph;
///   graph.capture([&] {
///     optimizer.zero_grad();
///     loss = cross_entropy(model(x), labels);
///     loss.backward();
///     optimizer.step();
///   });
///   for (...) {
///     x.copy_(...);          // the same tensors each time: a replay reads and writes where the capture did
///     labels.copy_(...);
///     graph.replay();
///     loss.item();
///   }
///
/// Nothing is computed during the capture. What the body allocates belongs to the graph, which keeps the
/// memory for its replays. What the body decides, sizes among them, stays decided. Copies between the
/// memories and whatever waits for the GPU are errors in it.
class CudaGraph {
 public:
  CudaGraph();
  ~CudaGraph();
  CudaGraph(const CudaGraph&) = delete;
  CudaGraph& operator=(const CudaGraph&) = delete;

  /// Records what `body` queues on the current stream, in place of an earlier recording. An exception of the
  /// body comes out of here, and leaves no recording.
  void capture(const std::function<void()>& body);
  /// Queues it on the current stream.
  void replay();
  /// Forgets the recording, and gives back its memory as far as no tensor uses it.
  void reset();
  bool captured() const;

  /// For code that is captured. `hook` runs before each replay, with the replay's stream as the current one:
  /// for what changes from one to the next, such as the number of an optimiser's step.
  void before_replay(std::function<void()> hook);

 private:
  std::unique_ptr<kernels::GraphRecording> recording_;
};

/// What this thread allocates during a capture while one of these lives is not the graph's, whose blocks
/// serve one captured op after the other: memory for before_replay to write to.
class OutsideGraph {
 public:
  OutsideGraph();
  ~OutsideGraph();
  OutsideGraph(const OutsideGraph&) = delete;
  OutsideGraph& operator=(const OutsideGraph&) = delete;

 private:
  std::shared_ptr<kernels::MemoryPool> pool_;
};

/// Whether this thread captures a graph, and which.
bool is_capturing();
CudaGraph* capturing_graph();

}  // namespace helder::cuda
