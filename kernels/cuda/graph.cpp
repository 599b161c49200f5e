// Graphs: tensor/cuda_graph.h over CUDA's runtime, or over simt's, and what code that is captured wants of
// them.

#include "tensor/cuda_built.h"

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "kernels/cuda/check.h"
#include "kernels/cuda/deferred_check.h"
#include "kernels/cuda/graph_values.h"
#include "kernels/cuda/memory_pools.h"
#include "kernels/cuda/store.h"
#include "kernels/cuda/stream.h"
#include "tensor/cuda_graph.h"
#include "tensor/cuda_memory.h"
#include "tensor/cuda_stream.h"
#include "tensor/error.h"
#include "tensor/random.h"

namespace helder::kernels {
namespace {

// A finding's place, which the GPU writes and the host reads, and what to say of it.
struct DeferredCheck {
  Finding* finding;
  FindingMessage message;
};

// Those of all graphs.
struct DeferredChecks {
  std::mutex mutex;
  std::vector<const DeferredCheck*> list;
};

DeferredChecks& deferred_checks() {
  static auto* instance = new DeferredChecks();
  return *instance;
}

}  // namespace

struct GraphRecording {
  std::shared_ptr<MemoryPool> pool = memory_pools().new_pool();
  cudaGraphExec_t executable = nullptr;
  std::vector<std::function<void()>> hooks = {};
  std::vector<std::unique_ptr<DeferredCheck>> checks = {};
  // See random_shift. From before the capture: the graph's own blocks serve one captured op after the other.
  uint64_t* shift = static_cast<uint64_t*>(cuda::allocate_bytes(sizeof(uint64_t)));
  uint64_t seed = default_generator().seed(), offset = default_generator().offset();  // at the capture
  uint64_t drawn = 0;  // counters of the default generator that a replay uses

  GraphRecording() = default;
  GraphRecording(const GraphRecording&) = delete;
  GraphRecording& operator=(const GraphRecording&) = delete;
  ~GraphRecording() {
    if (executable != nullptr) {
      cudaDeviceSynchronize();  // a replay may still run
      cudaGraphExecDestroy(executable);
    }
    const std::lock_guard lock(deferred_checks().mutex);
    for (const auto& check : checks) {
      std::erase(deferred_checks().list, check.get());
      cudaFreeHost(check->finding);
    }
    cuda::free_bytes(shift, sizeof(*shift));
  }
};

namespace {

struct Capture {
  cuda::CudaGraph* graph = nullptr;
  GraphRecording* recording = nullptr;
};
thread_local Capture capture;

void instantiate(GraphRecording& recording, cudaGraph_t graph) {
  const cudaError_t error = cudaGraphInstantiate(&recording.executable, graph, 0);
  cudaGraphDestroy(graph);
  check_cuda(error, "make a graph of what was captured");
}

// Ends the capture, also where the body threw: then there may be no graph.
cudaGraph_t end_capture(cudaStream_t stream) {
  cudaGraph_t graph = nullptr;
  const cudaError_t error = cudaStreamEndCapture(stream, &graph);
  MemoryPools::use_for_capture(nullptr);
  GraphRecording& recording = *capture.recording;
  recording.drawn = default_generator().offset() - recording.offset;
  default_generator().set_state(recording.seed, recording.offset);  // nothing was drawn yet
  capture = {};
  if (error != cudaSuccess) {
    cudaGetLastError();
    return nullptr;
  }
  return graph;
}

}  // namespace

Finding* defer_check(FindingMessage message) {
  check(capture.recording != nullptr, "defer_check: there is no graph that is captured");
  cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;
  cudaThreadExchangeStreamCaptureMode(&mode);
  void* memory = nullptr;  // of the host, but for the GPU to write
  const cudaError_t error = cudaHostAlloc(&memory, sizeof(Finding), cudaHostAllocDefault);
  cudaThreadExchangeStreamCaptureMode(&mode);
  check_cuda(error, "memory for a check");
  auto* finding = new (memory) Finding();
  capture.recording->checks.push_back(
      std::make_unique<DeferredCheck>(DeferredCheck{finding, std::move(message)}));
  const std::lock_guard lock(deferred_checks().mutex);
  deferred_checks().list.push_back(capture.recording->checks.back().get());
  return finding;
}

void report_deferred_checks() {
  DeferredChecks& checks = deferred_checks();
  const std::lock_guard lock(checks.mutex);
  for (const DeferredCheck* check : checks.list) {
    if (check->finding->position >= 0) {
      const Finding found = std::exchange(*check->finding, Finding());
      fail("{} (found in a replay of a graph, after the fact: what it computed is wrong)",
           check->message(found));
    }
  }
}

const uint64_t* random_shift(uint64_t seed) {
  if (capture.recording == nullptr) {
    return nullptr;
  }
  check(seed == capture.recording->seed,
        "CudaGraph: random numbers in a graph come from the default generator, with the seed {}, not {}",
        capture.recording->seed, seed);
  return capture.recording->shift;
}

}  // namespace helder::kernels

namespace helder::cuda {

using namespace kernels;

CudaGraph::CudaGraph() = default;
CudaGraph::~CudaGraph() = default;

OutsideGraph::OutsideGraph() : pool_(MemoryPools::use_for_capture(nullptr)) {}
OutsideGraph::~OutsideGraph() { MemoryPools::use_for_capture(std::move(pool_)); }

bool is_capturing() { return kernels::capture.graph != nullptr; }
CudaGraph* capturing_graph() { return kernels::capture.graph; }
bool CudaGraph::captured() const { return recording_ != nullptr; }
void CudaGraph::reset() { recording_.reset(); }

void CudaGraph::capture(const std::function<void()>& body) {
  check(!is_capturing(), "CudaGraph: another graph is being captured");
  reset();
  synchronize();
  auto recording = std::make_unique<GraphRecording>();
  const Stream stream;
  const StreamGuard guard(stream);
  check_cuda(cudaStreamBeginCapture(stream.handle(), cudaStreamCaptureModeThreadLocal), "capture a graph");
  kernels::capture = {this, recording.get()};
  MemoryPools::use_for_capture(recording->pool);
  try {
    body();
  } catch (...) {
    if (const cudaGraph_t graph = end_capture(stream.handle())) {
      cudaGraphDestroy(graph);
    }
    throw;
  }
  const cudaGraph_t graph = end_capture(stream.handle());
  check(graph != nullptr, "CudaGraph: the capture failed: something in it is not allowed in a graph");
  instantiate(*recording, graph);
  recording_ = std::move(recording);
}

void CudaGraph::replay() {
  check(captured(), "CudaGraph: there is nothing to replay: capture something first");
  check(!is_capturing(), "CudaGraph: a graph cannot be replayed while one is captured");
  if (recording_->drawn > 0) {
    Generator& generator = default_generator();
    check(generator.seed() == recording_->seed,
          "CudaGraph: the random numbers' seed was {} when the graph was captured, and is {} now; capture it "
          "again",
          recording_->seed, generator.seed());
    store_number_cuda(generator.reserve(recording_->drawn) - recording_->offset, recording_->shift);
  }
  for (const auto& hook : recording_->hooks) {
    hook();
  }
  check_cuda(cudaGraphLaunch(recording_->executable, stream_now()), "replay a graph");
}

void CudaGraph::before_replay(std::function<void()> hook) {
  check(kernels::capture.graph == this, "CudaGraph: before_replay is for code that is being captured");
  kernels::capture.recording->hooks.push_back(std::move(hook));
}

}  // namespace helder::cuda

#endif
