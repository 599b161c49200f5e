// Streams and events: tensor/cuda_stream.h over CUDA's runtime, or over simt's.

#include "tensor/cuda_built.h"

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT

#include "kernels/cuda/stream.h"

#include <array>
#include <atomic>
#include <mutex>

#include "kernels/cuda/check.h"
#include "kernels/cuda/memory_pools.h"
#include "tensor/cuda_stream.h"
#include "tensor/error.h"
#include "tensor/tensor.h"

namespace helder::kernels {
namespace {
thread_local cudaStream_t current = nullptr;
}

cudaStream_t stream_now() { return current; }

}  // namespace helder::kernels

namespace helder::cuda {

using kernels::check_cuda;

Stream::Stream() {
  // Never destroyed: a block of memory may belong to one for as long as the program runs.
  static std::array<cudaStream_t, 32> streams{};
  static size_t next = 0;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  cudaStream_t& stream = streams[next++ % streams.size()];
  if (stream == nullptr) {  // NonBlocking: the default stream does not wait for it, nor it for that one
    check_cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "new stream");
  }
  handle_ = stream;
}

void Stream::synchronize() const { check_cuda(cudaStreamSynchronize(handle_), "synchronize a stream"); }

bool Stream::query() const {
  const cudaError_t state = cudaStreamQuery(handle_);
  if (state == cudaErrorNotReady) {
    cudaGetLastError();  // which is none
    return false;
  }
  check_cuda(state, "query a stream");
  return true;
}

void Stream::wait_event(const Event& event) const { event.wait(*this); }

void Stream::wait_stream(const Stream& other) const { wait_event(other.record_event()); }

Event Stream::record_event() const {
  Event event;
  event.record(*this);
  return event;
}

Stream current_stream() { return Stream(kernels::current); }
Stream default_stream() { return Stream(nullptr); }

StreamGuard::StreamGuard(const Stream& stream) : before_(kernels::current) {
  kernels::current = stream.handle();
}
StreamGuard::~StreamGuard() { kernels::current = before_; }

void Event::record(const Stream& stream) {
  if (event_ == nullptr) {
    cudaEvent_t event = nullptr;
    check_cuda(cudaEventCreateWithFlags(&event, timed_ ? cudaEventDefault : cudaEventDisableTiming),
               "new event");
    event_.reset(event, cudaEventDestroy);
  }
  check_cuda(cudaEventRecord(event_.get(), stream.handle()), "record an event");
}

void Event::wait(const Stream& stream) const {
  if (event_ != nullptr) {
    check_cuda(cudaStreamWaitEvent(stream.handle(), event_.get(), 0), "wait for an event");
  }
}

bool Event::query() const {
  const cudaError_t state = event_ == nullptr ? cudaSuccess : cudaEventQuery(event_.get());
  if (state == cudaErrorNotReady) {
    cudaGetLastError();
    return false;
  }
  check_cuda(state, "query an event");
  return true;
}

void Event::synchronize() const {
  if (event_ != nullptr) {
    check_cuda(cudaEventSynchronize(event_.get()), "synchronize an event");
  }
}

double Event::elapsed_time(const Event& end) const {
  check(timed_ && end.timed_, "elapsed_time: both events must be made with enable_timing");
  check(event_ != nullptr && end.event_ != nullptr, "elapsed_time: both events must be recorded first");
  float milliseconds = 0;
  check_cuda(cudaEventElapsedTime(&milliseconds, event_.get(), end.event_.get()), "time between events");
  return static_cast<double>(milliseconds);
}

void record_stream(const Tensor& tensor, const Stream& stream) {
  check(tensor.is_cuda(), "record_stream: the tensor is on {}, which has no streams",
        name_of(tensor.device()));
  kernels::memory_pools().note_use(tensor.impl()->storage->data(), stream.handle());
}

}  // namespace helder::cuda

#endif
