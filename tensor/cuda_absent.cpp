// What a build without CUDA says where one with it would act.

#include "tensor/cuda_built.h"
#include "tensor/cuda_graph.h"
#include "tensor/cuda_memory.h"
#include "tensor/cuda_stream.h"
#include "tensor/error.h"
#include "tensor/pinned_memory.h"

#if !HELDER_CUDA_NVCC && !HELDER_CUDA_SIMT
namespace helder::kernels {
struct GraphRecording {};
class MemoryPool {};
}  // namespace helder::kernels
#endif

namespace helder::cuda {

#if !HELDER_CUDA_NVCC && !HELDER_CUDA_SIMT

namespace {
[[noreturn]] void fail_absent() {
  fail("cuda: this build has no CUDA kernels; configure with -DHELDER_CUDA=simt, or with nvcc and a GPU");
}
}  // namespace

bool is_available() { return false; }

void* allocate_bytes(size_t) { fail_absent(); }

// Nothing was ever allocated there, so there is nothing to do.
void free_bytes(void*, size_t) noexcept {}
MemoryStats memory_stats() { return {}; }
void reset_peak_memory() {}
void release_cached_memory() {}
void copy_to_cpu(void*, const void*, size_t) {}
void copy_from_cpu(void*, const void*, size_t) {}
void copy_within(void*, const void*, size_t) {}
void synchronize() {}

Stream::Stream() : handle_(nullptr) { fail_absent(); }
void Stream::synchronize() const {}
bool Stream::query() const { return true; }
void Stream::wait_event(const Event&) const {}
void Stream::wait_stream(const Stream&) const {}
Event Stream::record_event() const { return Event(); }
Stream current_stream() { return Stream(nullptr); }
Stream default_stream() { return Stream(nullptr); }
StreamGuard::StreamGuard(const Stream&) : before_(nullptr) {}
StreamGuard::~StreamGuard() = default;
void Event::record(const Stream&) {}
void Event::wait(const Stream&) const {}
bool Event::query() const { return true; }
void Event::synchronize() const {}
double Event::elapsed_time(const Event&) const { fail_absent(); }
void record_stream(const Tensor&, const Stream&) { fail_absent(); }

Tensor pin_memory(const Tensor&) { fail_absent(); }
bool is_pinned(const Tensor&) { return false; }
Tensor to_non_blocking(const Tensor&, Device) { fail_absent(); }
void copy_non_blocking(const Tensor&, const Tensor&) { fail_absent(); }

CudaGraph::CudaGraph() { fail_absent(); }
CudaGraph::~CudaGraph() = default;
void CudaGraph::capture(const std::function<void()>&) {}
void CudaGraph::replay() {}
void CudaGraph::reset() {}
bool CudaGraph::captured() const { return false; }
void CudaGraph::before_replay(std::function<void()>) {}
OutsideGraph::OutsideGraph() = default;
OutsideGraph::~OutsideGraph() = default;
bool is_capturing() { return false; }
CudaGraph* capturing_graph() { return nullptr; }

#endif

}  // namespace helder::cuda
